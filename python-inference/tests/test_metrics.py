import asyncio
import socket
import urllib.request
from typing import Any

import grpc
import pytest
from prometheus_client.parser import text_string_to_metric_families

from inference.embedding.perceptor import PerceptorDescription
from inference.errors import EncodeQueueFull
from inference.interceptors import ErrorInterceptor
from inference.metrics import Metrics, MetricsInterceptor
from inference.resident_model import ResidentModel
from inference.settings import SettingInvalid


class Tiny:
    """A model of no size."""

    def describe(self) -> PerceptorDescription:
        return PerceptorDescription("tiny", "r1", "d" * 64, True, "CC0-1.0", 3, 8)


async def _write(wish: bytes, context: Any) -> None:
    await context.write(wish)


def _add(server: grpc.aio.Server, asleep: asyncio.Event) -> None:
    """A service that does as it is told; `asleep` is set while a call sleeps."""

    async def _answer(wish: bytes, context: Any) -> bytes:
        if wish == b"full":
            raise EncodeQueueFull("photos", 8, 0.5)
        if wish == b"sleep":
            asleep.set()
            await asyncio.sleep(60)
        if wish == b"bug":
            raise KeyError("a bug")
        return wish

    async def _stream(wishes: Any, context: Any) -> Any:
        async for wish in wishes:
            yield await _answer(wish, context)

    handlers = {
        "One": grpc.unary_unary_rpc_method_handler(_answer),
        "Many": grpc.stream_stream_rpc_method_handler(_stream),
        "Written": grpc.unary_stream_rpc_method_handler(_write),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Moody", handlers),))


class Clock:
    """A second later each time it is asked."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def _counted(metrics: Metrics) -> dict[tuple[str, str], float]:
    """Calls by method and code."""
    return {
        (sample.labels["method"].rpartition("/")[2], sample.labels["code"]): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "collage_requests_total"
    }


def _calls(scenario: Any, metrics: Metrics, asleep: asyncio.Event) -> None:
    async def serving() -> None:
        server = grpc.aio.server(interceptors=[MetricsInterceptor(metrics), ErrorInterceptor()])
        _add(server, asleep)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            await scenario(channel)
        await server.stop(0)

    asyncio.run(asyncio.wait_for(serving(), 20))


async def _settled(metrics: Metrics, call_count: int) -> dict[tuple[str, str], float]:
    """The counts once so many calls have ended: on the server that is a little after its client has gone."""
    while sum(_counted(metrics).values()) < call_count:
        await asyncio.sleep(0.001)
    return _counted(metrics)


def test_every_call_is_counted_by_method_and_by_the_code_its_client_saw() -> None:
    metrics, asleep = Metrics(Clock()), asyncio.Event()

    async def scenario(channel: grpc.aio.Channel) -> None:
        one, many = channel.unary_unary("/test.Moody/One"), channel.stream_stream("/test.Moody/Many")

        async def wishes(*some: bytes) -> Any:
            for wish in some:
                yield wish

        await one(b"a")
        await one(b"b")
        assert [answer async for answer in many(wishes(b"a", b"b"))] == [b"a", b"b"]
        for wish in (b"full", b"bug"):
            with pytest.raises(grpc.aio.AioRpcError):
                await one(wish)
        with pytest.raises(grpc.aio.AioRpcError):
            assert [answer async for answer in many(wishes(b"a", b"full"))] == [b"a"]
        asleep.clear()
        under_way = one(b"sleep")
        await asleep.wait()
        under_way.cancel()
        with pytest.raises(grpc.aio.AioRpcError):
            await one(b"sleep", timeout=0.1)
        with pytest.raises(grpc.aio.AioRpcError):
            await channel.unary_unary("/test.Moody/Unknown")(b"")
        assert [answer async for answer in channel.unary_stream("/test.Moody/Written")(b"w")] == [b"w"]
        assert await _settled(metrics, 9) == {
            ("One", "OK"): 2,
            ("One", "RESOURCE_EXHAUSTED"): 1,
            ("One", "INTERNAL"): 1,
            ("One", "CANCELLED"): 1,
            ("One", "DEADLINE_EXCEEDED"): 1,
            ("Many", "OK"): 1,
            ("Many", "RESOURCE_EXHAUSTED"): 1,
            ("Written", "OK"): 1,
        }

    _calls(scenario, metrics, asleep)


def test_seconds_are_those_of_the_clock() -> None:
    metrics = Metrics(Clock())
    _calls(lambda channel: channel.unary_unary("/test.Moody/One")(b"a"), metrics, asyncio.Event())
    value = metrics.registry.get_sample_value
    assert value("collage_request_seconds_sum", {"method": "/test.Moody/One"}) == 1
    assert value("collage_request_seconds_bucket", {"method": "/test.Moody/One", "le": "0.5"}) == 0
    assert value("collage_request_seconds_bucket", {"method": "/test.Moody/One", "le": "1.0"}) == 1


def test_batches_queue_and_models_are_told_over_http_in_prometheus_text() -> None:
    metrics = Metrics()
    metrics.batch_done("photos", 8)
    metrics.batch_done("photos", 3)
    waiting = [1, 2, 3]
    metrics.watch_queue("photos", lambda: len(waiting))
    tiny = Tiny()
    loaded: ResidentModel[Tiny, PerceptorDescription] = ResidentModel(Tiny, tiny)
    away: ResidentModel[Tiny, PerceptorDescription] = ResidentModel(Tiny, tiny)
    away.unload_if_idle(0)
    metrics.watch_models({"perceptor": loaded, "segmenter": away, "judge": ResidentModel(Tiny)})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stop = metrics.serve("127.0.0.1", port)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            text = answer.read().decode()
        with pytest.raises(
            SettingInvalid, match=f"a free port of 127.0.0.1, or 0 for METRICS_PORT .* {port}"
        ):
            Metrics().serve("127.0.0.1", port)
    finally:
        stop()
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["collage_encoded_total", "photos"] == 11
    assert samples["collage_batch_size_count", "photos"] == 2
    assert samples["collage_batch_size_bucket", "4.0", "photos"] == 1
    assert samples["collage_queue_length", "photos"] == 3
    models = {key: value for key, value in samples.items() if key[0] == "collage_model_loaded"}
    assert models == {  # the judge was never loaded: it has no name yet
        ("collage_model_loaded", "d" * 64, "perceptor", "r1", "tiny"): 1,
        ("collage_model_loaded", "d" * 64, "r1", "segmenter", "tiny"): 0,
    }
    assert samples["process_resident_memory_bytes",] > 2**20


def test_two_sidecars_of_one_process_do_not_count_together() -> None:
    first, second = Metrics(), Metrics()
    first.batch_done("texts", 2)
    assert second.registry.get_sample_value("collage_encoded_total", {"what": "texts"}) is None
