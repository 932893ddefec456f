import asyncio
from collections.abc import AsyncIterator

import pytest

from inference.embedding.batches import in_batches, one_ahead


async def _numbers(count: int, pause_before: int = -1) -> AsyncIterator[int]:
    for number in range(count):
        if number == pause_before:
            await asyncio.sleep(0.2)
        yield number


async def _batches(numbers: AsyncIterator[int]) -> list[list[int]]:
    return [batch async for batch in in_batches(numbers, 4, 0.02)]


def test_a_steady_stream_fills_its_batches() -> None:
    assert asyncio.run(_batches(_numbers(10))) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_a_pause_sends_off_what_is_there() -> None:
    assert asyncio.run(_batches(_numbers(6, pause_before=2))) == [[0, 1], [2, 3, 4, 5]]


def test_an_empty_stream_gives_no_batch() -> None:
    assert asyncio.run(_batches(_numbers(0))) == []


def test_an_error_of_the_stream_reaches_the_reader() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        asyncio.run(_batches(broken()))


def test_one_ahead_fetches_the_next_while_the_caller_works() -> None:
    fetched: list[int] = []

    async def noted() -> AsyncIterator[int]:
        async for number in _numbers(3):
            fetched.append(number)
            yield number

    async def scenario() -> list[tuple[int, int]]:
        seen = []
        async for number in one_ahead(noted()):
            await asyncio.sleep(0.01)
            seen.append((number, len(fetched)))
        return seen

    assert asyncio.run(scenario()) == [(0, 2), (1, 3), (2, 3)]
