from inference.embedding.fair_queue import FairQueue


def _queue(*adds: tuple[str, int]) -> FairQueue[int]:
    queue: FairQueue[int] = FairQueue()
    for now, (caller, item) in enumerate(adds):
        queue.add(caller, item, now)
    return queue


def test_callers_take_turns_whoever_came_first_with_however_much() -> None:
    queue = _queue(*(("greedy", item) for item in range(100)), ("late", 1000), ("later", 2000))
    assert queue.take(5) == [0, 1000, 2000, 1, 2]
    assert len(queue) == 97


def test_turns_go_on_from_one_batch_to_the_next() -> None:
    queue = _queue(*((caller, item) for item in range(2) for caller in "abc"))
    assert queue.take(2) == [0, 0]  # a, b
    queue.add("d", 7, 9)
    assert queue.take(3) == [0, 1, 1]  # c's first before anyone's second
    assert queue.take(9) == [7, 1]


def test_what_a_caller_dropped_is_not_taken() -> None:
    queue = _queue(("a", 1), ("b", 2), ("a", 3))
    queue.drop("a")
    queue.drop("nobody")
    assert len(queue) == 1
    assert queue.take(9) == [2]


def test_it_knows_how_long_the_oldest_has_waited() -> None:
    queue = _queue(("a", 1), ("b", 2), ("a", 3))
    assert queue.oldest_since() == 0
    queue.take(1)
    assert queue.oldest_since() == 1
    queue.take(2)
    assert queue.oldest_since() is None
