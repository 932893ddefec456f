import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from collage.v1.embedding_service_pb2 import (
    EncodePhotosRequest,
)
from collage.v1.embedding_service_pb2_grpc import (
    EmbeddingServiceStub,
)
from google.rpc import error_details_pb2, status_pb2

from inference.embedding.shared_batches import BatchLimits
from tests.embedding.encoding_clients import (
    PATIENT,
    Crowd,
    Vectors,
    encode,
    jpeg,
    jpegs,
    sent,
)


def test_photos_sent_without_pause_share_full_batches(
    serve_in_process: Any, executor: ThreadPoolExecutor
) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(8, PATIENT, 256))
    crowd.perceptor.gate.set()
    assert len(crowd.run(lambda channel: encode(channel, jpegs(24)))) == 24
    assert crowd.perceptor.batch_sizes == [8, 8, 8]


def test_photos_of_several_clients_share_batches(serve_in_process: Any, executor: ThreadPoolExecutor) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(8, 0, 256))

    async def scenario(channel: grpc.aio.Channel) -> list[Vectors]:
        first = asyncio.create_task(encode(channel, jpegs(1)))
        await asyncio.to_thread(crowd.perceptor.called.wait, 60)
        others = [asyncio.create_task(encode(channel, jpegs(1, f"client{n}-"))) for n in range(8)]
        await crowd.until_waiting(8)
        crowd.perceptor.gate.set()
        return await asyncio.gather(first, *others)

    assert all(crowd.run(scenario))
    assert crowd.perceptor.batch_sizes == [1, 8]


def test_a_stream_alone_is_never_refused_however_small_the_queue(
    serve_in_process: Any, executor: ThreadPoolExecutor
) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(4, 0.02, 4))
    crowd.perceptor.gate.set()
    assert len(crowd.run(lambda channel: encode(channel, jpegs(60)))) == 60


def test_calls_beyond_the_queue_are_refused_with_reason_and_hint_and_the_others_come_to_their_end(
    serve_in_process: Any, executor: ThreadPoolExecutor
) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(4, PATIENT, 8))

    async def scenario(channel: grpc.aio.Channel) -> tuple[grpc.aio.AioRpcError, Vectors, Vectors]:
        greedy = asyncio.create_task(encode(channel, jpegs(32)))
        await asyncio.to_thread(crowd.perceptor.called.wait, 60)
        await crowd.until_waiting(4)  # and four being encoded: all places
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await encode(channel, jpegs(1, "late"))
        crowd.perceptor.gate.set()
        encoded = await greedy
        return refused.value, encoded, await encode(channel, jpegs(4, "later"))

    refused, encoded, later = crowd.run(scenario)
    assert (len(encoded), len(later)) == (32, 4)
    assert refused.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "ENCODE_QUEUE_PHOTOS" in refused.details()
    (encoded_status,) = refused.trailing_metadata().get_all("grpc-status-details-bin")
    details = status_pb2.Status.FromString(encoded_status).details
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    assert details[0].Unpack(info) and details[1].Unpack(retry)
    assert (info.reason, info.metadata["limit"]) == ("ENCODE_QUEUE_FULL", "8")
    assert retry.retry_delay.ToMilliseconds() >= 100


def test_a_cancelled_stream_leaves_nothing_in_the_queue(
    serve_in_process: Any, executor: ThreadPoolExecutor
) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(4, PATIENT, 64))

    async def scenario(channel: grpc.aio.Channel) -> Vectors:
        call = EmbeddingServiceStub(channel).EncodePhotos(sent(jpegs(32)))
        reading = asyncio.create_task(call.read())
        await asyncio.to_thread(crowd.perceptor.called.wait, 60)
        await crowd.until_waiting(4)  # of eight on their way; the other four are in the perceptor's hands
        call.cancel()
        await asyncio.wait([reading])
        await crowd.until_waiting(0)
        crowd.perceptor.gate.set()
        return await encode(channel, jpegs(4, "next"))

    assert sorted(crowd.run(scenario)) == ["next0", "next1", "next2", "next3"]
    assert crowd.perceptor.batch_sizes == [4, 4]
    assert crowd.service.photos.free_count == 64


def test_a_call_under_way_keeps_its_model_loaded(serve_in_process: Any, executor: ThreadPoolExecutor) -> None:
    crowd = Crowd(serve_in_process, executor, BatchLimits(4, 0, 64))
    crowd.perceptor.gate.set()

    async def scenario(channel: grpc.aio.Channel) -> tuple[bool, bool]:
        call = EmbeddingServiceStub(channel).EncodePhotos()
        await call.write(EncodePhotosRequest(digest="one", picture=jpeg(1)))
        await call.read()
        while_open = crowd.resident.unload_if_idle(0)
        await call.done_writing()
        assert await call.read() == grpc.aio.EOF
        return while_open, crowd.resident.unload_if_idle(0)

    assert crowd.run(scenario) == (False, True)
    assert crowd.run(lambda channel: encode(channel, jpegs(1)))  # loads it again
    assert crowd.resident.is_loaded
