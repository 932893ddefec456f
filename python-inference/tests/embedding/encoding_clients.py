"""Clients of an EmbeddingService of one perceptor, over a real channel."""

import asyncio
import io
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import numpy as np
import pytest
import torch
from collage.v1.embedding_service_pb2 import (
    EncodePhotosRequest,
    EncodePhotosResponse,
    EncodeTextsRequest,
)
from collage.v1.embedding_service_pb2_grpc import (
    EmbeddingServiceStub,
    add_EmbeddingServiceServicer_to_server,
)
from PIL import Image
from torch import Tensor

from inference.embedding.perceptor import PerceptorDescription
from inference.embedding.service import EmbeddingService
from inference.embedding.shared_batches import BatchLimits
from inference.resident_model import ResidentModel, ResidentPerceptor


class SlowPerceptor:
    """Takes 50 ms a batch and counts them; the vector of a picture is its mean color."""

    def __init__(self) -> None:
        self.batch_sizes: list[int] = []
        self.called = threading.Event()

    def describe(self) -> PerceptorDescription:
        return PerceptorDescription("slow", "1", "d" * 64, True, "CC0-1.0", 3, 8)

    def encode_texts(self, texts: list[str]) -> Tensor:
        self.called.set()
        self.batch_sizes.append(len(texts))
        time.sleep(0.05)
        return torch.eye(3)[[len(text) % 3 for text in texts]]

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        self.called.set()
        self.batch_sizes.append(len(pictures))
        time.sleep(0.05)
        return pictures.mean(dim=(2, 3))


def jpeg(red: int, seed: int = 0) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), np.uint8)
    pixels[..., 0] = red
    encoded = io.BytesIO()
    Image.fromarray(pixels).resize((320, 240)).save(encoded, "JPEG")
    return encoded.getvalue()


async def sent(photos: dict[str, bytes], pause: float = 0.0) -> AsyncIterator[EncodePhotosRequest]:
    for digest, picture in photos.items():
        yield EncodePhotosRequest(digest=digest, picture=picture)
        if pause:
            await asyncio.sleep(pause)


def jpegs(count: int, name: str = "") -> dict[str, bytes]:
    return {f"{name}{index}": jpeg(100 + index % 100, index) for index in range(count)}


# Longer than any test: a batch goes when it is full, on the slowest machine too.
PATIENT = 600.0

Vectors = dict[str, list[float]]


async def encode(channel: grpc.aio.Channel, photos: dict[str, bytes], pause: float = 0.0) -> Vectors:
    call = EmbeddingServiceStub(channel).EncodePhotos(sent(photos, pause))
    return {answer.digest: list(answer.embedding.values) async for answer in call}


class Sidecar:
    """Calls a service made of one perceptor over a real channel."""

    def __init__(self, serve_in_process: Any, perceptor: Any, executor: ThreadPoolExecutor) -> None:
        service = EmbeddingService(ResidentModel(lambda: perceptor, perceptor), executor)
        self.serving = lambda: serve_in_process(
            lambda server: add_EmbeddingServiceServicer_to_server(service, server)
        )

    def call(self, method: str, request: Any) -> Any:
        async def scenario() -> Any:
            async with self.serving() as channel:
                return await getattr(EmbeddingServiceStub(channel), method)(request)

        return asyncio.run(scenario())

    def photos(self, photos: dict[str, bytes], pause: float = 0.0) -> list[EncodePhotosResponse]:
        async def scenario() -> list[EncodePhotosResponse]:
            async with self.serving() as channel:
                call = EmbeddingServiceStub(channel).EncodePhotos(sent(photos, pause))
                return [response async for response in call]

        return asyncio.run(scenario())

    def refusal(self, texts: list[str]) -> grpc.aio.AioRpcError:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            self.call("EncodeTexts", EncodeTextsRequest(texts=texts))
        return caught.value


class GatedPerceptor(SlowPerceptor):
    """Encodes pictures when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        self.called.set()
        assert self.gate.wait(60)
        self.batch_sizes.append(int((pictures.amax(dim=(1, 2, 3)) > 0).sum()))
        return pictures.mean(dim=(2, 3))


class Crowd:
    """Several clients of a service whose perceptor stands still until it is let go."""

    def __init__(self, serve_in_process: Any, executor: ThreadPoolExecutor, limits: BatchLimits) -> None:
        self.perceptor = GatedPerceptor()
        self.resident: ResidentPerceptor = ResidentModel(lambda: self.perceptor, self.perceptor)
        self.service = EmbeddingService(self.resident, executor, limits=limits)
        self._serve = serve_in_process

    def run(self, scenario: Any) -> Any:
        async def serving() -> Any:
            async with self._serve(
                lambda server: add_EmbeddingServiceServicer_to_server(self.service, server)
            ) as channel:
                try:
                    return await scenario(channel)
                finally:
                    self.perceptor.gate.set()

        return asyncio.run(asyncio.wait_for(serving(), 120))

    async def until_waiting(self, count: int) -> None:
        """Until so many photos lie in the queue."""
        while self.service.photos.waiting_count != count:
            await asyncio.sleep(0.001)
