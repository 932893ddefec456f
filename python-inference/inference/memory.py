"""Memory of this process: how much there is, and giving it back to the system."""

import ctypes
import gc
from pathlib import Path

import torch


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
