"""CLIP as perceptor: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language
Supervision" (arXiv 2103.00020), by transformers' `CLIPModel`, with weights that the user fetches or brings.
"""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import normalize

from inference.embedding.clip_checkpoint import ClipCheckpoint, read_clip
from inference.embedding.perceptor import PerceptorDescription
from inference.embedding.prompt_templates import PROMPT_TEMPLATES
from inference.embedding.squash import RESAMPLING
from inference.identity import model_digest
from inference.settings import Settings

FORMULA = "squashed, image features; mean of normalized text features of the templates; normalized; 1"
"""Part of the identity: count up when results change."""

CPU_CHUNK, CUDA_CHUNK = 8, 64
"""Pictures in one pass: ViT-B/32 is no faster a picture with 32 than with 8 on a CPU, and memory grows."""

CACHED_TEXT_COUNT = 4096
"""2 kB each with ViT-B/32; a collage asks for a few dozen texts, and for the same ones again and again."""

FLOAT16_GRADIENT_SCALE = 1024.0
"""A cosine's gradient in one channel of a pixel is about 7e-5 at 224 pixels, and float16 loses digits below
6e-5 and all below 6e-8."""


class ClipPerceptor:
    """CLIP behind the `Perceptor` interface; float32 outside, whatever it computes in."""

    def __init__(
        self,
        checkpoint: ClipCheckpoint,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        templates: Sequence[str] = PROMPT_TEMPLATES,
    ) -> None:
        self._network = checkpoint.network.to(device=device, dtype=dtype)
        self._tokenizer = checkpoint.tokenizer
        self._preprocessing = checkpoint.preprocessing
        self._templates = tuple(templates)
        self._device, self._dtype = torch.device(device), dtype
        self._chunk = CUDA_CHUNK if self._device.type == "cuda" else CPU_CHUNK
        self._text_vector = lru_cache(CACHED_TEXT_COUNT)(self._encode_text)
        type_name = str(dtype).removeprefix("torch.")
        self._description = PerceptorDescription(
            name="clip",
            revision=f"{checkpoint.revision}, {type_name}",
            digest=model_digest(
                *checkpoint.digest_parts, type_name, repr(self._templates), FORMULA, RESAMPLING
            ),
            weights_are_random=checkpoint.weights_are_random,
            license=checkpoint.license,
            dimension_count=checkpoint.network.config.projection_dim,
            input_size=checkpoint.preprocessing.side,
            pass_size=self._chunk,
        )

    def describe(self) -> PerceptorDescription:
        """Who answers."""
        return self._description

    def encode_texts(self, texts: list[str]) -> Tensor:
        """(N, D) float32 unit vectors, no gradient; each text is encoded alone, in all wordings of the
        templates, so company changes no bit. What goes beyond 77 tokens is not read."""
        return torch.stack([self._text_vector(text) for text in texts])

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) sRGB in [0, 1] -> (B, D) float32 unit vectors, differentiable in `pictures`."""
        side = self._preprocessing.side
        if tuple(pictures.shape[1:]) != (3, side, side):
            raise ValueError(
                f"Expected pictures of shape (B, 3, {side}, {side}) but received {tuple(pictures.shape)}"
            )
        normalized = self._preprocessing.normalize(pictures.to(self._device, torch.float32))
        return torch.cat(
            [normalize(self._features(chunk), dim=-1) for chunk in torch.split(normalized, self._chunk)]
        )

    def _features(self, normalized: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, D) float32, of any length."""
        if self._dtype == torch.float16 and normalized.requires_grad:
            # Scaled up where the gradient enters float16, down where it has left it.
            normalized = normalized.clone()
            normalized.register_hook(lambda gradient: gradient / FLOAT16_GRADIENT_SCALE)  # type: ignore[no-untyped-call]
            features = self._image_features(normalized)
            features.register_hook(lambda gradient: gradient * FLOAT16_GRADIENT_SCALE)  # type: ignore[no-untyped-call]
            return features
        return self._image_features(normalized)

    def _image_features(self, normalized: Tensor) -> Tensor:
        features: Tensor = self._network.get_image_features(normalized.to(self._dtype)).pooler_output
        return features.float()

    # Not inference_mode: its tensors may not take part in a loss that is differentiated later.
    @torch.no_grad()
    def _encode_text(self, text: str) -> Tensor:
        wordings = [template.format(text) for template in self._templates]
        length = self._network.config.text_config.max_position_embeddings
        ids = self._tokenizer.token_ids(wordings, length).to(self._device)  # (W, T)
        # No mask: a token sees only those before it, and padding comes after the last that is read.
        features = self._network.get_text_features(ids).pooler_output.float()  # (W, D)
        return normalize(normalize(features, dim=-1).mean(dim=0), dim=-1)


def load_clip(settings: Settings, device: torch.device) -> ClipPerceptor:
    """The CLIP that the settings name. Raises SettingInvalid and ModelNotLoaded as `read_clip` does."""
    return ClipPerceptor(read_clip(settings), device, getattr(torch, settings.dtype))
