"""CLIP-CLOP's gradient loop on our cut-outs, against our perceptor.

Its own defaults (configs/config.yaml: masked transparency, colors in RGB, SGD at 0.1, four views a step,
black canvas of 224 x 224) but for what the comparison asks for:

- each cut-out is one patch, so all compared make a collage of the same parts (its default is a hundred
  patches);
- one individual: its evolution would replace patches by others, and costs a second gradient a step;
- its learning rate halves after each third of its steps: their number is what the time allows, so that it
  does.

Patches have the size its own rule gives them: 0.7 of the pixels in the photo on a canvas four times as large,
at most the canvas.
"""

import contextlib
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from baselines.clip_clop_code import clip_clop_defaults, clip_clop_module
from baselines.kept_results import Iterate
from inference.embedding.perceptor import Perceptor
from judging.cutouts import FoundCutouts

# Bump when a change makes other pictures: kept results depend on it.
VERSION = 1
SIDE = 224
# Steps after which the rest is planned from what they took.
TRIAL_STEPS = 5
# What main.py sets on its command line, and the defaults file does not.
COMMAND_LINE = {
    "min_trans_init": -1.0,
    "max_trans_init": 1.0,
    "gui": False,
    "output_dir": "",
    "torch_device": "cpu",
    "trace_every": 10**9,
}


@dataclass(frozen=True)
class Encoder:
    """A perceptor as CLIP-CLOP calls it. Its views come in [0, 1]: its defaults do not normalize them."""

    perceptor: Perceptor

    def encode_image(self, pictures: Tensor) -> Tensor:
        side = self.perceptor.describe().input_size
        return self.perceptor.encode_pictures(F.interpolate(pictures, (side, side), mode="bilinear"))


def run_clip_clop(
    cutouts: FoundCutouts, perceptor: Perceptor, cpu_seconds: float, seed: int = 0
) -> Iterator[Iterate]:
    """Its collage after as many steps as fit into the processor time. Raises ClipClopMissing."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    config: dict[str, Any] = {**clip_clop_defaults(), **COMMAND_LINE}
    config |= {"num_patches": len(cutouts.digests), "pop_size": 1}
    training, generator = clip_clop_module("training"), clip_clop_module("collage_generator")
    device = torch.device("cpu")
    began = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        collage = generator.PopulationCollage(
            config,
            device,
            pop_size=1,
            is_high_res=False,
            segmented_data=_patches(cutouts, config),
            background_image=torch.zeros(3, SIDE, SIDE),
        )
    optimizer = training.make_optimizer(collage, config["learning_rate"])
    views = training.augmentation_transforms(
        SIDE,
        use_normalized_clip=config["use_normalized_clip"],
        use_augmentation=config["use_image_augmentations"],
    )
    prompts = [cutouts.prompt]
    target = [perceptor.encode_texts(prompts)]
    step = 1  # at 0 it would save a picture
    while (used := time.process_time() - began) < cpu_seconds:
        if step == TRIAL_STEPS:
            config["optim_steps"] = int(cpu_seconds / (used / (step - 1)))
        training.step_optimization(
            step, Encoder(perceptor), optimizer, collage, views, target, prompts, config, device
        )
        step += 1
    with torch.no_grad():
        picture = collage({"gamma": 1.0})[0].permute(2, 0, 1).clamp(0, 1)  # (3, 224, 224)
    yield Iterate(step - 1, time.process_time() - began, picture)


def _patches(cutouts: FoundCutouts, config: dict[str, Any]) -> list[NDArray[np.uint8]]:
    """(W, H, 4) each, as its own loader leaves them: width first, straight alpha."""
    scale = config["fixed_scale_coeff"] / config["high_res_multiplier"]
    patches = []
    for picture, (width, height) in zip(cutouts.pictures, cutouts.sizes, strict=True):
        reduction = min(scale, SIDE / width, SIDE / height)
        size = (max(1, int(height * reduction)), max(1, int(width * reduction)))
        straight = torch.from_numpy(picture).permute(2, 0, 1)[None].float()  # (1, 4, h, w)
        small = F.interpolate(straight, size, mode="bilinear", antialias=True)[0]
        patches.append(small.round().byte().permute(2, 1, 0).numpy())
    return patches
