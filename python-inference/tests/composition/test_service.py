"""The service as a client meets it: over gRPC, with the interceptor that the sidecar has."""

import asyncio
import io
import math
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import grpc
import numpy as np
import pytest
import torch
from collage.v1.composition_service_pb2 import (
    EvaluateSceneRequest,
    Objective,
    OptimizeOptions,
    OptimizeSceneRequest,
    OptimizeStart,
    Parameter,
    PutCutoutsRequest,
    RefusedSteer,
    RenderSceneRequest,
    ScoreScenesRequest,
    Steer,
    StopReason,
    WeightedText,
)
from collage.v1.composition_service_pb2_grpc import (
    CompositionServiceStub,
    add_CompositionServiceServicer_to_server,
)
from collage.v1.photo_pb2 import Borders
from collage.v1.scene_pb2 import Layer, Placement, Scene
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from PIL import Image

from inference.composition.reference_layouts import REFERENCE_COUNT
from inference.composition.service import CompositionService
from inference.pictures import encode_png
from inference.resident_model import ResidentModel

OBJECTIVE = Objective(prompt="blobs", keyphrases=[WeightedText(text="a blob", weight=1)])
CALL_SECONDS = 30


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def composition(serve_in_process, tiny_perceptor, other_perceptor, executor):
    """`async with composition() as stub`: the service with the tiny perceptor."""

    @asynccontextmanager
    async def serving() -> AsyncIterator[CompositionServiceStub]:
        service = CompositionService(
            ResidentModel(lambda: tiny_perceptor, tiny_perceptor),
            ResidentModel(lambda: other_perceptor),
            torch.device("cpu"),
            executor,
            1024 * 1024,
        )
        async with serve_in_process(
            lambda server: add_CompositionServiceServicer_to_server(service, server)
        ) as channel:
            yield CompositionServiceStub(channel)

    return serving


@pytest.fixture
def scene(make_scene) -> Scene:
    return make_scene((0.3, 0.4, 0.3), (0.7, 0.6, 0.4), aspect_ratio=1.2)


@pytest.fixture
def puts(scene, blobs) -> list[PutCutoutsRequest]:
    """The scene's cut-outs, as a client puts them."""
    return [
        PutCutoutsRequest(
            cutout_digest=layer.cutout_digest, picture=encode_png(rgba.numpy()), borders=Borders(left=True)
        )
        for layer, rgba in zip(scene.layers, blobs(2), strict=True)
    ]


def start_of(scene: Scene, **options: float) -> OptimizeSceneRequest:
    return OptimizeSceneRequest(
        start=OptimizeStart(
            objective=OBJECTIVE,
            scene=scene,
            parameters=[Parameter.PARAMETER_POSITION, Parameter.PARAMETER_BACKGROUND_COLORS],
            options=OptimizeOptions(**{"step_count": 6, "view_count": 2, **options}),
        )
    )


async def status_of(call) -> tuple[grpc.StatusCode, str, error_details_pb2.ErrorInfo]:
    """The code, message and ErrorInfo that a call fails with."""
    with pytest.raises(grpc.aio.AioRpcError) as error:
        if hasattr(call, "__aiter__"):
            async for _ in call:
                pass
        else:
            await call
    info = error_details_pb2.ErrorInfo()
    status = await rpc_status.aio.from_call(call)
    assert status is not None, error.value
    status.details[0].Unpack(info)
    return error.value.code(), error.value.details(), info


