import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from inference.errors import InferenceError, UnknownCutout

SHAPES = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")


async def _behave(wish: bytes, context: Any) -> bytes:
    if wish == b"expected":
        raise UnknownCutout(["aa", "bb"])
    if wish == b"unexpected":
        raise KeyError("a bug")
    if wish == b"abort":
        await context.abort(grpc.StatusCode.DATA_LOSS, "said so itself")
    if wish == b"sleep":
        await asyncio.sleep(60)
    return wish


async def _first(wishes: AsyncIterator[bytes]) -> bytes:
    return await anext(aiter(wishes))


async def _unary_stream(wish: bytes, context: Any) -> AsyncIterator[bytes]:
    yield b"one"
    yield await _behave(wish, context)


async def _stream_unary(wishes: AsyncIterator[bytes], context: Any) -> bytes:
    return await _behave(await _first(wishes), context)


async def _stream_stream(wishes: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
    yield b"one"
    yield await _behave(await _first(wishes), context)


def _add(server: grpc.aio.Server) -> None:
    handlers = {
        "unary_unary": grpc.unary_unary_rpc_method_handler(_behave),
        "unary_stream": grpc.unary_stream_rpc_method_handler(_unary_stream),
        "stream_unary": grpc.stream_unary_rpc_method_handler(_stream_unary),
        "stream_stream": grpc.stream_stream_rpc_method_handler(_stream_stream),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Moody", handlers),))


async def _call(
    channel: grpc.aio.Channel, shape: str, wish: bytes, timeout: float | None = None
) -> list[bytes]:
    method = getattr(channel, shape)(f"/test.Moody/{shape}")

    async def wishes() -> AsyncIterator[bytes]:
        yield wish

    call = method(wishes() if shape.startswith("stream") else wish, timeout=timeout)
    if shape.endswith("stream"):
        return [response async for response in call]
    return [await call]


def _failure(serve_in_process: Any, shape: str, wish: bytes, timeout: float | None = None) -> Any:
    async def scenario() -> Any:
        async with serve_in_process(_add) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await _call(channel, shape, wish, timeout)
            return caught.value

    return asyncio.run(scenario())


def _error_info(failure: Any) -> error_details_pb2.ErrorInfo:
    status = rpc_status.from_call(_Finished(failure))
    info = error_details_pb2.ErrorInfo()
    assert status is not None
    assert status.details[0].Unpack(info)
    return info


class _Finished:
    """What rpc_status reads of a synchronous call."""

    def __init__(self, failure: grpc.aio.AioRpcError) -> None:
        self.code, self.details = failure.code, failure.details
        self.trailing_metadata = failure.trailing_metadata


@pytest.mark.parametrize("shape", SHAPES)
def test_an_answer_passes_untouched(serve_in_process: Any, shape: str) -> None:
    async def scenario() -> list[bytes]:
        async with serve_in_process(_add) as channel:
            return await _call(channel, shape, b"hello")

    assert asyncio.run(scenario())[-1] == b"hello"


@pytest.mark.parametrize("shape", SHAPES)
def test_an_expected_error_becomes_its_code_with_reason_and_metadata(
    serve_in_process: Any, shape: str
) -> None:
    failure = _failure(serve_in_process, shape, b"expected")
    info = _error_info(failure)
    assert failure.code() == grpc.StatusCode.NOT_FOUND
    assert "2 cut-outs are not held here" in failure.details()
    assert (info.reason, info.domain, dict(info.metadata)) == (
        "UNKNOWN_CUTOUT",
        "collage",
        {"digests": "aa,bb"},
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_a_surprise_becomes_internal_and_is_logged_with_its_traceback(
    serve_in_process: Any, shape: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        failure = _failure(serve_in_process, shape, b"unexpected")
    assert failure.code() == grpc.StatusCode.INTERNAL
    assert _error_info(failure).reason == "INTERNAL"
    assert "a bug" not in failure.details()
    assert "KeyError: 'a bug'" in caplog.text


def test_a_handlers_own_abort_keeps_its_code(serve_in_process: Any) -> None:
    failure = _failure(serve_in_process, "unary_unary", b"abort")
    assert (failure.code(), failure.details()) == (grpc.StatusCode.DATA_LOSS, "said so itself")


@pytest.mark.parametrize("shape", ["unary_unary", "stream_stream"])
def test_a_deadline_stays_a_deadline(
    serve_in_process: Any, shape: str, caplog: pytest.LogCaptureFixture
) -> None:
    failure = _failure(serve_in_process, shape, b"sleep", timeout=0.2)
    assert failure.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert "failed unexpectedly" not in caplog.text


def test_a_cancelled_call_stays_cancelled(serve_in_process: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> grpc.StatusCode:
        async with serve_in_process(_add) as channel:
            call = channel.unary_unary("/test.Moody/unary_unary")(b"sleep")
            await asyncio.sleep(0.1)
            call.cancel()
            return await call.code()

    assert asyncio.run(scenario()) == grpc.StatusCode.CANCELLED
    assert "failed unexpectedly" not in caplog.text


def test_an_unknown_method_is_unimplemented(serve_in_process: Any) -> None:
    async def scenario() -> grpc.StatusCode:
        async with serve_in_process(_add) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await channel.unary_unary("/test.Moody/nothing")(b"")
            return caught.value.code()

    assert asyncio.run(scenario()) == grpc.StatusCode.UNIMPLEMENTED


def test_every_code_of_grpc_has_its_twin_in_google_rpc() -> None:
    from google.rpc import code_pb2

    for code in grpc.StatusCode:
        assert code_pb2.Code.Value(code.name) == code.value[0]
    assert InferenceError("X", "y").code == grpc.StatusCode.INVALID_ARGUMENT
