"""Items of many calls encoded together, in batches of one size."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from inference.embedding.fair_queue import FairQueue
from inference.errors import EncodeQueueFull

Item = TypeVar("Item")
Vector = list[float]

# Until a batch has been timed, and never less: a hint of 0 would have callers come back at once.
LEAST_RETRY_SECONDS = 0.1


@dataclass(frozen=True)
class BatchLimits:
    """How items are gathered.

    `size`: items a batch; `patience_seconds`: how long an item waits for company while nothing else is to
    be done, and for company that is being prepared as long again as a batch takes, for one half empty costs
    as much; `queue_limit`: items of all calls that may be on their way at once, at least `size`.
    """

    size: int = 8
    patience_seconds: float = 0.02
    queue_limit: int = 256


DEFAULT_LIMITS = BatchLimits()


class SharedBatches(Generic[Item]):
    """Encodes the items of all callers in `executor`, up to `limits.size` at a time.

    What is in a batch is decided when the executor gets to it, so items that come while it is busy with
    something else still join, and those of callers that have left do not. Lives in one event loop at a time
    and needs no start or end. `encode` gets 1 to `size` items and gives a vector for each; `on_batch` is
    told how many they were.
    """

    def __init__(
        self,
        what: str,
        encode: Callable[[list[Item]], list[Vector]],
        executor: Executor,
        limits: BatchLimits,
        on_batch: Callable[[int], None] = lambda count: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._what, self._encode, self._executor, self._limits = what, encode, executor, limits
        self._on_batch, self._clock, self._sleep = on_batch, clock, sleep
        self._queue: FairQueue[tuple[Item, asyncio.Future[Vector]]] = FairQueue()
        self._callers: set[Caller[Item]] = set()
        self._batch_seconds = 0.0
        self._preparing_count = 0
        self._working: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @property
    def waiting_count(self) -> int:
        """Items in the queue, those being encoded not counted."""
        return len(self._queue)

    @property
    def free_count(self) -> int:
        """How many more items may be on their way. Every caller has one place, needed or not."""
        return self._limits.queue_limit - sum(max(1, caller.under_way) for caller in self._callers)

    @contextmanager
    def caller(self) -> Iterator["Caller[Item]"]:
        """A call's way in, with a place of its own until it leaves; what it has waiting then is dropped.

        Raises EncodeQueueFull, here and never later: a call that was let in comes to its end.
        """
        if self.free_count < 1:
            raise EncodeQueueFull(self._what, self._limits.queue_limit, self._retry_seconds())
        caller = Caller(self, min(2 * self._limits.size, self._limits.queue_limit))
        self._callers.add(caller)
        try:
            yield caller
        finally:
            self._callers.discard(caller)
            self._queue.drop(caller)

    @contextmanager
    def _preparing(self) -> Iterator[None]:
        self._preparing_count += 1
        try:
            yield
        finally:
            self._preparing_count -= 1
            if not self._preparing_count:
                self._changed.set()

    def _retry_seconds(self) -> float:
        """When what is on its way should be done."""
        batches = math.ceil(self._limits.queue_limit / self._limits.size)
        return max(LEAST_RETRY_SECONDS, batches * self._batch_seconds)

    async def _vector(self, caller: "Caller[Item]", item: Item) -> Vector:
        result: asyncio.Future[Vector] = asyncio.get_running_loop().create_future()
        self._queue.add(caller, (item, result), self._clock())
        if self._is_full():
            self._changed.set()
        if self._working is None or self._working.done():
            self._changed = asyncio.Event()
            self._working = asyncio.create_task(self._work())
        return await result

    async def _work(self) -> None:
        """Batch after batch until nothing waits."""
        while self._queue:
            await self._wait_for_company()
            loop = asyncio.get_running_loop()
            batch, outcome = await loop.run_in_executor(self._executor, self._encode_batch)
            for index, (_, result) in enumerate(batch):
                if result.done():  # its caller has gone
                    continue
                if isinstance(outcome, Exception):
                    result.set_exception(outcome)
                else:
                    result.set_result(outcome[index])

    def _is_full(self) -> bool:
        return len(self._queue) >= self._limits.size

    async def _wait_for_company(self) -> None:
        """Returns when a batch is full, or an item has waited long enough."""
        oldest = self._queue.oldest_since()
        if oldest is None:
            return
        patient_until = oldest + self._limits.patience_seconds
        await self._wait(self._is_full, patient_until)
        await self._wait(
            lambda: self._is_full() or not self._preparing_count, patient_until + self._batch_seconds
        )

    async def _wait(self, is_enough: Callable[[], bool], until: float) -> None:
        """Returns when it is enough, by the clock's second `until` at the latest."""
        while not is_enough() and (patience := until - self._clock()) > 0:
            self._changed.clear()
            change = asyncio.ensure_future(self._changed.wait())
            alarm = asyncio.ensure_future(self._sleep(patience))
            try:
                await asyncio.wait({change, alarm}, return_when=asyncio.FIRST_COMPLETED)
                if alarm.done():
                    return
            finally:
                change.cancel()
                alarm.cancel()

    def _encode_batch(
        self,
    ) -> tuple[list[tuple[Item, "asyncio.Future[Vector]"]], list[Vector] | Exception]:
        """In the executor: who was encoded, and the vectors or what went wrong with all of them."""
        batch = self._queue.take(self._limits.size)
        if not batch:
            return [], []
        began = self._clock()
        try:
            vectors = self._encode([item for item, _ in batch])
        except Exception as error:
            return batch, error
        self._batch_seconds = self._clock() - began
        self._on_batch(len(batch))
        return batch, vectors


class Caller(Generic[Item]):
    """One call among those that share batches; `under_way` items of it are on their way."""

    def __init__(self, batches: SharedBatches[Item], limit: int) -> None:
        self._batches, self._limit = batches, limit
        self.under_way = 0

    @property
    def has_room(self) -> bool:
        """Whether one more of its items may be on its way: two batches at most, and never less than one."""
        return self.under_way < 1 or (self.under_way < self._limit and self._batches.free_count > 0)

    def preparing(self) -> AbstractContextManager[None]:
        """While an item is made ready that will be given to `encode` at once: others may wait for it."""
        return self._batches._preparing()

    async def encode(self, item: Item) -> Vector:
        """The item's vector, when its turn has come. Raises what the encoder raises."""
        return await self._batches._vector(self, item)
