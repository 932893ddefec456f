"""EmbeddingService: texts and photos as vectors, over gRPC."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import Any, TypeAlias

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

from inference.embedding.shared_batches import DEFAULT_LIMITS, BatchLimits, SharedBatches, Vector
from inference.embedding.squash import SquashedPhoto, squash
from inference.embedding.under_way import answered
from inference.errors import InferenceError
from inference.identity import model_identity
from inference.resident_model import ResidentPerceptor

MAX_TEXTS = 256
MAX_TEXT_CHARACTERS = 1000
# Texts of one pass, about 60 ms on two cores: as long as a call that has ended may keep the others waiting.
TEXT_BATCH_SIZE = 8
# Photos of all calls that are decoded at once: each may have 50 megapixels, 150 MB and more until then.
SQUASHED_AT_ONCE = 2

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


class EmbeddingService(EmbeddingServiceServicer):
    """Encodes with one perceptor, the photos of all calls in common batches, and their texts as well.

    `executor` runs the torch work and belongs to all services. `limits` are those of photos; as many texts
    may be on their way, and they wait for nobody. `on_batch` is told what was encoded ("photos" or "texts")
    and how many.
    """

    def __init__(
        self,
        perceptor: ResidentPerceptor,
        executor: Executor,
        device: torch.device | str = "cpu",
        limits: BatchLimits = DEFAULT_LIMITS,
        on_batch: Callable[[str, int], None] = lambda what, count: None,
    ) -> None:
        self._perceptor = perceptor
        self._description = perceptor.describe()
        self._device = device
        # Threads of their own, so that photos that wait for them take none from others.
        self._squashing = ThreadPoolExecutor(SQUASHED_AT_ONCE, thread_name_prefix="squash")
        self._pass_size = min(limits.size, self._description.pass_size or limits.size)
        self.photos: SharedBatches[SquashedPhoto] = SharedBatches(
            "photos", self._encode_photos, executor, limits, partial(on_batch, "photos")
        )
        text_limits = BatchLimits(TEXT_BATCH_SIZE, 0, max(TEXT_BATCH_SIZE, limits.queue_limit))
        self.texts: SharedBatches[str] = SharedBatches(
            "texts", self._encode_texts, executor, text_limits, partial(on_batch, "texts")
        )

    async def DescribeModel(self, request: DescribeModelRequest, context: Context) -> DescribeModelResponse:
        return DescribeModelResponse(
            model=model_identity(self._description),
            dimension_count=self._description.dimension_count,
            input_size_pixels=self._description.input_size,
        )

    async def EncodeTexts(self, request: EncodeTextsRequest, context: Context) -> EncodeTextsResponse:
        texts = list(request.texts)
        _check_texts(texts)
        embeddings = [Embedding()] * len(texts)
        with self._perceptor.hold(), self.texts.caller() as caller:

            async def answer(numbered: tuple[int, str]) -> None:
                index, text = numbered
                embeddings[index] = Embedding(values=await caller.encode(text))

            async with aclosing(answered(_numbered(texts), answer, caller)) as answers:
                async for _ in answers:
                    pass
        return EncodeTextsResponse(embeddings=embeddings, model=model_identity(self._description))

    async def EncodePhotos(
        self, request_iterator: AsyncIterator[EncodePhotosRequest], context: Context
    ) -> AsyncIterator[EncodePhotosResponse]:
        """One answer for each digest, in any order. Raises EncodeQueueFull before the first answer."""
        side, model = self._description.input_size, self._description.digest
        loop = asyncio.get_running_loop()
        with self._perceptor.hold(), self.photos.caller() as caller:

            async def answer(request: EncodePhotosRequest) -> EncodePhotosResponse:
                digest = request.digest
                with caller.preparing():
                    photo = await loop.run_in_executor(self._squashing, _squashed, request, side)
                del request  # its bytes must not wait for the vector
                if isinstance(photo, InferenceError):
                    item_error = ItemError(reason=photo.reason, message=photo.message)
                    return EncodePhotosResponse(digest=digest, error=item_error, model_digest=model)
                embedding = Embedding(values=await caller.encode(photo))
                return EncodePhotosResponse(digest=digest, embedding=embedding, model_digest=model)

            requests = _first_of_each_digest(request_iterator)
            async with aclosing(answered(requests, answer, caller)) as answers:
                async for response in answers:
                    yield response

    def _encode_photos(self, photos: list[SquashedPhoto]) -> list[Vector]:
        """Vectors of up to a batch of photos. The rest of the perceptor's last pass is blank: kernels choose
        their order of additions by the shape, so a vector would otherwise depend on how many others came."""
        side = self._description.input_size
        whole_passes = math.ceil(len(photos) / self._pass_size) * self._pass_size
        batch = np.zeros((whole_passes, side, side, 3), np.uint8)
        batch[: len(photos)] = photos
        with torch.no_grad(), self._perceptor.use() as perceptor:
            squares = torch.from_numpy(batch).to(self._device)  # (B, S, S, 3)
            pictures = squares.permute(0, 3, 1, 2).float().div_(255)  # (B, 3, S, S)
            vectors: list[Vector] = perceptor.encode_pictures(pictures).tolist()  # (B, D)
        return vectors[: len(photos)]

    def _encode_texts(self, texts: list[str]) -> list[Vector]:
        """Vectors of texts; a perceptor lets company change none of them."""
        with self._perceptor.use() as perceptor:
            vectors: list[Vector] = perceptor.encode_texts(texts).tolist()  # (N, D)
        return vectors


def _squashed(request: EncodePhotosRequest, side: int) -> SquashedPhoto | InferenceError:
    return squash(request.picture, side)


async def _numbered(texts: list[str]) -> AsyncIterator[tuple[int, str]]:
    for index, text in enumerate(texts):
        yield index, text


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
        del request  # not kept until the next one comes
