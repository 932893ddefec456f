"""The first call's extra time, paid before there is one."""

import numpy as np
import torch

from inference.models import Models

PHOTO_SIDE = 320


def warm_up(models: Models, batch_size: int) -> None:
    """Runs perceptor and segmenter once in the shapes that calls will have: kernels are chosen, threads
    started and buffers taken. To be called in the thread that does the torch work. The judge stays away.
    """
    with torch.no_grad(), models.perceptor.use() as perceptor:
        side = perceptor.describe().input_size
        perceptor.encode_texts(["a photo"])
        perceptor.encode_pictures(
            torch.zeros(batch_size, 3, side, side, device=models.device)
        )  # (B, 3, S, S)
    with models.segmenter.use() as segmenter:
        segmenter.segment(np.zeros((PHOTO_SIDE, PHOTO_SIDE, 3), np.uint8))
