"""EmbeddingService: texts and photos as vectors, over gRPC."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from typing import Any, TypeAlias, TypeVar

import grpc
import numpy as np
import torch
from collage.v1.embedding_service_pb2 import (
    DescribeModelRequest,
    DescribeModelResponse,
    Embedding,
    EncodePhotosRequest,
    EncodePhotosResponse,
    EncodeTextsRequest,
    EncodeTextsResponse,
    ItemError,
)
from collage.v1.embedding_service_pb2_grpc import EmbeddingServiceServicer
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from inference.embedding.batches import in_batches, one_ahead
from inference.embedding.perceptor import Perceptor
from inference.errors import InferenceError
from inference.identity import model_identity
from inference.pictures import MEBIBYTE, decode_rgb

MAX_TEXTS = 256
MAX_TEXT_CHARACTERS = 1000
MAX_PHOTO_BYTES = 16 * MEBIBYTE
# Always so many pictures in one pass, the rest blank: kernels choose their order of additions by the
# shape, so a photo's vector would otherwise depend on how many others came with it.
BATCH_SIZE = 8
# How long a photo waits for company. A client that sends without pause fills its batches.
PATIENCE_SECONDS = 0.02
# Texts between two looks at whether the client still waits, about 60 ms on two cores.
TEXTS_A_TURN = 8

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
# (S, S, 3) sRGB, as the perceptor wants it.
SquashedPhoto = NDArray[np.uint8]
Input = TypeVar("Input")
Result = TypeVar("Result")


class EmbeddingService(EmbeddingServiceServicer):
    """Encodes with one perceptor. `executor` runs the torch work and belongs to all services."""

    def __init__(self, perceptor: Perceptor, executor: Executor) -> None:
        self._perceptor = perceptor
        self._executor = executor
        self._description = perceptor.describe()

    async def DescribeModel(self, request: DescribeModelRequest, context: Context) -> DescribeModelResponse:
        return DescribeModelResponse(
            model=model_identity(self._description),
            dimension_count=self._description.dimension_count,
            input_size_pixels=self._description.input_size,
        )

    async def EncodeTexts(self, request: EncodeTextsRequest, context: Context) -> EncodeTextsResponse:
        texts = list(request.texts)
        _check_texts(texts)
        vectors: list[list[float]] = []
        for start in range(0, len(texts), TEXTS_A_TURN):
            turn = texts[start : start + TEXTS_A_TURN]
            vectors += (await self._run(self._perceptor.encode_texts, turn)).tolist()
        return EncodeTextsResponse(
            embeddings=[Embedding(values=vector) for vector in vectors],
            model=model_identity(self._description),
        )

    async def EncodePhotos(
        self, request_iterator: AsyncIterator[EncodePhotosRequest], context: Context
    ) -> AsyncIterator[EncodePhotosResponse]:
        # The next batch is decoded while this one is encoded.
        async for batch in one_ahead(self._prepared_batches(_first_of_each_digest(request_iterator))):
            pictures = {digest: pixels for digest, pixels in batch.items() if isinstance(pixels, np.ndarray)}
            vectors = await self._run(self._encode, list(pictures.values())) if pictures else []
            for digest, vector in zip(pictures, vectors, strict=True):
                yield EncodePhotosResponse(
                    digest=digest, embedding=Embedding(values=vector), model_digest=self._description.digest
                )
            for digest, error in batch.items():
                if isinstance(error, InferenceError):
                    item_error = ItemError(reason=error.reason, message=error.message)
                    yield EncodePhotosResponse(
                        digest=digest, error=item_error, model_digest=self._description.digest
                    )

    async def _prepared_batches(
        self, requests: AsyncIterator[EncodePhotosRequest]
    ) -> AsyncIterator[dict[str, SquashedPhoto | InferenceError]]:
        """By digest, what the perceptor can look at or why there is nothing to look at."""
        side = self._description.input_size
        async for batch in in_batches(requests, BATCH_SIZE, PATIENCE_SECONDS):
            prepared = await asyncio.gather(
                *(asyncio.to_thread(_squash, request.picture, side) for request in batch)
            )
            yield {request.digest: photo for request, photo in zip(batch, prepared, strict=True)}

    def _encode(self, photos: list[SquashedPhoto]) -> list[list[float]]:
        """Vectors of at most BATCH_SIZE photos."""
        side = self._description.input_size
        batch = np.zeros((BATCH_SIZE, side, side, 3), np.uint8)
        batch[: len(photos)] = photos
        with torch.no_grad():
            pictures = torch.from_numpy(batch).permute(0, 3, 1, 2).float() / 255  # (8, 3, S, S)
            vectors: Tensor = self._perceptor.encode_pictures(pictures)  # (8, D)
        return vectors[: len(photos)].tolist()

    async def _run(self, work: Callable[[Input], Result], given: Input) -> Result:
        """Torch work in the shared thread; work not yet begun is dropped when the call is cancelled."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, given)


def _check_texts(texts: list[str]) -> None:
    if not 1 <= len(texts) <= MAX_TEXTS:
        raise _texts_invalid("texts", f"1 to {MAX_TEXTS} texts", str(len(texts)))
    for index, text in enumerate(texts):
        if not text.strip():
            raise _texts_invalid(f"texts[{index}]", "a text that is not empty", repr(text))
        if len(text) > MAX_TEXT_CHARACTERS:
            raise _texts_invalid(
                f"texts[{index}]", f"at most {MAX_TEXT_CHARACTERS} characters", str(len(text))
            )


def _texts_invalid(field: str, expected: str, received: str) -> InferenceError:
    message = f"Expected {expected} for {field} but received {received}"
    return InferenceError("TEXTS_INVALID", message, metadata={"field": field})


async def _first_of_each_digest(
    requests: AsyncIterator[EncodePhotosRequest],
) -> AsyncIterator[EncodePhotosRequest]:
    """A digest names its answer, so a repeated one is answered once."""
    seen: set[str] = set()
    async for request in requests:
        if request.digest not in seen:
            seen.add(request.digest)
            yield request


def _squash(picture: bytes, side: int) -> SquashedPhoto | InferenceError:
    """The whole photo squashed to side x side, antialiased; an error as a value, for the stream goes on."""
    try:
        photo = decode_rgb(picture, MAX_PHOTO_BYTES)
    except InferenceError as error:
        return error
    return np.asarray(Image.fromarray(photo).resize((side, side), Image.Resampling.BICUBIC))
