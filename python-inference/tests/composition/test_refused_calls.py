"""What is out of bounds is refused by the name of its field."""

import asyncio
import math

import grpc
from collage.v1.composition_service_pb2 import (
    EvaluateSceneRequest,
    Parameter,
    PutCutoutsRequest,
    RenderSceneRequest,
    ScoreScenesRequest,
    Steer,
)
from collage.v1.scene_pb2 import Scene

from tests.composition.calls import OBJECTIVE, start_of, status_of

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
