import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from inference.embedding.under_way import answered


class Seats:
    """Room for so many."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.under_way = 0
        self.most = 0

    @property
    def has_room(self) -> bool:
        self.most = max(self.most, self.under_way)
        return self.under_way < self.count


class Stream:
    """Numbers, and how many of them were read."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.read = 0

    async def numbers(self) -> AsyncIterator[int]:
        for number in range(self.count):
            self.read += 1
            yield number


async def _double(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


def test_every_item_is_answered_once() -> None:
    async def scenario() -> list[int]:
        return [answer async for answer in answered(Stream(20).numbers(), _double, Seats(3))]

    assert sorted(asyncio.run(scenario())) == [2 * number for number in range(20)]


def test_an_empty_stream_has_no_answer() -> None:
    async def scenario() -> list[int]:
        return [answer async for answer in answered(Stream(0).numbers(), _double, Seats(3))]

    assert asyncio.run(scenario()) == []


def test_a_slow_item_does_not_hold_up_those_behind_it() -> None:
    async def scenario() -> list[int]:
        gate = asyncio.Event()

        async def answer(number: int) -> int:
            if number == 0:
                await gate.wait()
            elif number == 4:
                gate.set()
            return number

        return [number async for number in answered(Stream(5).numbers(), answer, Seats(2))]

    assert sorted(asyncio.run(scenario())[:3]) == [1, 2, 3]


def test_no_more_is_read_than_there_is_room_for_and_one_ahead() -> None:
    async def scenario() -> tuple[int, int]:
        stream, seats, never = Stream(100), Seats(4), asyncio.Event()

        async def answer(number: int) -> int:
            if number:
                await never.wait()
            return number

        async with aclosing(answered(stream.numbers(), answer, seats)) as answers:
            assert await anext(answers) == 0
            waiting = asyncio.ensure_future(anext(answers))
            for _ in range(50):
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
        return stream.read, seats.most

    assert asyncio.run(scenario()) == (1 + 4 + 1, 4)


def test_answers_not_taken_stop_the_reading() -> None:
    async def scenario() -> int:
        stream = Stream(100)
        async with aclosing(answered(stream.numbers(), _double, Seats(4))) as answers:
            await anext(answers)
            for _ in range(50):
                await asyncio.sleep(0)
        return stream.read

    assert asyncio.run(scenario()) <= 6


def test_closing_cancels_what_is_under_way() -> None:
    async def scenario() -> list[int]:
        cancelled = []

        async def answer(number: int) -> int:
            try:
                if number:
                    await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(number)
                raise
            return number

        seats = Seats(3)
        answers = answered(Stream(10).numbers(), answer, seats)
        await anext(answers)
        waiting = asyncio.ensure_future(anext(answers))
        for _ in range(20):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        await asyncio.sleep(0)
        assert seats.under_way == 0
        return cancelled

    assert sorted(asyncio.run(scenario())) == [1, 2, 3]


@pytest.mark.parametrize("where", ["stream", "answer"])
def test_an_error_ends_it(where: str) -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        if where == "stream":
            raise ConnectionError("gone")

    async def answer(number: int) -> int:
        if where == "answer":
            raise ConnectionError("gone")
        return number

    async def scenario() -> None:
        async for _ in answered(broken(), answer, Seats(1)):
            pass

    with pytest.raises(ConnectionError, match="gone"):
        asyncio.run(scenario())
