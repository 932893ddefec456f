"""On a GPU: near to what the CPU says, and the same bytes every time. Skipped where torch sees none.

What the composition does is seen by its own tests: `TEST_DEVICE=cuda python -m pytest tests/composition`.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pytest
import torch
from collage.v1.composition_service_pb2 import (
    Objective,
    OptimizeCheckpoint,
    OptimizeOptions,
    OptimizeProgress,
    OptimizeResult,
)
from collage.v1.scene_pb2 import Scene
from google.protobuf.message import Message
from torch import Tensor
from torch.nn.functional import cosine_similarity, interpolate

from inference import models
from inference.composition.climb_task import Climb
from inference.composition.loss import encode_objective
from inference.composition.optimize import climb
from inference.composition.scene_tensors import Parameter, scene_to_tensors
from inference.composition.score import score_scenes
from inference.composition.sprites import SpriteSet, TouchedBorders, make_sprite
from inference.composition.views import take_views, view_quads
from inference.embedding.clip import ClipPerceptor
from inference.embedding.clip_checkpoint import read_clip
from inference.embedding.perceptor import Perceptor
from inference.embedding.starter import load_starter
from inference.errors import ModelNotLoaded
from inference.repeatable import make_repeatable
from inference.segmentation.duplicates import mask_iou
from inference.segmentation.groie import load_groie_file
from inference.segmentation.groie_network import DEFAULT_CONFIG, GroieLimits
from inference.segmentation.instances import Instance
from inference.settings import read_settings
from tests.random_weights.make_groie import write_groie
from tests.segmentation.drawn_photos import composed, ellipse, texture
from tests.segmentation.groie_checkpoints import needs_mmdet

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device here")

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
CHECKPOINT_STEP = 15
GROIE_PHOTO = composed(
    texture(240, 320, (70, 110, 60), 18, 3, seed=1),
    (texture(240, 320, (200, 60, 40), 20, 5, seed=2), ellipse(240, 320, (90, 50, 230, 190))),
)
LoadPerceptor = Callable[[torch.device], Perceptor]


@pytest.fixture(scope="module", autouse=True)
def _repeatable() -> Iterator[None]:
    """As in the sidecar; and what has no repeatable kernel fails its test."""
    make_repeatable(CUDA)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*deterministic.*")
        warnings.filterwarnings("ignore", message="grid_sampler_2d_backward_cuda")  # as make_repeatable says
        yield


@pytest.fixture(params=["clip", "starter"])
def load_perceptor(request: pytest.FixtureRequest, tiny_clip: Path) -> LoadPerceptor:
    if request.param == "clip":
        return lambda device: _clip(tiny_clip, device)
    try:
        load_starter()
    except ModelNotLoaded as error:
        pytest.skip(str(error))
    return lambda device: load_starter(device)


def _clip(folder: Path, device: torch.device, dtype: torch.dtype = torch.float32) -> ClipPerceptor:
    return ClipPerceptor(read_clip(read_settings({"CLIP_MODEL": str(folder)}, [])), device, dtype)


def _pictures(count: int, side: int) -> Tensor:
    coarse = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    return interpolate(coarse, size=(side, side), mode="bicubic").clamp(0, 1)


def _vectors_and_gradient(perceptor: Perceptor, device: torch.device) -> tuple[Tensor, Tensor]:
    """(2, D) vectors of two pictures, and the gradient of their likeness to a text, both on the CPU."""
    (text,) = perceptor.encode_texts(["a dog in the snow"])
    pictures = _pictures(2, perceptor.describe().input_size).to(device).requires_grad_()
    vectors = perceptor.encode_pictures(pictures)
    (gradient,) = torch.autograd.grad((vectors @ text).sum(), pictures)
    return vectors.detach().cpu(), gradient.flatten(1).cpu()


def test_texts_pictures_and_gradients_are_nearly_those_of_the_cpu(load_perceptor: LoadPerceptor) -> None:
    on_cpu, on_gpu = load_perceptor(CPU), load_perceptor(CUDA)
    texts = ["a golden retriever", "snow"]
    likeness = cosine_similarity(on_cpu.encode_texts(texts), on_gpu.encode_texts(texts).cpu())
    assert (likeness > 0.9999).all()
    ours, theirs = _vectors_and_gradient(on_gpu, CUDA), _vectors_and_gradient(on_cpu, CPU)
    assert (cosine_similarity(ours[0], theirs[0]) > 0.9999).all()
    assert (cosine_similarity(ours[1], theirs[1]) > 0.99).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_the_bits_on_a_gpu(tiny_clip: Path, dtype: torch.dtype) -> None:
    half, full = _clip(tiny_clip, CUDA, dtype), _clip(tiny_clip, CPU)
    ours, theirs = _vectors_and_gradient(half, CUDA), _vectors_and_gradient(full, CPU)
    assert (cosine_similarity(ours[0], theirs[0]) > 0.999).all()
    assert (cosine_similarity(ours[1], theirs[1]) > 0.98).all()


def test_vectors_and_gradients_are_the_same_bytes_every_time(load_perceptor: LoadPerceptor) -> None:
    perceptor = load_perceptor(CUDA)
    first, *others = [_vectors_and_gradient(perceptor, CUDA) for _ in range(4)]
    for vectors, gradient in others:
        assert torch.equal(vectors, first[0])
        assert torch.equal(gradient, first[1])


def test_views_are_those_of_the_cpu(tiny_clip: Path) -> None:
    pictures, quads = _pictures(2, 96), view_quads(96, 96, 4, 1, 3)
    ours = take_views(pictures.to(CUDA), quads, 64)
    torch.testing.assert_close(ours.cpu(), take_views(pictures, quads, 64), atol=1e-4, rtol=0)


def _scenes(count: int) -> list[Scene]:
    """Eight cut-outs each, at other places and in other sizes."""
    generator = torch.Generator().manual_seed(3)
    scenes = []
    for _ in range(count):
        scene = Scene(aspect_ratio=1.5)
        for offset in (0.0, 0.5, 1.0):
            stop = scene.background.stops.add(offset=offset)
            stop.color.red, stop.color.green, stop.color.blue = 0.3, 0.5 + 0.4 * offset, 0.8
        for index in range(8):
            x, y, height = torch.rand(3, generator=generator).tolist()
            layer = scene.layers.add(cutout_digest=f"{index:064x}", opacity=1.0)
            layer.placement.center_x, layer.placement.center_y = 1.5 * x, y
            layer.placement.height, layer.placement.rotation_degrees = 0.15 + 0.4 * height, 40 * x - 20
        scenes.append(scene)
    return scenes


def _sprites(device: torch.device) -> SpriteSet:
    """Eight soft discs of smooth colors; the first was cut off by its photo's lower edge."""
    colors = _pictures(8, 160)
    ys, xs = torch.meshgrid(torch.linspace(-1, 1, 160), torch.linspace(-1, 1, 160), indexing="ij")
    alpha = ((1.05 - (xs**2 + ys**2).sqrt()) * 20).clamp(0, 1)
    sprites = {}
    for index, color in enumerate(colors):
        rgba = (torch.cat([color, alpha[None]]) * 255).byte().permute(1, 2, 0).contiguous()
        borders = TouchedBorders(bottom=index == 0)
        sprites[f"{index:064x}"] = make_sprite(rgba, borders, torch.float32, device)
    return SpriteSet(sprites, torch.float32, device)


