"""The stream of a climb's client, read apart from the climb."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import pytest
from collage.v1.composition_service_pb2 import OptimizeSceneRequest, Steer

from inference.composition.optimize_requests import take_steers
from inference.composition.steer_log import MAX_STEERS
from inference.errors import InferenceError

PIN = OptimizeSceneRequest(steer=Steer(pin=Steer.Pin(layer_index=0)))


async def endless() -> AsyncIterator[OptimizeSceneRequest]:
    for _ in range(3 * MAX_STEERS):
        yield PIN


def test_steers_that_come_faster_than_they_are_followed_end_the_call() -> None:
    waiting: deque[Steer] = deque()
    with pytest.raises(InferenceError, match=f"at most {MAX_STEERS} steers waiting") as error:
        asyncio.run(take_steers(endless(), waiting))
    assert error.value.reason == "REQUEST_INVALID"
    assert len(waiting) == MAX_STEERS


def test_any_number_of_steers_may_come_while_they_are_followed() -> None:
    waiting: deque[Steer] = deque()

    async def followed() -> AsyncIterator[OptimizeSceneRequest]:
        async for request in endless():
            yield request
            waiting.clear()

    asyncio.run(take_steers(followed(), waiting))
