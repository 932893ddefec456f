"""A perceptor of CLIP ViT-B/32's shape with random weights: it costs what CLIP costs, and sees nothing."""

import torch
from torch import Tensor
from torch.nn.functional import normalize
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from inference.embedding.perceptor import PerceptorDescription


class VitB32:
    """The vision tower of `openai/clip-vit-base-patch32`, seeded random weights, frozen."""

    def __init__(self, device: torch.device, dtype: torch.dtype = torch.float32) -> None:
        torch.manual_seed(0)
        config = CLIPVisionConfig(patch_size=32, projection_dim=512)  # the rest are ViT-B's defaults
        self._tower = CLIPVisionModelWithProjection(config).eval().requires_grad_(False).to(device)
        self._device, self._dtype = device, dtype

    def describe(self) -> PerceptorDescription:
        """Honest about its weights."""
        return PerceptorDescription(
            name="vit-b-32",
            revision="random",
            digest="0" * 64,
            weights_are_random=True,
            license="",
            dimension_count=512,
            input_size=224,
        )

    def encode_texts(self, texts: list[str]) -> Tensor:
        """(N, 512) random directions."""
        generator = torch.Generator().manual_seed(1)
        return normalize(torch.randn(len(texts), 512, generator=generator), dim=1).to(self._device)

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        """(B, 3, 224, 224) -> (B, 512) unit vectors, differentiable."""
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            vectors = self._tower(pictures).image_embeds
        return normalize(vectors.float(), dim=1)