def _climb(perceptor: Perceptor, device: torch.device, **given: Any) -> Climb:
    (scene,) = _scenes(1)
    return Climb(
        start=scene,
        parameters=[
            Parameter.PARAMETER_POSITION,
            Parameter.PARAMETER_HEIGHT,
            Parameter.PARAMETER_ROTATION,
            Parameter.PARAMETER_BACKGROUND_COLORS,
            Parameter.PARAMETER_ORDER,
            Parameter.PARAMETER_FLIP,
        ],
        sprites=_sprites(device),
        targets=encode_objective(Objective(prompt="penguins on a mountain"), perceptor),
        perceptor=perceptor,
        options=OptimizeOptions(step_count=40, seed=1, checkpoint_interval_steps=CHECKPOINT_STEP),
        anchor=scene.background,
        **given,
    )


def test_scores_are_nearly_those_of_the_cpu(load_perceptor: LoadPerceptor) -> None:
    tensors = [scene_to_tensors(scene) for scene in _scenes(10)]

    def scores(device: torch.device) -> list[float]:
        perceptor = load_perceptor(device)
        targets = encode_objective(Objective(prompt="penguins on a mountain"), perceptor)
        groups = score_scenes(tensors, _sprites(device), targets, perceptor, 2, 0)
        return [score.score for group in groups for score in group]

    assert scores(CUDA) == pytest.approx(scores(CPU), abs=2e-3)


