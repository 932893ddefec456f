"""Batches under a clock and a sleep that the test holds in its hands."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from inference.embedding.shared_batches import BatchLimits, SharedBatches
from inference.errors import EncodeQueueFull

FOURS = BatchLimits(4, 0.02, 8)


class Workshop:
    """Encodes a number as [number] when it is let; keeps what was encoded together and asked of the clock."""

    def __init__(self, executor: ThreadPoolExecutor, limits: BatchLimits) -> None:
        self.may_encode = threading.Event()
        self.may_encode.set()
        self.encoding = threading.Event()
        self.batches: list[list[int]] = []
        self.counts: list[int] = []
        self.slept: list[float] = []
        self.now = 0.0
        self.wake = asyncio.Event()
        self.asleep = asyncio.Event()
        self.shared: SharedBatches[int] = SharedBatches(
            "numbers", self._encode, executor, limits, self.counts.append, lambda: self.now, self._sleep
        )

    def _encode(self, numbers: list[int]) -> list[list[float]]:
        self.encoding.set()
        assert self.may_encode.wait(10)
        self.batches.append(numbers)
        if -1 in numbers:
            raise ValueError("no vector for -1")
        self.now += 0.5
        return [[float(number)] for number in numbers]

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.asleep.set()
        await self.wake.wait()

    async def encode(self, *numbers: int) -> list[float]:
        """All of them as one caller."""
        with self.shared.caller() as caller:
            return [vector[0] for vector in await asyncio.gather(*map(caller.encode, numbers))]


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def run(executor: ThreadPoolExecutor) -> Callable[..., Workshop]:
    def run(scenario: Callable[[Workshop], Awaitable[None]], limits: BatchLimits = FOURS) -> Workshop:
        workshop = Workshop(executor, limits)
        asyncio.run(asyncio.wait_for(scenario(workshop), 20))  # type: ignore[arg-type]
        return workshop

    return run


def test_items_of_several_callers_share_a_batch_which_waits_for_nobody_once_it_is_full(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        answers = await asyncio.gather(*(workshop.encode(number) for number in range(4)))
        assert answers == [[0], [1], [2], [3]]

    workshop = run(scenario)  # nobody woke the sleeper
    assert workshop.batches == [[0, 1, 2, 3]]
    assert workshop.counts == [4]


def test_a_lone_item_waits_for_company_as_long_as_it_may_and_no_longer(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        lone = asyncio.create_task(workshop.encode(7))
        await workshop.asleep.wait()
        assert workshop.batches == []
        workshop.wake.set()
        assert await lone == [7]

    workshop = run(scenario)
    assert workshop.slept == [0.02]
    assert workshop.batches == [[7]]


def test_an_item_that_waited_while_others_were_encoded_need_not_wait_for_company(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        workshop.may_encode.clear()
        first = asyncio.create_task(workshop.encode(0, 1, 2, 3))
        await asyncio.to_thread(workshop.encoding.wait, 10)
        second = asyncio.create_task(workshop.encode(4))
        await _until(lambda: workshop.shared.waiting_count == 1)
        workshop.may_encode.set()  # takes 0.5 s by the workshop's clock
        await asyncio.gather(first, second)

    workshop = run(scenario)
    assert workshop.batches == [[0, 1, 2, 3], [4]]
    assert workshop.slept == []


def test_who_comes_while_the_executor_is_busy_with_something_else_joins_the_batch(
    run, executor: ThreadPoolExecutor
) -> None:
    async def scenario(workshop: Workshop) -> None:
        busy = threading.Event()
        executor.submit(busy.wait, 10)
        first = asyncio.create_task(workshop.encode(0))
        for _ in range(20):
            await asyncio.sleep(0)  # its batch is in the executor's hands
        second = asyncio.create_task(workshop.encode(1))
        await _until(lambda: workshop.shared.waiting_count == 2)
        busy.set()
        await asyncio.gather(first, second)

    assert run(scenario, BatchLimits(4, 0, 8)).batches == [[0, 1]]


def test_a_caller_with_many_items_does_not_starve_one_with_a_single_one(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        workshop.may_encode.clear()
        greedy = asyncio.create_task(workshop.encode(*range(40)))
        await asyncio.to_thread(workshop.encoding.wait, 10)
        modest = asyncio.create_task(workshop.encode(1000))
        await _until(lambda: workshop.shared.waiting_count == 37)
        workshop.may_encode.set()
        await asyncio.gather(greedy, modest)

    workshop = run(scenario)
    assert 1000 in workshop.batches[1]
    assert len(workshop.batches) == 11


def test_items_of_a_caller_that_has_left_are_not_encoded(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        workshop.may_encode.clear()
        stays = asyncio.create_task(workshop.encode(0, 1, 2, 3))
        await asyncio.to_thread(workshop.encoding.wait, 10)
        leaves = asyncio.create_task(workshop.encode(10, 11, 12, 13))
        await _until(lambda: workshop.shared.waiting_count == 4)
        leaves.cancel()
        await asyncio.wait([leaves])
        assert workshop.shared.waiting_count == 0
        workshop.may_encode.set()
        await stays
        assert workshop.shared.free_count == 8

    assert run(scenario).batches == [[0, 1, 2, 3]]


def test_what_the_encoder_raises_reaches_those_of_that_batch_only(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        bad = await asyncio.gather(*map(workshop.encode, (0, 1, 2, -1)), return_exceptions=True)
        assert [str(error) for error in bad] == ["no vector for -1"] * 4
        assert await workshop.encode(4, 5, 6, 7) == [4, 5, 6, 7]

    run(scenario)


def test_beyond_the_limit_a_call_is_refused_with_a_hint_and_one_that_was_let_in_never_is(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        await workshop.encode(0, 1, 2, 3)  # 0.5 s a batch: the hint's unit
        with workshop.shared.caller() as first, workshop.shared.caller() as second:
            first.under_way = 6
            assert (first.has_room, second.has_room) == (True, True)
            first.under_way = 7
            assert (first.has_room, second.has_room) == (False, True)  # its own place
            with pytest.raises(EncodeQueueFull, match="at most 8 numbers of all calls") as refused:
                await workshop.encode(9)
            assert refused.value.retry_seconds == 1.0  # two batches
            second.under_way = 1
            assert not second.has_room
        assert await workshop.encode(4, 5, 6, 7) == [4, 5, 6, 7]

    run(scenario)


def test_a_caller_alone_may_have_two_batches_on_their_way(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        with workshop.shared.caller() as caller:
            caller.under_way = 7
            assert caller.has_room
            caller.under_way = 8
            assert not caller.has_room

    run(scenario, BatchLimits(4, 0, 100))


def test_a_batch_waits_for_items_that_are_being_prepared(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        await workshop.encode(0, 1, 2, 3)  # 0.5 s a batch
        workshop.slept.clear()
        with workshop.shared.caller() as caller:
            with caller.preparing():
                first = asyncio.create_task(caller.encode(4))
                await workshop.asleep.wait()
                workshop.asleep.clear()
                workshop.wake.set()  # patience is over
                await workshop.asleep.wait()
                workshop.wake.clear()
                assert len(workshop.batches) == 1
            assert [await caller.encode(5), await first] == [[5], [4]]

    workshop = run(scenario)
    assert workshop.batches == [[0, 1, 2, 3], [4, 5]]
    assert workshop.slept == [pytest.approx(0.02), pytest.approx(0.52)]


def test_a_batch_waits_no_longer_than_one_more_would_take(run) -> None:
    async def scenario(workshop: Workshop) -> None:
        await workshop.encode(0, 1, 2, 3)
        workshop.slept.clear()
        workshop.wake.set()  # all sleep is over at once
        with workshop.shared.caller() as caller, caller.preparing():
            assert await caller.encode(4) == [4]

    workshop = run(scenario)
    assert workshop.batches == [[0, 1, 2, 3], [4]]
    assert workshop.slept == [pytest.approx(0.02), pytest.approx(0.52)]
