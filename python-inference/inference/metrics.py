"""What the sidecar does, counted, in Prometheus' text format over HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import grpc
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from inference.handler_wrapping import Context, wrap_handler
from inference.resident_model import ResidentModel
from inference.settings import SettingInvalid

# A cached text to a long climb.
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300)
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64)


class Metrics:
    """The counts of one sidecar, in a registry of its own.

    Names begin with `collage_`; the process's own (`process_resident_memory_bytes`, …) come from
    prometheus_client.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "collage_requests", "Calls that have ended", ["method", "code"], registry=self.registry
        )
        self._seconds = Histogram(
            "collage_request_seconds",
            "How long calls took, streams from their start to their end",
            ["method"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._batches = Histogram(
            "collage_batch_size",
            "Items encoded at once",
            ["what"],
            buckets=BATCH_SIZES,
            registry=self.registry,
        )
        self._encoded = Counter("collage_encoded", "Items encoded", ["what"], registry=self.registry)
        self._waiting = Gauge(
            "collage_queue_length", "Items that wait to be encoded", ["what"], registry=self.registry
        )

    def batch_done(self, what: str, count: int) -> None:
        """So many "photos" or "texts" were encoded at once."""
        self._batches.labels(what).observe(count)
        self._encoded.labels(what).inc(count)

    def watch_queue(self, what: str, length: Callable[[], int]) -> None:
        """Asked whenever somebody looks."""
        self._waiting.labels(what).set_function(length)

    def watch_models(self, models: Mapping[str, ResidentModel[Any, Any]]) -> None:
        """By role."""
        self.registry.register(_ModelCollector(models))

    @asynccontextmanager
    async def call(self, method: str, context: Context) -> AsyncIterator[None]:
        """One call, however it ends."""
        began = self._clock()
        code = "OK"
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            code = "DEADLINE_EXCEEDED" if _is_late(context) else "CANCELLED"
            raise
        except grpc.aio.AbortError:
            code = getattr(context.code(), "name", "UNKNOWN")
            raise
        except BaseException:
            code = "UNKNOWN"
            raise
        finally:
            self._requests.labels(method, code).inc()
            self._seconds.labels(method).observe(self._clock() - began)

    def serve(self, host: str, port: int) -> Callable[[], None]:
        """Answers `GET /metrics` from a thread of its own until what it returns is called. Raises
        SettingInvalid where the port is not free."""
        try:
            server, thread = start_http_server(port, host.strip("[]"), self.registry)
        except OSError as error:
            raise SettingInvalid(
                "METRICS_PORT", f"a free port of {host}, or 0", f"{port} ({error.strerror})"
            ) from error

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop


class MetricsInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]
    """Counts every call. The first of all interceptors, so that it sees how calls end for their clients."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        if handler is None:  # no such method: its name is the client's, and no label
            return None
        method = handler_call_details.method
        return wrap_handler(handler, lambda context: self._metrics.call(method, context))


class _ModelCollector(Collector):
    """Which models there are, and whether they are in memory; one never loaded has no name yet."""

    def __init__(self, models: Mapping[str, ResidentModel[Any, Any]]) -> None:
        self._models = models

    def collect(self) -> Iterable[GaugeMetricFamily]:
        labels = ["role", "name", "revision", "digest"]
        family = GaugeMetricFamily("collage_model_loaded", "1: in memory, 0: unloaded", labels=labels)
        for role, model in self._models.items():
            if (known := model.description) is not None:
                family.add_metric([role, known.name, known.revision, known.digest], float(model.is_loaded))
        yield family


def _is_late(context: Context) -> bool:
    """Whether the client's deadline has passed."""
    remaining = context.time_remaining()
    return remaining is not None and remaining <= 0
