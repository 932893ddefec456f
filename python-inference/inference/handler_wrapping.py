"""Something around every call of a gRPC method, whatever its shape."""

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, TypeAlias

import grpc

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


def wrap_handler(handler: Any, around: Callable[[Context], AbstractAsyncContextManager[None]]) -> Any:
    """The same handler, each call of it inside `around(context)`, a stream's until it ends.

    What a call raises passes through `around`: CancelledError or GeneratorExit where its client has gone,
    AbortError where a status was set by `context.abort`.
    """
    streams_in, streams_out = handler.request_streaming, handler.response_streaming
    behavior = {
        (False, False): handler.unary_unary,
        (False, True): handler.unary_stream,
        (True, False): handler.stream_unary,
        (True, True): handler.stream_stream,
    }[streams_in, streams_out]

    async def answer(request: Any, context: Context) -> Any:
        async with around(context):
            return await behavior(request, context)

    async def stream(request: Any, context: Context) -> AsyncIterator[Any]:
        async with around(context), aclosing(behavior(request, context)) as responses:
            async for response in responses:
                yield response

    async def write(request: Any, context: Context) -> None:
        async with around(context):
            await behavior(request, context)

    make_handler = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }[streams_in, streams_out]
    # A stream may also be a coroutine that writes to its context, such as Health.Watch.
    wrapped = stream if inspect.isasyncgenfunction(behavior) else write if streams_out else answer
    return make_handler(wrapped, handler.request_deserializer, handler.response_serializer)
