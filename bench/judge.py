"""How well the held-out judge ranks photos, by temperature: mean average precision on the categories.

    npm run bench -- judge [FOLDER]

FOLDER holds photos and a manifest.jsonl with categories (default: ../shared/corpus/photos). Measured as
python-inference/measure/retrieval.py measures the starter perceptor, which stands beside it.
"""

import json
import statistics
import sys
from pathlib import Path

import torch
from PIL import Image

from inference.embedding.imagenet_classifier import load_imagenet_classifier
from inference.embedding.starter import load_starter
from judging.data import DATA
from judging.judge import NETWORK_SIZE, TEMPERATURE, WordJudge
from judging.word_vectors import WordVectorsMissing, load_word_vectors
from measure.retrieval import average_precision, category_queries, logits_of

TEMPERATURES = (0.5, 1.0, TEMPERATURE, 2.0, 3.0)


def main() -> None:
    default = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "photos"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    if not (folder / "manifest.jsonl").exists():
        print(f"skipped: no manifest.jsonl in {folder}")
        return
    try:
        words = load_word_vectors(DATA / "judge")
    except WordVectorsMissing as reason:
        print(f"skipped: {reason}")
        return
    torch.set_num_threads(1)
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    queries = category_queries(rows)
    classifier = load_imagenet_classifier(NETWORK_SIZE)
    logits = logits_of([Image.open(folder / row["file"]).convert("RGB") for row in rows], classifier)
    readers = {f"words, T {t}": WordJudge(classifier, words, t) for t in TEMPERATURES}
    readers["sentences (starter)"] = load_starter(size=NETWORK_SIZE)
    print(f"{len(rows)} photos, {len(queries)} categories as queries, EfficientNet-Lite{NETWORK_SIZE}")
    found = {}
    for name, reader in readers.items():
        vectors = reader.vectors_of_logits(logits)
        found[name] = statistics.mean(average_precision(query, reader, vectors) for query in queries)
        print(f"{name:20} MAP {found[name]:.3f}", flush=True)
    used = found[f"words, T {TEMPERATURE}"]
    ratio = used / found["sentences (starter)"]
    print(json.dumps({"bench": "judge", "map": round(used, 3), "overStarterTextModel": round(ratio, 3)}))


if __name__ == "__main__":
    main()
