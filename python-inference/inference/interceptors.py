"""The one place where exceptions become gRPC statuses; no handler catches anything."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.protobuf import any_pb2, duration_pb2, message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from inference.errors import InferenceError
from inference.handler_wrapping import Context, wrap_handler

ERROR_DOMAIN = "collage"

log = logging.getLogger(__name__)


class ErrorInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]
    """InferenceError -> its code, a google.rpc.ErrorInfo and, where calling again may help, a RetryInfo;
    anything unforeseen -> INTERNAL, logged.

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
        return wrap_handler(handler, lambda context: _statuses_for_errors(method, context))


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
    details: list[message.Message] = [
        error_details_pb2.ErrorInfo(reason=error.reason, domain=ERROR_DOMAIN, metadata=error.metadata)
    ]
    if error.retry_seconds is not None:
        delay = duration_pb2.Duration()
        delay.FromMilliseconds(round(1000 * error.retry_seconds))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    status = rpc_status.to_status(
        status_pb2.Status(
            code=code_pb2.Code.Value(error.code.name),
            message=error.message,
            details=[_packed(detail) for detail in details],
        )
    )
    await context.abort(status.code, status.details, status.trailing_metadata)


def _packed(detail: message.Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed
