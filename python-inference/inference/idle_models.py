"""Takes models out of memory that nobody uses."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from typing import Any

from inference.memory import give_back, resident_bytes
from inference.resident_model import ResidentModel

# Looks a model gets during its idle time: it is unloaded a quarter of that time late at most.
LOOKS = 4
MEBIBYTE = 1024 * 1024

log = logging.getLogger(__name__)


def unload_idle(models: Mapping[str, ResidentModel[Any, Any]], idle_seconds: float) -> list[str]:
    """Unloads those that nobody has used for so long and gives their memory back; names them.

    To be called in the thread that does the torch work.
    """
    before = resident_bytes()
    unloaded = [name for name, model in models.items() if model.unload_if_idle(idle_seconds)]
    if unloaded:
        give_back()
        log.info(
            "unloaded %s, not used for %g s: %d MiB resident, %d before",
            ", ".join(unloaded),
            idle_seconds,
            resident_bytes() // MEBIBYTE,
            before // MEBIBYTE,
        )
    return unloaded


async def keep_unloading(
    models: Mapping[str, ResidentModel[Any, Any]],
    idle_seconds: float,
    executor: Executor,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Does so now and then, until it is cancelled."""
    while True:
        await sleep(idle_seconds / LOOKS)
        await asyncio.get_running_loop().run_in_executor(executor, unload_idle, models, idle_seconds)
