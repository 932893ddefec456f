"""Photos encoded: our path against the bare network, over gRPC, eight clients against one, bfloat16.

Ratios are throughputs, ours / floor, so higher is better. CPU time with one thread, both sides in turns;
over gRPC that of the sidecar's process. The floor has the sidecar's allocator settings and looks at pictures
in fours, its best. The first argument multiplies the repetitions (default 1).
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
import numpy as np
import torch

from inference.embedding.imagenet_classifier import load_imagenet_classifier
from inference.embedding.service import EmbeddingService
from inference.embedding.shared_batches import BatchLimits
from inference.embedding.squash import squash
from inference.embedding.starter import CHUNK, load_starter
from inference.memory import keep_freed
from inference.resident_model import ResidentModel, ResidentPerceptor
from speed.encode_stream import encoded_photos, stream
from speed.paired_ratio import clock, paired_ratio, report
from speed.sidecar_process import SidecarProcess, sidecar_process
from speed.vit_b32 import VitB32

CPU = torch.device("cpu")
BATCH_SIZE = 8
STREAM_PHOTOS = 64
CLIENTS = 8
repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 1
keep_freed()
torch.set_num_threads(1)  # so that CPU time is work, not waiting


def throughput(pairs: dict[str, float], target: float) -> dict[str, float]:
    """What paired_ratio says of times, as throughput: the floor's time / ours."""
    return {
        "ratio": round(1 / pairs["ratio"], 3),
        "low": round(1 / pairs["high"], 3),
        "high": round(1 / pairs["low"], 3),
        **{name: pairs[name] for name in ("pairs", "oursMs", "floorMs")},
        "target": target,
    }


def against_the_bare_network(side: int) -> dict[str, dict[str, float]]:
    """EmbeddingService's own encoding of ready squares, against the classifier's network alone."""
    perceptor: ResidentPerceptor = ResidentModel(load_starter)
    network = load_imagenet_classifier()._network
    random = np.random.default_rng(0)
    figures = {}
    for size, pass_size, pair_count in ((1, 1, 24), (8, CHUNK, 8), (8, 8, 8), (32, CHUNK, 3), (32, 32, 3)):
        photos = list(random.integers(0, 256, (size, side, side, 3), np.uint8))
        pictures = torch.rand(size, 3, side, side).contiguous(memory_format=torch.channels_last)
        with ThreadPoolExecutor(1) as executor, torch.no_grad():
            service = EmbeddingService(perceptor, executor, limits=BatchLimits(size))
            pairs = paired_ratio(
                lambda service=service, photos=photos: service._encode_photos(photos),
                lambda pictures=pictures, pass_size=pass_size: [
                    network(some) for some in pictures.split(pass_size)
                ],
                pair_count * repetitions,
                CPU,
            )
        name = f"batch{size}" + ("" if pass_size in (1, CHUNK) else "InOnePiece")
        figures[name] = throughput(pairs, 0.95)
        print(name, figures[name])
    return figures


async def one_by_one(channel: grpc.aio.Channel, photos: list[bytes]) -> int:
    """A client that wants one vector at a time: each photo a call of its own."""
    return sum([await stream(channel, [photo]) for photo in photos])


def over_grpc(sidecar: SidecarProcess, photos: list[bytes], target: float) -> dict[str, float]:
    """CPU seconds of the sidecar for a stream of photos, against the bare network for as many.

    `best`: what the ratio would be if the wire, the threads and the vectors cost nothing, and only decoding
    and squashing did.
    """
    network = load_imagenet_classifier()._network
    pictures = torch.rand(CHUNK, 3, 240, 240).contiguous(memory_format=torch.channels_last)
    ours, floor, decoding = [], [], []

    async def run() -> None:
        async with grpc.aio.insecure_channel(sidecar.address) as channel:
            await stream(channel, photos[:BATCH_SIZE])
            for _ in range(4 * repetitions):
                before = sidecar.cpu_seconds()
                await stream(channel, photos)
                ours.append(sidecar.cpu_seconds() - before)
                began = clock(CPU)
                for _ in range(len(photos) // CHUNK):
                    network(pictures)
                floor.append(clock(CPU) - began)
                began = clock(CPU)
                for photo in photos:
                    squash(photo, 240)
                decoding.append(clock(CPU) - began)

    with torch.no_grad():
        network(pictures)
        asyncio.run(run())
    count = len(ours) * len(photos)
    return {
        "ratio": round(sum(floor) / sum(ours), 3),
        "best": round(sum(floor) / (sum(floor) + sum(decoding)), 3),
        "oursMs": round(1000 * sum(ours) / count, 2),
        "floorMs": round(1000 * sum(floor) / count, 2),
        "decodingMs": round(1000 * sum(decoding) / count, 2),
        "photosPerCpuSecond": round(len(ours) * len(photos) / sum(ours), 1),
        "target": target,
    }


def eight_clients_against_one(sidecar: SidecarProcess, photos: list[bytes]) -> dict[str, float]:
    """Clients that ask for one photo at a time: the sidecar's CPU seconds a photo, alone and together."""
    alone, together = [], []

    async def run() -> None:
        async with grpc.aio.insecure_channel(sidecar.address) as channel:
            await one_by_one(channel, photos[:1])
            for _ in range(repetitions):
                before = sidecar.cpu_seconds()
                await one_by_one(channel, photos)
                between = sidecar.cpu_seconds()
                await asyncio.gather(*(one_by_one(channel, photos) for _ in range(CLIENTS)))
                alone.append((between - before) / len(photos))
                together.append((sidecar.cpu_seconds() - between) / (CLIENTS * len(photos)))

    asyncio.run(run())
    return {
        "ratio": round(sum(alone) / sum(together), 2),
        "aloneMs": round(1000 * sum(alone) / len(alone), 1),
        "togetherMs": round(1000 * sum(together) / len(together), 1),
    }


def bfloat16_against_float32() -> dict[str, float]:
    """A tower of ViT-B/32's shape, forward only, 8 pictures."""
    plain, narrow = VitB32(CPU), VitB32(CPU, torch.bfloat16)
    pictures = torch.rand(BATCH_SIZE, 3, 224, 224)
    with torch.no_grad():
        pairs = paired_ratio(
            lambda: narrow.encode_pictures(pictures),
            lambda: plain.encode_pictures(pictures),
            4 * repetitions,
            CPU,
        )
    return throughput(pairs, 1.0)


bare = against_the_bare_network(240)
with sidecar_process(THREADS="1") as sidecar:
    sized = over_grpc(sidecar, encoded_photos(STREAM_PHOTOS, 240, 240, "PNG"), 0.85)
    print("gRPC, pictures of the model's size", sized)
    decoded = over_grpc(sidecar, encoded_photos(STREAM_PHOTOS, 640, 480, "JPEG"), 0.85)
    print("gRPC, JPEG files of 640 x 480", decoded)
    clients = eight_clients_against_one(sidecar, encoded_photos(6, 240, 240, "PNG"))
    print("eight clients against one", clients)
narrow = bfloat16_against_float32()
print("bfloat16 against float32", narrow)
report(
    "encoding",
    perceptorAgainstNetwork=bare,
    overGrpc=sized,
    overGrpcWithJpegDecoding=decoded,
    eightClientsAgainstOne=clients,
    bfloat16AgainstFloat32=narrow,
)
