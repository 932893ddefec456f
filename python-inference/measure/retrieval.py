"""How well the starter perceptor finds photos, by size of network, temperature and templates.

    python measure/retrieval.py FOLDER   (from python-inference, PYTHONPATH=.:gen)

FOLDER holds photos and a manifest.jsonl whose rows have file, title, description, categories. Prints
the tables of docs/starter-perceptor.md.
"""

import argparse
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from inference.embedding.imagenet_classifier import (
    EFFICIENTNET_LITES,
    ImagenetClassifier,
    load_imagenet_classifier,
)
from inference.embedding.sentence_encoder import SentenceEncoder
from inference.embedding.starter import StarterPerceptor, StarterRecipe

TEMPERATURES = (0.5, 1.0, 1.5, 2.0, 3.0)
TEMPLATES = (("a photo of {}", "a photo of a {}"), ("{}", "{}"), ("{}", "a photo of a {}"))
# A category is a query when so many photos have it.
LEAST_PHOTOS = 3
# Queries as people write them, and the categories that answer them.
WRITTEN_QUERIES = {
    "penguins": ["penguin"],
    "butterflies": ["butterfly"],
    "an elephant": ["elephant"],
    "snowy mountain": ["snowy mountain"],
    "brass band": ["brass band", "music"],
    "fireworks": ["fireworks"],
    "a dog": ["dog"],
    "running man": ["runner"],
}


@dataclass(frozen=True)
class Query:
    """What is asked, and which photos answer it, (N,) bool."""

    text: str
    relevant: Tensor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    torch.set_num_threads(2)
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    photos = [Image.open(folder / row["file"]).convert("RGB") for row in rows]
    by_category = category_queries(rows)
    written = [
        Query(text, torch.stack([photos_of(name, rows) for name in names]).any(dim=0))
        for text, names in WRITTEN_QUERIES.items()
    ]
    sentences = SentenceEncoder()
    print(f"{len(rows)} photos, {len(by_category)} categories as queries, {len(written)} written queries\n")
    print(
        "| size | T | text, class template | MAP | P@8 | MAP, written | " + " | ".join(WRITTEN_QUERIES) + " |"
    )
    print("|---" * (6 + len(written)) + "|")
    for size in EFFICIENTNET_LITES:
        classifier = load_imagenet_classifier(size)
        logits = logits_of(photos, classifier)
        for text_template, class_template in TEMPLATES:
            for temperature in TEMPERATURES:
                recipe = StarterRecipe(temperature, text_template, class_template)
                perceptor = StarterPerceptor(classifier, sentences, f"lite{size}", recipe)
                vectors = perceptor.vectors_of_logits(logits)
                found = [average_precision(query, perceptor, vectors) for query in by_category]
                early = [precision_at_8(query, perceptor, vectors) for query in by_category]
                asked = [average_precision(query, perceptor, vectors) for query in written]
                cells = [statistics.mean(found), statistics.mean(early), statistics.mean(asked), *asked]
                print(
                    f"| {size} | {temperature} | {text_template}, {class_template} | "
                    + " | ".join(f"{cell:.3f}" for cell in cells)
                    + " |",
                    flush=True,
                )
    print_text_to_text(rows, by_category, written, sentences)
    print_speed()


def category_queries(rows: list[dict]) -> list[Query]:
    counts = Counter(category for row in rows for category in row["categories"])
    names = {stem(name): name for name, count in counts.items() if count >= LEAST_PHOTOS}
    return [Query(name.lower(), photos_of(name, rows)) for name in names.values()]


def photos_of(name: str, rows: list[dict]) -> Tensor:
    """(N,) bool: photos with a category that ends in `name`; an African penguin is a penguin."""
    ending = stem(name)
    return torch.tensor(
        [any(f" {stem(category)}".endswith(f" {ending}") for category in row["categories"]) for row in rows]
    )


def stem(name: str) -> str:
    """Lower case, each word without its plural ending."""
    return " ".join(
        re.sub(r"(?<!s)s$", "", re.sub(r"xes$", "x", re.sub(r"ies$", "y", word)))
        for word in name.lower().split()
    )


def logits_of(photos: list[Image.Image], classifier: ImagenetClassifier) -> Tensor:
    side = classifier.input_size
    chunks = []
    for start in range(0, len(photos), 8):
        squashed = [
            np.asarray(photo.resize((side, side), Image.Resampling.BICUBIC))
            for photo in photos[start : start + 8]
        ]
        with torch.no_grad():
            chunks.append(classifier.logits(torch.from_numpy(np.stack(squashed)).permute(0, 3, 1, 2) / 255))
    return torch.cat(chunks)  # (N, 1000)


def ranking(query: Query, perceptor: StarterPerceptor, vectors: Tensor) -> Tensor:
    """(N,) bool: whether the first, second, ... photo found is a relevant one."""
    return query.relevant[(vectors @ perceptor.encode_texts([query.text])[0]).argsort(descending=True)]


def average_precision(query: Query, perceptor: StarterPerceptor, vectors: Tensor) -> float:
    hits = ranking(query, perceptor, vectors).double()
    precisions = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    return float((precisions * hits).sum() / hits.sum())


def precision_at_8(query: Query, perceptor: StarterPerceptor, vectors: Tensor) -> float:
    """Of the first eight, or of the first n where only n are relevant."""
    places = min(8, int(query.relevant.sum()))
    return float(ranking(query, perceptor, vectors)[:8].sum() / places)


def print_text_to_text(
    rows: list[dict], by_category: list[Query], written: list[Query], sentences: SentenceEncoder
) -> None:
    """The same queries against the photos' own words: what ranking gains from titles."""
    perceptor = StarterPerceptor(load_imagenet_classifier(), sentences, "text to text")
    words = perceptor.encode_texts([f"{row['title']}. {row['description']}"[:1000] for row in rows])
    found = statistics.mean(average_precision(query, perceptor, words) for query in by_category)
    asked = {query.text: round(average_precision(query, perceptor, words), 2) for query in written}
    print(f"\ntext to text: MAP {found:.3f}, written {statistics.mean(asked.values()):.3f} {asked}\n")


def print_speed() -> None:
    print("| size | input px | forward, ms a photo in 8 | forward + backward, ms a step of 4 views | of 8 |")
    print("|---|---|---|---|---|")
    for size, lite in EFFICIENTNET_LITES.items():
        classifier = load_imagenet_classifier(size)
        eight = torch.rand(8, 3, lite.input_size, lite.input_size)
        forward = milliseconds(lambda c=classifier, x=eight: c.classify(x)) / 8
        steps = [milliseconds(lambda c=classifier, x=eight[:count]: climb(c, x)) for count in (4, 8)]
        print(f"| {size} | {lite.input_size} | {forward:.0f} | {steps[0]:.0f} | {steps[1]:.0f} |")


def climb(classifier: ImagenetClassifier, pictures: Tensor) -> None:
    classifier.logits(pictures.clone().requires_grad_()).softmax(dim=-1)[:, 0].sum().backward()


def milliseconds(work: Callable[[], object]) -> float:
    """Median of nine, after a warm-up."""
    work()
    times = []
    for _ in range(9):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
