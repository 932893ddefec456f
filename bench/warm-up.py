"""The sidecar's start and its first answer, with the models run once before (WARM_UP) and without.

Means of wall and CPU seconds, both ways in turns, one thread: until it listens, and from there to the vector
of a first photo. The first argument multiplies the repetitions (default 1).
"""

import asyncio
import sys
import time

import grpc

from speed.encode_stream import encoded_photos, stream
from speed.paired_ratio import report
from speed.sidecar_process import SidecarProcess, sidecar_process

repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 1


def warm_up() -> dict[str, dict[str, float]]:
    """Wall and CPU seconds until the sidecar listens, and from there to the answer to a first photo."""
    photo = encoded_photos(1, 640, 480, "JPEG")
    seconds: dict[str, dict[str, list[float]]] = {"true": {}, "false": {}}

    async def answer(sidecar: SidecarProcess) -> None:
        async with grpc.aio.insecure_channel(sidecar.address) as channel:
            await stream(channel, photo)

    for _ in range(2 * repetitions):
        for setting, lists in seconds.items():
            began = time.perf_counter()
            with sidecar_process(THREADS="1", SEGMENTER="u2netp", WARM_UP=setting) as sidecar:
                listens, start_cpu = time.perf_counter(), sidecar.cpu_seconds()
                asyncio.run(answer(sidecar))
                found = {
                    "startSeconds": listens - began,
                    "startCpuSeconds": start_cpu,
                    "firstAnswerSeconds": time.perf_counter() - listens,
                    "firstAnswerCpuSeconds": sidecar.cpu_seconds() - start_cpu,
                }
            for name, value in found.items():
                lists.setdefault(name, []).append(value)
    names = {"true": "with", "false": "without"}
    return {
        names[setting]: {name: round(sum(each) / len(each), 2) for name, each in lists.items()}
        for setting, lists in seconds.items()
    }


figures = warm_up()
for way, seconds in figures.items():
    print(way, seconds)
report("warm-up", **figures)
