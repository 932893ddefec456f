"""On a GPU: steps, layouts and photos, against the perceptor alone and against this machine's processor.

The perceptor is CLIP of ViT-B/32's shape with random weights, the product's own code around it, with the
kernels that the sidecar asks for (inference/repeatable.py); `free` is without them. Wall seconds, in turns.
Skipped, saying so, where torch sees no CUDA device.
"""

import sys
from collections.abc import Callable

import torch
from transformers import CLIPConfig, CLIPModel

from inference.embedding.clip import ClipPerceptor
from inference.embedding.clip_checkpoint import ClipCheckpoint
from inference.embedding.clip_preprocessing import ClipPreprocessing
from inference.embedding.clip_tokenizer import packaged_tokenizer
from inference.repeatable import make_repeatable
from speed.climbing import perceptor_step, steps_of
from speed.drawn_scenes import draw_scenes
from speed.paired_ratio import clock, paired_ratio, report
from speed.scoring import score_and_encode

LAYOUT_COUNT, LAYER_COUNT, VIEW_COUNT, PAIR_COUNT = 100, 30, 4, 30
PHOTO_COUNT = 256
CPU, GPU = torch.device("cpu"), torch.device("cuda")
DTYPES = (torch.float32, torch.bfloat16, torch.float16)


def clip(device: torch.device, dtype: torch.dtype = torch.float32) -> ClipPerceptor:
    """The product's perceptor, with the default shape of transformers' CLIP, which is ViT-B/32's."""
    torch.manual_seed(0)
    network = CLIPModel(CLIPConfig()).eval().requires_grad_(False)
    tokenizer, side = packaged_tokenizer(), ClipPreprocessing(224)
    return ClipPerceptor(
        ClipCheckpoint(network, tokenizer, side, "random ViT-B/32", (), True, "none"), device, dtype
    )


def seconds(work: Callable[[], object], repetitions: int = 3) -> float:
    """The shortest of a few, after one to warm up."""
    work()
    taken = []
    for _ in range(repetitions):
        began = clock(GPU)
        work()
        taken.append(clock(GPU) - began)
    return min(taken)


def composition() -> dict[str, object]:
    """A step and 100 layouts: GPU against its perceptor alone, and the processor against the GPU."""
    ways = {}
    for device in (GPU, CPU):
        drawn, perceptor = draw_scenes(LAYOUT_COUNT, LAYER_COUNT, device), clip(device)
        steps = steps_of(drawn, perceptor, VIEW_COUNT)
        ways[device] = (
            lambda steps=steps: next(steps),
            perceptor_step(perceptor, VIEW_COUNT, device),
            *score_and_encode(drawn, perceptor, device),
        )
    (step, step_floor, score, score_floor), (cpu_step, _, cpu_score, _) = ways[GPU], ways[CPU]
    return {
        "step": paired_ratio(step, step_floor, PAIR_COUNT, GPU),
        "scoring": paired_ratio(score, score_floor, 5, GPU),
        "cpuStepAgainstGpu": paired_ratio(cpu_step, step, 3, GPU),
        "cpuScoringAgainstGpu": paired_ratio(cpu_score, score, 1, GPU),
        "layoutsPerSecond": round(LAYOUT_COUNT / seconds(score), 1),
    }


def ten_steps_milliseconds() -> float:
    """With the try of moves after them."""
    steps = steps_of(draw_scenes(LAYOUT_COUNT, LAYER_COUNT, GPU), clip(GPU), VIEW_COUNT)
    return round(1000 * seconds(lambda: [next(steps) for _ in range(10)]), 1)


def photos_per_second() -> dict[str, object]:
    """Ready squares through the perceptor, by type of numbers."""
    squares = torch.rand(PHOTO_COUNT, 3, 224, 224, device=GPU)
    figures: dict[str, object] = {}
    for dtype in DTYPES:
        perceptor = clip(GPU, dtype)
        with torch.no_grad():
            taken = seconds(lambda perceptor=perceptor: perceptor.encode_pictures(squares), 5)
        figures[str(dtype).removeprefix("torch.")] = round(PHOTO_COUNT / taken)
    return figures


if not torch.cuda.is_available():
    print("skipped: torch sees no CUDA device here")
    sys.exit(0)
free = {"photosPerSecond": photos_per_second(), "tenStepsMs": ten_steps_milliseconds()}
make_repeatable(GPU)
torch.cuda.reset_peak_memory_stats()
composed = composition()
report(
    "on-gpu",
    gpu=torch.cuda.get_device_name(),
    cuda=torch.version.cuda,
    **composed,
    photosPerSecond=photos_per_second(),
    tenStepsMs=ten_steps_milliseconds(),
    peakMiB=torch.cuda.max_memory_allocated() // 2**20,
    free=free,
)
