"""Photos encoded: our path against the bare network, over gRPC, eight clients against one, bfloat16.

Ratios are throughputs, ours / floor, so higher is better. CPU time with one thread, both sides in turns;
over gRPC that of the sidecar's process. The first argument multiplies the repetitions (default 1).
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import numpy as np
import torch
from collage.v1.embedding_service_pb2 import EncodePhotosRequest
from collage.v1.embedding_service_pb2_grpc import EmbeddingServiceStub
from PIL import Image

from inference.embedding.imagenet_classifier import load_imagenet_classifier
from inference.embedding.service import EmbeddingService
from inference.embedding.shared_batches import BatchLimits
from inference.embedding.starter import load_starter
from inference.resident_model import ResidentModel, ResidentPerceptor
from speed.paired_ratio import clock, paired_ratio, report
from speed.sidecar_process import SidecarProcess, sidecar_process
from speed.vit_b32 import VitB32

CPU = torch.device("cpu")
BATCH_SIZE = 8
STREAM_PHOTOS = 64
CLIENTS = 8
repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 1
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
    for size, pair_count in ((1, 24), (8, 8), (32, 3)):
        photos = list(random.integers(0, 256, (size, side, side, 3), np.uint8))
        pictures = torch.rand(size, 3, side, side).contiguous(memory_format=torch.channels_last)
        with ThreadPoolExecutor(1) as executor, torch.no_grad():
            service = EmbeddingService(perceptor, executor, limits=BatchLimits(size))
            pairs = paired_ratio(
                lambda service=service, photos=photos: service._encode_photos(photos),
                lambda pictures=pictures: network(pictures),
                pair_count * repetitions,
                CPU,
            )
        figures[f"batch{size}"] = throughput(pairs, 0.95)
        print(f"batch {size}", figures[f"batch{size}"])
    return figures


def encoded_photos(count: int, width: int, height: int, kind: str) -> list[bytes]:
    """Smooth colors with some grain: a file of a photo's size."""
    random = np.random.default_rng(1)
    photos = []
    for _ in range(count):
        small = Image.fromarray(random.integers(0, 256, (6, 8, 3), np.uint8))
        smooth = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.int16)
        grainy = (smooth + random.integers(-6, 7, smooth.shape)).clip(0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(grainy).save(file, kind)
        photos.append(file.getvalue())
    return photos


async def stream(channel: grpc.aio.Channel, photos: list[bytes]) -> int:
    """How many vectors came back."""

    async def requests() -> AsyncIterator[EncodePhotosRequest]:
        for index, photo in enumerate(photos):
            yield EncodePhotosRequest(digest=str(index), picture=photo)

    return len([answer async for answer in EmbeddingServiceStub(channel).EncodePhotos(requests())])


async def one_by_one(channel: grpc.aio.Channel, photos: list[bytes]) -> int:
    """A client that wants one vector at a time: each photo a call of its own."""
    return sum([await stream(channel, [photo]) for photo in photos])


def over_grpc(sidecar: SidecarProcess, photos: list[bytes], target: float) -> dict[str, float]:
    """CPU seconds of the sidecar for a stream of photos, against the bare network for as many."""
    network = load_imagenet_classifier()._network
    batch = torch.rand(BATCH_SIZE, 3, 240, 240).contiguous(memory_format=torch.channels_last)
    ours, floor = [], []

    async def run() -> None:
        async with grpc.aio.insecure_channel(sidecar.address) as channel:
            await stream(channel, photos[:BATCH_SIZE])
            for _ in range(2 * repetitions):
                before = sidecar.cpu_seconds()
                await stream(channel, photos)
                ours.append(sidecar.cpu_seconds() - before)
                began = clock(CPU)
                for _ in range(len(photos) // BATCH_SIZE):
                    network(batch)
                floor.append(clock(CPU) - began)

    with torch.no_grad():
        network(batch)
        asyncio.run(run())
    return {
        "ratio": round(sum(floor) / sum(ours), 3),
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
# On a busy machine decoding takes longer than photos wait by default, and a first batch would be half empty.
with sidecar_process(THREADS="1", ENCODE_LATENCY_MILLISECONDS="500") as sidecar:
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
