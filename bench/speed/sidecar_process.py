"""A real sidecar as a process of its own, for benches that include the wire."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIDECAR = Path(__file__).parents[2] / "python-inference"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class SidecarProcess:
    """Where it listens, and what it has cost."""

    def __init__(self, process_id: int, address: str) -> None:
        self.address = address
        self._statistics = Path(f"/proc/{process_id}/stat")

    def cpu_seconds(self) -> float:
        """CPU seconds of all its threads so far, user and system, to a hundredth."""
        fields = self._statistics.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


@contextmanager
def sidecar_process(**settings: str) -> Iterator[SidecarProcess]:
    """Started with these settings on a free port of loopback, ready to serve; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "inference", "--port", "0", "--stdin-lifeline"],
        cwd=SIDECAR,
        env={**os.environ, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError(f"Expected a sidecar that listens but received {line!r}")
        yield SidecarProcess(process.pid, line.removeprefix("listening on ").strip())
    finally:
        process.kill()
        process.wait()
