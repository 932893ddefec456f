"""The messages that a client of OptimizeScene sends: a start, then steers."""

from collections import deque
from collections.abc import AsyncIterator

from collage.v1.composition_service_pb2 import OptimizeSceneRequest, OptimizeStart, Steer

from inference.composition.steer_log import MAX_STEERS
from inference.errors import InferenceError


def expect_start(request: OptimizeSceneRequest) -> OptimizeStart:
    """The start; raises InferenceError where it is something else."""
    if request.WhichOneof("message") != "start":
        raise _message_unexpected("start", request)
    return request.start


async def take_steers(requests: AsyncIterator[OptimizeSceneRequest], steers: deque[Steer]) -> None:
    """Hands on the steers that follow a start until the client sends no more.

    Raises InferenceError for what is no steer, and where more come between two steps than a climb follows:
    what is written faster than it climbs must not fill the memory.
    """
    async for request in requests:
        if request.WhichOneof("message") != "steer":
            raise _message_unexpected("steer", request)
        if request.steer.WhichOneof("action") is None:
            raise InferenceError(
                "REQUEST_INVALID", "Expected an action for steer.action but received nothing"
            )
        if len(steers) >= MAX_STEERS:
            raise InferenceError(
                "REQUEST_INVALID",
                f"Expected at most {MAX_STEERS} steers waiting for the next step but received one more",
            )
        steers.append(request.steer)


def _message_unexpected(expected: str, request: OptimizeSceneRequest) -> InferenceError:
    received = request.WhichOneof("message") or "nothing"
    return InferenceError("REQUEST_INVALID", f"Expected {expected} for message but received {received}")
