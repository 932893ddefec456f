"""A stream's items worked on side by side, as many as there is room for."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Room(Protocol):
    """Says how much may be going on, and is told how much is."""

    under_way: int

    @property
    def has_room(self) -> bool:
        """Whether one more may begin; must be true while `under_way` is 0."""
        ...


async def answered(
    items: AsyncIterator[Item], answer: Callable[[Item], Awaitable[Answer]], room: Room
) -> AsyncGenerator[Answer]:
    """`answer(item)` of each item, in the order they are ready.

    Reads one item ahead of what there is room for and no further, nor while the answers are not taken:
    that is the back-pressure that the sender feels. Closing it cancels what is under way. An error of the
    stream or of an answer ends it.
    """
    arrival: asyncio.Future[Item] | None = asyncio.ensure_future(anext(items))
    tasks: set[asyncio.Future[Answer]] = set()
    try:
        while arrival or tasks:
            room.under_way = len(tasks)
            if arrival and arrival.done() and room.has_room:
                try:
                    tasks.add(asyncio.ensure_future(answer(arrival.result())))
                except StopAsyncIteration:
                    arrival = None
                else:
                    arrival = asyncio.ensure_future(anext(items))
                continue
            awaited: set[asyncio.Future[Any]] = {*tasks}
            if arrival and not arrival.done():
                awaited.add(arrival)
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            ready = {task for task in tasks if task.done()}
            tasks -= ready
            for finished in ready:
                yield finished.result()
    finally:
        room.under_way = 0
        for task in tasks:
            task.cancel()
        if arrival:
            arrival.cancel()
