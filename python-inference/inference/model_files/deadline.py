"""How long something may take."""

from collections.abc import Callable

from inference.model_files.errors import TimeIsUp


class Deadline:
    """A time limit by a clock in seconds; `seconds` None: none."""

    def __init__(self, seconds: float | None, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._began = now()

    def check(self, what: str) -> None:
        """Raises TimeIsUp once the time is up."""
        if self._seconds is not None and self._now() - self._began >= self._seconds:
            raise TimeIsUp(
                f"{what} took longer than the {self._seconds:g} s given; what came is kept, "
                "and the next try goes on from there"
            )