def test_scores_renders_and_climbs_what_was_put(composition, scene, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            assert (await stub.PutCutouts(iter(puts))).stored_count == 2

            scored = await stub.ScoreScenes(ScoreScenesRequest(objective=OBJECTIVE, scenes=[scene] * 3))
            assert len(scored.scores) == 3 and scored.scores[0] == scored.scores[2]
            assert len(scored.scores[0].keyphrase_similarities) == 1
            assert scored.model.name == "tiny" and scored.model.weights_are_random

            rendered = await stub.RenderScene(RenderSceneRequest(scene=scene, height_pixels=50))
            picture = Image.open(io.BytesIO(rendered.png))
            assert (picture.size, picture.mode, picture.format) == ((60, 50), "RGB", "PNG")
            assert np.asarray(picture).std() > 10

            call = stub.OptimizeScene(iter([start_of(scene)]))
            *steps, last = [response async for response in call]
            assert [response.progress.step for response in steps] == [1, 2, 3, 4, 5, 6]
            assert last.WhichOneof("message") == "result"
            assert last.result.score >= last.result.start_score
            assert last.result.model == scored.model

    asyncio.run(use())


@pytest.mark.parametrize("rpc", ["ScoreScenes", "RenderScene", "OptimizeScene", "EvaluateScene"])
def test_unknown_cutouts_are_named(composition, scene, puts, rpc: str) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts[:1]))
            request = {
                "ScoreScenes": ScoreScenesRequest(objective=OBJECTIVE, scenes=[scene]),
                "RenderScene": RenderSceneRequest(scene=scene, height_pixels=50),
                "OptimizeScene": iter([start_of(scene)]),
                "EvaluateScene": EvaluateSceneRequest(objective=OBJECTIVE, scene=scene),
            }[rpc]
            code, _, info = await status_of(getattr(stub, rpc)(request))
            assert (code, info.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_CUTOUT")
            assert info.metadata["digests"] == scene.layers[1].cutout_digest

    asyncio.run(use())


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


def test_a_scene_is_judged_by_two_perceptors(composition, scene, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts))
            request = EvaluateSceneRequest(objective=OBJECTIVE, scene=scene, seed=3)
            evaluation = (await stub.EvaluateScene(request)).evaluation
            assert evaluation.perceptor.digest != evaluation.held_out_perceptor.digest
            assert len(evaluation.contributions) == len(evaluation.visible_shares) == 2

    asyncio.run(use())


def test_a_cancelled_judgement_looks_at_no_further_picture(
    composition, scene, puts, tiny_perceptor, executor
) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts))
            call = stub.EvaluateScene(EvaluateSceneRequest(objective=OBJECTIVE, scene=scene))
            while tiny_perceptor.encoded_picture_count == 0:
                await asyncio.sleep(0.001)
            call.cancel()
            await asyncio.sleep(0.1)
            await asyncio.wrap_future(executor.submit(lambda: None))
            seen = tiny_perceptor.encoded_picture_count
            assert seen < REFERENCE_COUNT
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


