import asyncio
import hashlib
import io
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from collage.v1.segmentation_service_pb2 import (
    DescribeSegmenterRequest,
    SegmentPhotosRequest,
    SegmentPhotosResponse,
)
from collage.v1.segmentation_service_pb2_grpc import (
    SegmentationServiceStub,
    add_SegmentationServiceServicer_to_server,
)
from numpy.typing import NDArray
from PIL import Image

from inference.resident_model import ResidentModel
from inference.segmentation.instances import Instance, Label, SegmenterDescription
from inference.segmentation.service import SegmentationService


class LeftHalfSegmenter:
    """Cuts out the left half of any photo, with one half-transparent column at its edge."""

    def __init__(self) -> None:
        self.photo_count = 0
        self.started = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def describe(self) -> SegmenterDescription:
        return SegmenterDescription("left-half", "1", "e" * 64, True, "CC0-1.0")

    def segment(self, photo: NDArray[np.uint8]) -> list[Instance]:
        self.photo_count += 1
        self.started.set()
        assert self.may_go_on.wait(10)
        height, width = photo.shape[:2]
        alpha = np.zeros((height, width), np.float32)
        alpha[:, : width // 2] = 1
        alpha[:, width // 2] = 128 / 255
        labels = [Label("half", "halves", 0.75), Label("whole", "halves", 0.25)]
        return [Instance(alpha, (0, 0, width // 2 + 1, height), 0.9, labels, may_be_several=False)]


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def segmenter() -> LeftHalfSegmenter:
    return LeftHalfSegmenter()


@pytest.fixture
def serving(serve_in_process: Any, segmenter: LeftHalfSegmenter, executor: ThreadPoolExecutor) -> Any:
    service = SegmentationService(ResidentModel(lambda: segmenter, segmenter), executor)
    return lambda: serve_in_process(lambda server: add_SegmentationServiceServicer_to_server(service, server))


def _png(seed: int) -> bytes:
    encoded = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), np.uint8)
    Image.fromarray(pixels).save(encoded, "PNG")
    return encoded.getvalue()


def _answers(serving: Any, photos: list[tuple[str, bytes]]) -> list[SegmentPhotosResponse]:
    async def requests() -> AsyncIterator[SegmentPhotosRequest]:
        for digest, picture in photos:
            yield SegmentPhotosRequest(digest=digest, picture=picture)

    async def scenario() -> list[SegmentPhotosResponse]:
        async with serving() as channel:
            return [answer async for answer in SegmentationServiceStub(channel).SegmentPhotos(requests())]

    return asyncio.run(scenario())


def test_describes_the_segmenter_behind_it(serving: Any) -> None:
    async def scenario() -> Any:
        async with serving() as channel:
            return await SegmentationServiceStub(channel).DescribeSegmenter(DescribeSegmenterRequest())

    model = asyncio.run(scenario()).model
    assert (model.name, model.digest, model.weights_are_random) == ("left-half", "e" * 64, True)


def test_a_cutout_is_a_finished_png_with_all_its_measures(serving: Any) -> None:
    (answer,) = _answers(serving, [("photo", _png(1))])
    (picture,) = answer.cutouts.cutouts
    cutout = picture.cutout
    assert cutout.digest == hashlib.sha256(picture.png).hexdigest()
    assert cutout.photo_digest == "photo"
    assert (cutout.box.left, cutout.box.top, cutout.box.width, cutout.box.height) == (0, 0, 31, 40)
    assert cutout.area_fraction == pytest.approx((30 + 128 / 255) / 60)
    assert cutout.mask_score == pytest.approx(0.9)
    assert [(label.name, label.vocabulary, label.score) for label in cutout.labels] == [
        ("half", "halves", 0.75),
        ("whole", "halves", 0.25),
    ]
    borders = cutout.borders
    assert (borders.left, borders.top, borders.right, borders.bottom) == (True, True, False, True)
    assert not cutout.may_be_several

    with Image.open(io.BytesIO(picture.png)) as png:
        pixels = np.asarray(png)
    assert pixels.shape == (40, 31, 4) == (cutout.height, cutout.width, 4)
    with Image.open(io.BytesIO(_png(1))) as photo:
        np.testing.assert_array_equal(pixels[:, :30, :3], np.asarray(photo)[:, :30])
    assert (pixels[:, :30, 3] == 255).all() and (pixels[:, 30, 3] == 128).all()


def test_a_corrupt_photo_answers_with_an_error_and_the_stream_goes_on(serving: Any) -> None:
    answers = _answers(serving, [("first", _png(1)), ("broken", _png(2)[:200]), ("last", _png(3))])
    outcomes = {answer.digest: answer.WhichOneof("outcome") for answer in answers}
    assert outcomes == {"first": "cutouts", "broken": "error", "last": "cutouts"}
    (broken,) = (answer for answer in answers if answer.digest == "broken")
    assert broken.error.reason == "PICTURE_UNREADABLE"
    assert broken.error.message


def test_a_digest_sent_twice_is_answered_once(serving: Any, segmenter: LeftHalfSegmenter) -> None:
    answers = _answers(serving, [("same", _png(1)), ("other", _png(2)), ("same", _png(1))])
    assert sorted(answer.digest for answer in answers) == ["other", "same"]
    assert segmenter.photo_count == 2


def test_the_same_photo_gives_the_same_bytes(serving: Any) -> None:
    first, again = (_answers(serving, [("photo", _png(1))])[0] for _ in range(2))
    assert first.SerializeToString(deterministic=True) == again.SerializeToString(deterministic=True)


def test_cancelling_stops_after_the_photo_under_way(serving: Any, segmenter: LeftHalfSegmenter) -> None:
    segmenter.may_go_on.clear()

    async def requests() -> AsyncIterator[SegmentPhotosRequest]:
        for index in range(10):
            yield SegmentPhotosRequest(digest=str(index), picture=_png(index))

    async def scenario() -> None:
        async with serving() as channel:
            call = SegmentationServiceStub(channel).SegmentPhotos(requests())
            assert await asyncio.to_thread(segmenter.started.wait, 10)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call.read()
            await asyncio.sleep(0.1)
            segmenter.may_go_on.set()
            await asyncio.sleep(0.2)

    asyncio.run(scenario())
    assert segmenter.photo_count == 1


def test_photos_are_read_no_faster_than_they_are_cut(serving: Any, segmenter: LeftHalfSegmenter) -> None:
    segmenter.may_go_on.clear()
    large = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (700, 1000, 3), np.uint8)).save(large, "PNG")
    sent = 0

    async def requests() -> AsyncIterator[SegmentPhotosRequest]:
        nonlocal sent
        for index in range(40):
            yield SegmentPhotosRequest(digest=str(index), picture=large.getvalue())
            sent += 1

    async def scenario() -> int:
        async with serving() as channel:
            call = SegmentationServiceStub(channel).SegmentPhotos(requests())
            assert await asyncio.to_thread(segmenter.started.wait, 10)
            await asyncio.sleep(1)
            sent_meanwhile = sent
            call.cancel()
            segmenter.may_go_on.set()
            return sent_meanwhile

    assert asyncio.run(scenario()) < 20  # each 2 MB: 40 would be 84 MB waiting in memory


def test_a_stream_without_photos_ends_at_once(serving: Any) -> None:
    assert _answers(serving, []) == []
