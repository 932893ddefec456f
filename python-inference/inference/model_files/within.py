"""A time limit for a call that has none of its own."""

from collections.abc import Callable
from queue import Empty, Queue
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """What the call gives or raises; TimeoutError after so many seconds, while it may go on unheard."""
    answers: Queue[tuple[Result | None, BaseException | None]] = Queue()

    def answer() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:
            answers.put((None, error))

    # A daemon: it must not keep the program from ending.
    Thread(target=answer, name="within", daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer after {seconds:g} s") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