def test_a_picture_that_is_none_is_refused(composition, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            puts[1].picture = b"<svg/>"
            code, _, info = await status_of(stub.PutCutouts(iter(puts)))
            assert (code, info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "PICTURE_UNREADABLE")

    asyncio.run(use())


def damaged(request, damage):
    damage(request)
    return request


OPTIONS = {
    "step_count": [0, 10_001, -1],
    "view_count": [-1, 65],
    "checkpoint_interval_steps": [-1],
    "patience_steps": [-1],
    "time_budget_seconds": [-1.0, math.nan, math.inf],
    "learning_rate_scale": [-0.1, math.inf],
}
BAD_STARTS = [
    *[
        (f"options.{name}", lambda start, name=name, value=value: setattr(start.options, name, value))
        for name, values in OPTIONS.items()
        for value in values
    ],
    ("objective.prompt", lambda start: setattr(start.objective, "prompt", " ")),
    ("objective.prompt", lambda start: setattr(start.objective, "prompt", "x" * 1001)),
    ("objective.keyphrases[0].text", lambda start: setattr(start.objective.keyphrases[0], "text", "")),
    ("objective.keyphrases[0].weight", lambda start: setattr(start.objective.keyphrases[0], "weight", 0)),
    ("objective.negatives[0].weight", lambda start: start.objective.negatives.add(text="x", weight=math.inf)),
    ("parameters", lambda start: start.ClearField("parameters")),
    ("parameters", lambda start: start.parameters.append(Parameter.PARAMETER_POSITION)),
    ("parameters[0]", lambda start: start.parameters.__setitem__(0, Parameter.PARAMETER_UNSPECIFIED)),
    ("parameters[1]", lambda start: start.parameters.__setitem__(1, 99)),
    ("scene.layers[1].opacity", lambda start: setattr(start.scene.layers[1], "opacity", 2)),
    ("background_anchor.stops", lambda start: start.background_anchor.SetInParent()),
    ("checkpoint.step", lambda start: start.checkpoint.SetInParent()),
    ("checkpoint.scene.aspect_ratio", lambda start: setattr(start.checkpoint, "step", 1)),
    ("steers[0].action", lambda start: start.steers.add()),
    ("steers[0].step", lambda start: start.steers.add(stop=Steer.Stop(), step=-1)),
    ("steers[0].step", lambda start: start.steers.add(stop=Steer.Stop(), step=10_001)),
    (
        "steers[1].step",
        lambda start: start.steers.extend([Steer(stop=Steer.Stop(), step=2), Steer(stop=Steer.Stop())]),
    ),
    ("steers", lambda start: start.steers.extend([Steer(stop=Steer.Stop())] * 10_001)),
]


def test_every_bounded_field_of_a_start_is_refused_by_its_name(composition, scene, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            await stub.PutCutouts(iter(puts))
            for field, damage in BAD_STARTS:
                request = start_of(scene)
                damage(request.start)
                code, message, _ = await status_of(stub.OptimizeScene(iter([request])))
                assert code == grpc.StatusCode.INVALID_ARGUMENT, field
                assert f"for {field} but received" in message

    asyncio.run(use())


def test_bounds_of_scoring_rendering_and_putting(composition, scene, make_scene, puts) -> None:
    long_scene = make_scene(aspect_ratio=10)
    bad_layer = make_scene((0.5, 0.5, -1))

    def scoring(*scenes: Scene, view_count: int = 1) -> ScoreScenesRequest:
        return ScoreScenesRequest(objective=OBJECTIVE, scenes=scenes, view_count=view_count)

    async def use() -> None:
        async with composition() as stub:
            for call, field in [
                (stub.ScoreScenes(scoring()), "scenes"),
                (stub.ScoreScenes(scoring(*[make_scene()] * 1001)), "scenes"),
                (stub.ScoreScenes(scoring(make_scene(), bad_layer)), "scenes[1].layers[0].placement.height"),
                (stub.ScoreScenes(scoring(make_scene(), view_count=65)), "view_count"),
                (stub.ScoreScenes(ScoreScenesRequest(scenes=[make_scene()])), "objective.prompt"),
                (
                    stub.EvaluateScene(EvaluateSceneRequest(objective=OBJECTIVE, scene=make_scene())),
                    "scene.layers",
                ),
                (stub.EvaluateScene(EvaluateSceneRequest(scene=scene)), "objective.prompt"),
                (
                    stub.EvaluateScene(EvaluateSceneRequest(objective=OBJECTIVE, scene=bad_layer)),
                    "scene.layers[0].placement.height",
                ),
                (stub.RenderScene(RenderSceneRequest(scene=scene)), "height_pixels"),
                (stub.RenderScene(RenderSceneRequest(scene=scene, height_pixels=4097)), "height_pixels"),
                (stub.RenderScene(RenderSceneRequest(scene=long_scene, height_pixels=4096)), "height_pixels"),
                (stub.RenderScene(RenderSceneRequest(height_pixels=50)), "scene.aspect_ratio"),
                (
                    stub.PutCutouts(iter([PutCutoutsRequest(cutout_digest="x", picture=puts[0].picture)])),
                    "cutout_digest",
                ),
            ]:
                code, message, _ = await status_of(call)
                assert code == grpc.StatusCode.INVALID_ARGUMENT, field
                assert f"for {field} but received" in message

    asyncio.run(use())
