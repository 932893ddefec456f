"""The sidecar as a process: load the models, serve, drain on SIGTERM."""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import grpc
import torch
from collage.v1.composition_service_pb2_grpc import add_CompositionServiceServicer_to_server
from collage.v1.embedding_service_pb2_grpc import add_EmbeddingServiceServicer_to_server
from collage.v1.segmentation_service_pb2_grpc import add_SegmentationServiceServicer_to_server
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_health.v1.health import SERVICE_NAME as HEALTH_SERVICE
from grpc_reflection.v1alpha import reflection

from inference.composition.service import CompositionService
from inference.embedding.service import EmbeddingService
from inference.embedding.shared_batches import BatchLimits
from inference.idle_models import keep_unloading
from inference.interceptors import ErrorInterceptor
from inference.memory import keep_freed
from inference.metrics import Metrics, MetricsInterceptor
from inference.models import Models, load_models
from inference.segmentation.service import SegmentationService
from inference.settings import SettingInvalid, Settings
from inference.tls import server_credentials
from inference.warm_up import warm_up

SERVICES = (
    "collage.v1.EmbeddingService",
    "collage.v1.SegmentationService",
    "collage.v1.CompositionService",
)
MESSAGE_LIMIT_BYTES = 64 * 1024 * 1024
# Long enough for a batch of photos or one optimisation step; longer calls are cancelled and retried
# elsewhere by their client, from the last checkpoint.
DRAIN_SECONDS = 10.0

log = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then drains.

    Prints `listening on HOST:PORT` once, when every model is loaded and health answers SERVING.
    Raises SettingInvalid when a setting cannot be met (a port in use, a model that is not there).
    """
    keep_freed()
    if settings.threads:
        torch.set_num_threads(settings.threads)
    metrics = Metrics()
    server = grpc.aio.server(
        interceptors=[MetricsInterceptor(metrics), ErrorInterceptor()],
        options=[
            ("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES),
            ("grpc.max_send_message_length", MESSAGE_LIMIT_BYTES),
            # On by default, and then a second sidecar on the same port silently shares its calls.
            ("grpc.so_reuseport", 0),
        ],
    )
    port = _bind(server, settings)
    async with AsyncExitStack() as at_end:
        if settings.metrics_port:
            at_end.callback(metrics.serve(settings.host, settings.metrics_port))
        # One thread for all torch work: two calls at once would only fight for the same cores, and the
        # same work in another order could not change a result.
        executor = at_end.enter_context(ThreadPoolExecutor(max_workers=1, thread_name_prefix="torch"))
        loop = asyncio.get_running_loop()
        models = await loop.run_in_executor(executor, load_models, settings)
        if settings.warm_up:
            # In the thread of the calls: torch has its helper threads for each thread that asks.
            await loop.run_in_executor(executor, warm_up, models, settings.encode_batch_size)
        metrics.watch_models(models.by_role)
        health_servicer = _add_services(server, models, executor, settings, metrics)
        if settings.model_idle_seconds:
            unloading = keep_unloading(models.by_role, settings.model_idle_seconds, executor)
            at_end.callback(asyncio.create_task(unloading).cancel)
        await server.start()
        for name in ("", *SERVICES):
            await health_servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
        print(f"listening on {settings.host}:{port}", flush=True)
        await _termination()
        log.info("draining: finishing the calls under way, %g s at most", DRAIN_SECONDS)
        await health_servicer.enter_graceful_shutdown()
        await server.stop(DRAIN_SECONDS)


def _bind(server: grpc.aio.Server, settings: Settings) -> int:
    """Before the models load, so that a port in use is known at once; calls wait until the start."""
    address = f"{settings.host}:{settings.port}"
    credentials = server_credentials(settings)
    try:
        if credentials is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, credentials)
    except RuntimeError as error:
        received = f"{settings.port} ({error})"
        raise SettingInvalid("PORT", f"a free port of {settings.host}", received) from error


def _add_services(
    server: grpc.aio.Server,
    models: Models,
    executor: ThreadPoolExecutor,
    settings: Settings,
    metrics: Metrics,
) -> HealthServicer:
    limits = BatchLimits(
        settings.encode_batch_size,
        settings.encode_latency_milliseconds / 1000,
        settings.encode_queue_photos,
    )
    embedding = EmbeddingService(models.perceptor, executor, models.device, limits, metrics.batch_done)
    metrics.watch_queue("photos", lambda: embedding.photos.waiting_count)
    metrics.watch_queue("texts", lambda: embedding.texts.waiting_count)
    add_EmbeddingServiceServicer_to_server(embedding, server)
    add_SegmentationServiceServicer_to_server(SegmentationService(models.segmenter, executor), server)
    composition = CompositionService(
        models.perceptor,
        models.judge,
        models.device,
        executor,
        settings.cutout_cache_megabytes * 1024 * 1024,
    )
    add_CompositionServiceServicer_to_server(composition, server)
    health_servicer = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    reflection.enable_server_reflection((*SERVICES, HEALTH_SERVICE, reflection.SERVICE_NAME), server)
    return health_servicer


async def _termination() -> None:
    """Returns at the first SIGTERM or SIGINT."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, asked.set)
    await asked.wait()
