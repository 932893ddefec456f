"""The random views that both baselines show their perceptor, by Kornia."""

import kornia.augmentation as augment
import torch
from torch import Tensor, nn


class WhitePerspective(nn.Module):
    """A random perspective view of (B, 3, H, W) pictures in [0, 1], white where the canvas ends.

    Convention: corners move inwards only, each by up to `distortion` half sides, as torchvision's do.
    """

    def __init__(self, distortion: float) -> None:
        super().__init__()
        self._perspective = augment.RandomPerspective(distortion, p=1.0)

    def forward(self, pictures: Tensor) -> Tensor:
        # Kornia fills with black only: black of the negative is white.
        return 1 - torch.as_tensor(self._perspective(1 - pictures))


def random_crop(side: int) -> nn.Module:
    """A crop of 0.7 to 0.9 of the area, brought to side x side."""
    return augment.RandomResizedCrop((side, side), scale=(0.7, 0.9), p=1.0)


def color_jitter() -> nn.Module:
    """Brightness, contrast, saturation and hue, each by up to a tenth."""
    return augment.ColorJitter(0.1, 0.1, 0.1, 0.1, p=1.0)
