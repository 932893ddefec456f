"""How far a download is, for a person."""

import sys
from collections.abc import Callable
from typing import TextIO

# Without a terminal a line is printed at most this often.
PLAIN_SECONDS = 10.0
TERMINAL_SECONDS = 0.2
LINE_CHARACTERS = 100


def megabytes(size: float) -> str:
    """A size in bytes for people: two digits below 10 MB, none above."""
    return f"{size / 1e6:.2f} MB" if size < 1e7 else f"{size / 1e6:,.0f} MB"


class Progress:
    """Prints one line that moves on a terminal, and a line now and then elsewhere."""

    def __init__(self, output: TextIO, now: Callable[[], float]) -> None:
        self._output = output
        self._now = now
        self._moves = output.isatty()
        self._label = ""
        self._began = self._last = now()
        self._start = 0

    def begin(self, label: str, done: int) -> None:
        """A file begins, of which `done` bytes are there already."""
        self._label, self._start = label, done
        self._began = self._last = self._now()

    def show(self, done: int, total: int | None) -> None:
        """So many bytes are there."""
        now = self._now()
        if now - self._last < (TERMINAL_SECONDS if self._moves else PLAIN_SECONDS):
            return
        self._last = now
        rate = (done - self._start) / max(now - self._began, 1e-3)
        words = f"{self._label}: {megabytes(done)}"
        if total:
            words += f" of {megabytes(total)} ({100 * done / total:.0f} %)"
        words += f", {megabytes(rate)}/s"
        if total and rate > 0:
            words += f", {(total - done) / rate:.0f} s left"
        self._output.write(f"\r{words:<{LINE_CHARACTERS}}" if self._moves else f"{words}\n")
        self._output.flush()

    def end(self, words: str) -> None:
        """The file ended so."""
        line = f"{self._label}: {words}"
        self._output.write(f"\r{line:<{LINE_CHARACTERS}}\n" if self._moves else f"{line}\n")
        self._output.flush()


def terminal_progress(now: Callable[[], float]) -> Progress:
    """On standard error."""
    return Progress(sys.stderr, now)
