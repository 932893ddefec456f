"""Steers over gRPC, while it climbs."""

import asyncio

import grpc
import pytest
from collage.v1.composition_service_pb2 import (
    OptimizeSceneRequest,
    OptimizeStart,
    RefusedSteer,
    Steer,
    StopReason,
)
from collage.v1.scene_pb2 import Layer, Placement

from tests.composition.calls import start_of, status_of


def test_a_steer_stops_the_climb_with_a_result(composition, scene, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts))
            call = stub.OptimizeScene()
            await call.write(start_of(scene, step_count=10_000))
            last = await call.read()
            await call.write(OptimizeSceneRequest(steer=Steer(stop=Steer.Stop())))
            while (response := await call.read()) is not grpc.aio.EOF:
                last = response
            assert last.result.stop_reason == StopReason.STOP_REASON_STEERED
            assert 1 <= last.result.step_count < 10_000

    asyncio.run(use())


def test_steers_are_followed_and_refused_by_name_while_it_climbs(composition, scene, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts[:1]))
            del scene.layers[1]
            call = stub.OptimizeScene()
            await call.write(start_of(scene, step_count=10_000))
            added = Layer(cutout_digest=puts[1].cutout_digest, placement=Placement(height=0.3), opacity=1)
            add, stop = Steer(add=Steer.Add(layer=added)), Steer(stop=Steer.Stop())
            await call.write(OptimizeSceneRequest(steer=add))
            refused: list[RefusedSteer] = []
            while (response := await call.read()) is not grpc.aio.EOF:
                if response.progress.refused_steers:
                    refused += response.progress.refused_steers
                    await stub.PutCutouts(iter(puts[1:]))
                    await call.write(OptimizeSceneRequest(steer=add))
                if len(response.progress.layer_indices) == 2:
                    await call.write(OptimizeSceneRequest(steer=stop))
                last = response
            assert [(entry.reason, entry.steer) for entry in refused] == [("UNKNOWN_CUTOUT", add)]
            assert list(last.result.layer_indices) == [0, 1]
            assert [steer.WhichOneof("action") for steer in last.result.steers] == ["add", "stop"]

    asyncio.run(use())


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (OptimizeSceneRequest(steer=Steer(step=3)), "steer.action"),
        (OptimizeSceneRequest(), "message"),
        (OptimizeSceneRequest(start=OptimizeStart()), "message"),
    ],
)
def test_what_is_no_steer_ends_the_call(composition, scene, puts, request_, field) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts))
            call = stub.OptimizeScene()
            await call.write(start_of(scene, step_count=10_000))
            await call.write(request_)
            code, message, info = await status_of(call)
            assert (code, info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID")
            assert f"for {field} but received" in message

    asyncio.run(use())
