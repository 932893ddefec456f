"""The sidecar as its launcher sees it: a process, its output and its exit code."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from collage.v1.embedding_service_pb2 import DescribeModelRequest, EncodeTextsRequest
from collage.v1.embedding_service_pb2_grpc import EmbeddingServiceStub
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from inference import server
from inference.models import Models
from inference.settings import SettingInvalid, Settings, read_settings

ROOT = Path(__file__).parent.parent
START_SECONDS = 60


def _start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "inference", *arguments],
        cwd=ROOT,
        env={**os.environ, "THREADS": "2", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def sidecar() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """One sidecar for all tests of this file, and its address."""
    process = _start("--port", "0", "--stdin-lifeline")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on 127.0.0.1:"), process.communicate(timeout=START_SECONDS)
    yield process, line.removeprefix("listening on ").strip()
    process.kill()
    process.wait()


def test_models_are_loaded_in_the_thread_that_uses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []

    def load(settings: Settings) -> Models:
        threads.append(threading.current_thread().name)
        raise SettingInvalid("PERCEPTOR", "a model", "none")

    monkeypatch.setattr(server, "load_models", load)
    monkeypatch.setattr(server, "keep_freed", lambda: None)  # would be for good
    with pytest.raises(SettingInvalid):
        asyncio.run(server.serve(read_settings({}, ["--port", "0"])))
    assert threads == ["torch_0"]


def test_health_is_serving_for_every_service(sidecar: tuple[subprocess.Popen[str], str]) -> None:
    with grpc.insecure_channel(sidecar[1]) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        for name in ("", "Embedding", "Segmentation", "Composition"):
            service = f"collage.v1.{name}Service" if name else ""
            answer = health.Check(health_pb2.HealthCheckRequest(service=service))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING, name


def test_reflection_names_every_service(sidecar: tuple[subprocess.Popen[str], str]) -> None:
    with grpc.insecure_channel(sidecar[1]) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        (answer,) = stub.ServerReflectionInfo(iter([request]))
    assert {service.name for service in answer.list_services_response.service} == {
        "collage.v1.EmbeddingService",
        "collage.v1.SegmentationService",
        "collage.v1.CompositionService",
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    }


def test_a_message_of_16_mebibytes_is_no_problem(sidecar: tuple[subprocess.Popen[str], str]) -> None:
    with grpc.insecure_channel(sidecar[1]) as channel:
        with pytest.raises(grpc.RpcError) as caught:
            EmbeddingServiceStub(channel).EncodeTexts(EncodeTextsRequest(texts=["a" * 16_000_000]))
        assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_a_second_sidecar_on_the_same_port_is_refused(sidecar: tuple[subprocess.Popen[str], str]) -> None:
    port = sidecar[1].split(":")[1]
    second = _start("--port", port)
    _, errors = second.communicate(timeout=START_SECONDS)
    assert second.returncode == 2
    assert f"Expected a free port of 127.0.0.1 for PORT but received {port}" in errors


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"PORT": "many"}, "Expected a whole number from 0 to 65535 for PORT but received 'many'"),
        (
            {"PORT": "0", "SEGMENTER": "sam"},
            "Expected one of auto, groie, u2netp for SEGMENTER but received 'sam'",
        ),
    ],
)
def test_a_bad_setting_ends_the_start_with_exit_code_2(environment: dict[str, str], complaint: str) -> None:
    process = _start(**environment)
    _, errors = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 2
    assert complaint in errors
    assert "Traceback" not in errors


def test_sigterm_lets_a_call_finish_and_refuses_new_ones() -> None:
    process = _start("--port", "0")
    assert process.stdout is not None
    address = process.stdout.readline().removeprefix("listening on ").strip()

    async def scenario() -> tuple[grpc.StatusCode, int]:
        async with grpc.aio.insecure_channel(address) as channel:
            stub = EmbeddingServiceStub(channel)
            await stub.DescribeModel(DescribeModelRequest())
            texts = [f"text number {number}" for number in range(256)]
            under_way = asyncio.ensure_future(stub.EncodeTexts(EncodeTextsRequest(texts=texts)))
            await asyncio.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await stub.DescribeModel(DescribeModelRequest())
            assert not under_way.done()
            return refused.value.code(), len((await under_way).embeddings)

    assert asyncio.run(scenario()) == (grpc.StatusCode.UNAVAILABLE, 256)
    assert process.wait(timeout=20) == 0
    process.stdout.close()


def test_the_end_of_standard_input_ends_the_process_at_once(
    sidecar: tuple[subprocess.Popen[str], str],
) -> None:
    process, _ = sidecar
    assert process.stdin is not None
    begin = time.monotonic()
    process.stdin.close()
    process.wait(timeout=5)
    assert time.monotonic() - begin < 1
