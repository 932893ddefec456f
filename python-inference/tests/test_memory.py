import subprocess
import sys

# In a process of its own: what is told to the allocator holds until the end.
PAGE_FAULTS = """
import ctypes, resource, sys
from inference.memory import give_back, keep_freed, resident_bytes

if sys.argv[1] == "kept":
    keep_freed()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]

def use(size):
    pointer = libc.malloc(size)
    ctypes.memset(pointer, 1, size)
    libc.free(pointer)

SIZE = 16 * 2**20
use(SIZE)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    use(SIZE)
    use(SIZE // 2)
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
kept = resident_bytes()
give_back()
print(faults, kept - resident_bytes())
"""


def _faults_and_given_back(mode: str) -> tuple[int, int]:
    run = subprocess.run(
        [sys.executable, "-c", PAGE_FAULTS, mode], capture_output=True, text=True, check=True, timeout=120
    )
    faults, given_back = run.stdout.split()
    return int(faults), int(given_back)


def test_memory_that_was_freed_is_used_again_and_given_back_when_asked() -> None:
    faults, given_back = _faults_and_given_back("kept")
    assert faults < 1000  # of 4096 pages the first time
    assert given_back > 12 * 2**20
