"""Memory of this process: how much there is, keeping it, and giving it back to the system."""

import ctypes
import gc
from pathlib import Path

import torch

# glibc's names for what mallopt sets (malloc.h), and to what.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
KEPT_BYTES = 512 * 1024 * 1024
LARGEST_KEPT_BYTES = 32 * 1024 * 1024  # the most that mallopt takes in every version


def keep_freed() -> None:
    """Has glibc keep up to half a GiB of what is freed, for the next use, until `give_back`.

    A network's layers take and free the same 5 to 20 MB each time; handed back to the system and taken again,
    zeroed page by page, they cost a fifth of the processor time of encoding one photo (bench/README.md). One
    arena for all threads, else each would keep its own. To be called before there are threads that
    take much: an arena that a thread already has stays. Nothing happens where the system has another
    allocator.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option:
        set_option(ARENA_MAX, 1)
        set_option(MMAP_THRESHOLD, LARGEST_KEPT_BYTES)
        set_option(TRIM_THRESHOLD, KEPT_BYTES)


def give_back() -> None:
    """Returns what is no longer used to the system, as far as Python, torch and glibc let go of it."""
    gc.collect()  # models hold themselves in circles
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc only
    if trim:
        trim(0)


def resident_bytes() -> int:
    """Resident size of this process; 0 where the system does not tell as Linux does."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * _page_bytes() if status.exists() else 0


def _page_bytes() -> int:
    import resource

    return resource.getpagesize()
