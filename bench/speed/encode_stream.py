"""Photos sent to a sidecar to be encoded."""

import io
from collections.abc import AsyncIterator

import grpc
import numpy as np
from collage.v1.embedding_service_pb2 import EncodePhotosRequest
from collage.v1.embedding_service_pb2_grpc import EmbeddingServiceStub
from PIL import Image


def encoded_photos(count: int, width: int, height: int, kind: str) -> list[bytes]:
    """Smooth colors with some grain: a file of a photo's size."""
    random = np.random.default_rng(1)
    photos = []
    for _ in range(count):
        small = Image.fromarray(random.integers(0, 256, (6, 8, 3), np.uint8))
        smooth = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.int16)
        grainy = (smooth + random.integers(-6, 7, smooth.shape)).clip(0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(grainy).save(file, kind)
        photos.append(file.getvalue())
    return photos


async def stream(channel: grpc.aio.Channel, photos: list[bytes]) -> int:
    """How many vectors came back."""

    async def requests() -> AsyncIterator[EncodePhotosRequest]:
        for index, photo in enumerate(photos):
            yield EncodePhotosRequest(digest=str(index), picture=photo)

    return len([answer async for answer in EmbeddingServiceStub(channel).EncodePhotos(requests())])
