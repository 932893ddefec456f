"""The one place where exceptions become gRPC statuses; no handler catches anything."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from inference.errors import InferenceError

ERROR_DOMAIN = "collage"

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

log = logging.getLogger(__name__)


class ErrorInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]
    """InferenceError -> its code and a google.rpc.ErrorInfo; anything unforeseen -> INTERNAL, logged.

    Cancellation (the client's, or a deadline) and `context.abort` pass through untouched.
    """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        if handler is None:  # no such method: grpc answers UNIMPLEMENTED
            return None
        method = handler_call_details.method
        streams_in, streams_out = handler.request_streaming, handler.response_streaming
        behavior = {
            (False, False): handler.unary_unary,
            (False, True): handler.unary_stream,
            (True, False): handler.stream_unary,
            (True, True): handler.stream_stream,
        }[streams_in, streams_out]

        async def answer(request: Any, context: Context) -> Any:
            async with _statuses_for_errors(method, context):
                return await behavior(request, context)

        async def stream(request: Any, context: Context) -> AsyncIterator[Any]:
            async with _statuses_for_errors(method, context):
                async for response in behavior(request, context):
                    yield response

        make_handler = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
            (True, True): grpc.stream_stream_rpc_method_handler,
        }[streams_in, streams_out]
        return make_handler(
            stream if streams_out else answer, handler.request_deserializer, handler.response_serializer
        )


@asynccontextmanager
async def _statuses_for_errors(method: str, context: Context) -> AsyncIterator[None]:
    try:
        yield
    except InferenceError as error:
        await _abort(context, error)
    except grpc.aio.AbortError:
        raise
    except Exception as error:
        log.exception("%s failed unexpectedly", method)
        message = f"{type(error).__name__} in {method}; the sidecar's log has the traceback"
        await _abort(context, InferenceError("INTERNAL", message, grpc.StatusCode.INTERNAL))


async def _abort(context: Context, error: InferenceError) -> None:
    info = any_pb2.Any()
    info.Pack(error_details_pb2.ErrorInfo(reason=error.reason, domain=ERROR_DOMAIN, metadata=error.metadata))
    status = rpc_status.to_status(
        status_pb2.Status(code=code_pb2.Code.Value(error.code.name), message=error.message, details=[info])
    )
    await context.abort(status.code, status.details, status.trailing_metadata)
