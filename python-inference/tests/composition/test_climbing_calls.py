"""Climbs over gRPC: their end, their turns, their beginning."""

import asyncio
import time

import grpc
import pytest
from collage.v1.composition_service_pb2 import (
    OptimizeSceneRequest,
    Steer,
)

from tests.composition.calls import start_of, status_of


def test_a_cancelled_climb_takes_no_further_step(composition, scene, puts, tiny_perceptor, executor) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts))
            call = stub.OptimizeScene(iter([start_of(scene, step_count=10_000)]))
            await call.read()
            call.cancel()
            await asyncio.sleep(0.1)
            # What comes next in the one torch thread comes after the last step.
            await asyncio.wrap_future(executor.submit(lambda: None))
            seen = tiny_perceptor.encoded_picture_count
            await asyncio.sleep(0.2)
            assert tiny_perceptor.encoded_picture_count == seen

    asyncio.run(use())


def test_a_deadline_ends_a_climb(composition, scene, puts, tiny_perceptor, executor) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts))
            began = time.monotonic()
            call = stub.OptimizeScene(iter([start_of(scene, step_count=10_000)]), timeout=0.5)
            with pytest.raises(grpc.aio.AioRpcError) as error:
                async for _ in call:
                    pass
            assert error.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
            await asyncio.wrap_future(executor.submit(lambda: None))
            assert time.monotonic() - began < 5

    asyncio.run(use())


def test_two_climbs_take_turns(composition, scene, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts))
            order: list[str] = []

            async def follow(name: str) -> None:
                async for _ in stub.OptimizeScene(iter([start_of(scene, step_count=20)])):
                    order.append(name)

            await asyncio.gather(follow("first"), follow("second"))
            assert len(order) == 42
            assert {"first", "second"} == set(order[:15])

    asyncio.run(use())


def test_a_checkpoint_names_the_cutouts_it_needs(composition, scene, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts[:1]))
            request = start_of(scene)
            del request.start.scene.layers[1]
            request.start.checkpoint.step = 1
            request.start.checkpoint.scene.CopyFrom(scene)
            code, _, info = await status_of(stub.OptimizeScene(iter([request])))
            assert (code, info.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_CUTOUT")
            assert info.metadata["digests"] == puts[1].cutout_digest

    asyncio.run(use())


@pytest.mark.parametrize("requests", [[], [OptimizeSceneRequest(steer=Steer(stop=Steer.Stop()))]])
def test_a_climb_begins_with_a_start(composition, requests) -> None:
    async def use() -> None:
        async with composition() as stub:
            code, message, _ = await status_of(stub.OptimizeScene(iter(requests)))
            assert code == grpc.StatusCode.INVALID_ARGUMENT
            assert message.startswith("Expected start for message")

    asyncio.run(use())
