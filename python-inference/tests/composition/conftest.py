"""Pictures and scenes built by hand, and a perceptor small enough to climb against in a test."""

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
import torch
from collage.v1.composition_service_pb2 import (
    Objective,
    OptimizeOptions,
    PutCutoutsRequest,
    WeightedText,
)
from collage.v1.composition_service_pb2_grpc import (
    CompositionServiceStub,
    add_CompositionServiceServicer_to_server,
)
from collage.v1.photo_pb2 import Borders
from collage.v1.scene_pb2 import Color, Layer, Placement, Scene
from torch import Tensor
from torch.nn import functional as F

from inference.composition.climb_task import Climb
from inference.composition.loss import encode_objective
from inference.composition.scene_tensors import CLIMBABLE, Parameter
from inference.composition.service import CompositionService
from inference.composition.sprites import Sprite, SpriteSet, TouchedBorders, make_sprite
from inference.embedding.perceptor import PerceptorDescription
from inference.pictures import encode_png
from inference.repeatable import make_repeatable
from inference.resident_model import ResidentModel
from tests.device import DEVICE

UNTOUCHED = TouchedBorders()


class TinyPerceptor:
    """Random convolutions and hashed words: it understands nothing, but is smooth and repeatable."""

    SIZE = 32
    WIDTH = 16

    def __init__(self, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self._seed = seed
        self._first = (torch.randn(12, 3, 5, 5, generator=generator) / 5).to(DEVICE)
        self._second = (torch.randn(self.WIDTH, 12, 5, 5, generator=generator) / 10).to(DEVICE)
        self.encoded_picture_count = 0

    def describe(self) -> PerceptorDescription:
        return PerceptorDescription(
            "tiny", "random", f"{self._seed:064x}", True, "none", self.WIDTH, self.SIZE
        )

    def encode_texts(self, texts: list[str]) -> Tensor:
        return torch.stack([self._encode_text(text) for text in texts])

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        assert pictures.shape[1:] == (3, self.SIZE, self.SIZE)
        self.encoded_picture_count += len(pictures)
        features = torch.tanh(F.conv2d(pictures - 0.5, self._first, stride=2))
        features = torch.tanh(F.conv2d(features, self._second, stride=2))
        return F.normalize(features.mean((2, 3)) + 1e-3, dim=1)

    def _encode_text(self, text: str) -> Tensor:
        generator = torch.Generator().manual_seed(sum(text.encode()))
        return F.normalize(torch.randn(self.WIDTH, generator=generator), dim=0).to(DEVICE)


@pytest.fixture(scope="session", autouse=True)
def _repeatable() -> None:
    make_repeatable(DEVICE)


@pytest.fixture
def tiny_perceptor() -> TinyPerceptor:
    return TinyPerceptor()


@pytest.fixture
def other_perceptor() -> TinyPerceptor:
    """One of other weights, to judge what was climbed against the first."""
    return TinyPerceptor(1)


def digest_of(index: int) -> str:
    return f"{index:064x}"


@pytest.fixture
def sprite_set() -> Callable[..., SpriteSet]:
    """sprite_set(rgba, ...) names each (H, W, 4) picture digest_of(0), digest_of(1), ..."""

    def build(
        *pictures: Tensor, dtype: torch.dtype = torch.float32, borders: TouchedBorders = UNTOUCHED
    ) -> SpriteSet:
        sprites: dict[str, Sprite] = {
            digest_of(index): make_sprite(rgba, borders, dtype, DEVICE) for index, rgba in enumerate(pictures)
        }
        return SpriteSet(sprites, dtype, DEVICE)

    return build


@pytest.fixture
def block() -> Callable[..., Tensor]:
    """block(height, width, red, green, blue, alpha): one color, 0 to 255."""

    def build(
        height: int, width: int, red: int = 255, green: int = 0, blue: int = 0, alpha: int = 255
    ) -> Tensor:
        return torch.tensor([red, green, blue, alpha], dtype=torch.uint8).repeat(height, width, 1)

    return build


@pytest.fixture
def blobs() -> Callable[..., list[Tensor]]:
    """blobs(count): soft round cut-outs of smooth random colors, 24 x 20 pixels."""

    def build(count: int) -> list[Tensor]:
        generator = torch.Generator().manual_seed(7)
        ys, xs = torch.meshgrid(torch.linspace(-1, 1, 24), torch.linspace(-1, 1, 20), indexing="ij")
        alpha = ((1.1 - (xs**2 + ys**2).sqrt()) * 3).clamp(0, 1)
        pictures = []
        for _ in range(count):
            coarse = torch.rand(1, 3, 4, 4, generator=generator)
            color = F.interpolate(coarse, size=(24, 20), mode="bilinear")[0]
            pictures.append((torch.cat([color, alpha[None]]) * 255).byte().permute(1, 2, 0).contiguous())
        return pictures

    return build


@pytest.fixture
def make_scene() -> Callable[..., Scene]:
    """make_scene((x, y, height), ...): upright opaque layers of digest_of(0), ... over a gray gradient."""

    def build(*places: tuple[float, float, float], aspect_ratio: float = 1.0) -> Scene:
        scene = Scene(aspect_ratio=aspect_ratio)
        for offset in (0.0, 0.5, 1.0):
            gray = 0.2 + 0.1 * offset
            scene.background.stops.add(offset=offset, color=Color(red=gray, green=gray, blue=gray))
        for index, (x, y, height) in enumerate(places):
            scene.layers.append(
                Layer(
                    cutout_digest=digest_of(index),
                    placement=Placement(center_x=x, center_y=y, height=height),
                    opacity=1,
                )
            )
        return scene

    return build


@pytest.fixture
def steered_task(make_scene, blobs, sprite_set, tiny_perceptor) -> Climb:
    """Three layers and everything free; a fourth cut-out is held."""
    scene = make_scene((0.3, 0.4, 0.3), (0.8, 0.6, 0.4), (0.6, 0.5, 0.35), aspect_ratio=1.2)
    keyphrases = [WeightedText(text="a ball", weight=3), WeightedText(text="a cube", weight=1)]
    return Climb(
        start=scene,
        parameters=[*CLIMBABLE, Parameter.PARAMETER_ORDER, Parameter.PARAMETER_FLIP],
        sprites=sprite_set(*blobs(4)),
        targets=encode_objective(Objective(prompt="blobs", keyphrases=keyphrases), tiny_perceptor),
        perceptor=tiny_perceptor,
        options=OptimizeOptions(step_count=8, seed=1),
        anchor=scene.background,
        keyphrase_weights=[keyphrase.weight for keyphrase in keyphrases],
    )


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def composition(serve_in_process, tiny_perceptor, other_perceptor, executor):
    """`async with composition() as stub`: the service with the tiny perceptor."""

    @asynccontextmanager
    async def serving() -> AsyncIterator[CompositionServiceStub]:
        service = CompositionService(
            ResidentModel(lambda: tiny_perceptor, tiny_perceptor),
            ResidentModel(lambda: other_perceptor),
            DEVICE,
            executor,
            1024 * 1024,
        )
        async with serve_in_process(
            lambda server: add_CompositionServiceServicer_to_server(service, server)
        ) as channel:
            yield CompositionServiceStub(channel)

    return serving


@pytest.fixture
def scene(make_scene) -> Scene:
    return make_scene((0.3, 0.4, 0.3), (0.7, 0.6, 0.4), aspect_ratio=1.2)


@pytest.fixture
def puts(scene, blobs) -> list[PutCutoutsRequest]:
    """The scene's cut-outs, as a client puts them."""
    return [
        PutCutoutsRequest(
            cutout_digest=layer.cutout_digest, picture=encode_png(rgba.numpy()), borders=Borders(left=True)
        )
        for layer, rgba in zip(scene.layers, blobs(2), strict=True)
    ]