def test_a_climb_is_the_same_bytes_every_time_and_goes_on_from_a_checkpoint(
    load_perceptor: LoadPerceptor,
) -> None:
    perceptor = load_perceptor(CUDA)
    first = list(climb(_climb(perceptor, CUDA)))
    assert _as_bytes(climb(_climb(perceptor, CUDA))) == _as_bytes(first)
    continued = climb(_climb(perceptor, CUDA, checkpoint=_checkpoint(first)))
    assert _as_bytes(continued) == _as_bytes(first[CHECKPOINT_STEP:])


def test_a_climb_begun_on_the_cpu_goes_on_on_the_gpu(load_perceptor: LoadPerceptor) -> None:
    """As where a sidecar fails and the next one is another kind of machine."""
    *steps, result = climb(_climb(load_perceptor(CPU), CPU))
    *_, continued = climb(_climb(load_perceptor(CUDA), CUDA, checkpoint=_checkpoint(steps)))
    assert isinstance(result, OptimizeResult) and isinstance(continued, OptimizeResult)
    assert continued.score == pytest.approx(result.score, abs=0.05)
    assert continued.score >= continued.start_score


@needs_mmdet
def test_groie_finds_on_a_gpu_what_it_finds_on_the_cpu_and_the_same_every_time(tmp_path: Path) -> None:
    """Random weights: their things are of no use, but boxes and masks come from all of mmcv's operators."""
    file = tmp_path / "groie.pth"
    write_groie(file)
    limits = GroieLimits(proposals=50, score_threshold=0, instances=5, longest_side=320, shortest_side=200)

    def no_network_beside() -> NoReturn:
        raise AssertionError("this configuration has masks of its own")

    def instances(device: torch.device) -> list[Instance]:
        groie = load_groie_file(file, DEFAULT_CONFIG, "", device, limits, no_network_beside)
        return groie.segment(GROIE_PHOTO)

    ours, theirs = instances(CUDA), instances(CPU)
    assert len(ours) == len(theirs) >= 2
    for found, wanted in zip(ours, theirs, strict=True):
        assert found.mask_score == pytest.approx(wanted.mask_score, abs=0.01)
        assert mask_iou(found.alpha, wanted.alpha) > 0.95
    for again, first in zip(instances(CUDA), ours, strict=True):
        assert again.mask_score == first.mask_score
        assert np.array_equal(again.alpha, first.alpha)


def test_device_auto_takes_the_gpu(monkeypatch: pytest.MonkeyPatch, tiny_clip: Path) -> None:
    # onnxruntime's, on the CPU in any case
    monkeypatch.setitem(models.SEGMENTERS, "u2netp", lambda settings, device: SimpleNamespace(describe=str))
    settings = read_settings({"CLIP_MODEL": str(tiny_clip), "SEGMENTER": "u2netp"}, [])
    assert models.load_models(settings).device.type == "cuda"


def _checkpoint(messages: Iterable[Message]) -> OptimizeCheckpoint:
    (progress,) = [
        message
        for message in messages
        if isinstance(message, OptimizeProgress) and message.step == CHECKPOINT_STEP
    ]
    return progress.checkpoint


def _as_bytes(messages: Iterable[Message]) -> list[bytes]:
    return [message.SerializeToString(deterministic=True) for message in messages]
