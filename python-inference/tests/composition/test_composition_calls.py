"""The service as a client meets it: over gRPC, with the interceptor that the sidecar has."""

import asyncio
import io

import grpc
import numpy as np
import pytest
from collage.v1.composition_service_pb2 import (
    EvaluateSceneRequest,
    RenderSceneRequest,
    ScoreScenesRequest,
)
from PIL import Image

from tests.composition.calls import OBJECTIVE, start_of, status_of


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


def test_a_picture_that_is_none_is_refused(composition, puts) -> None:
    async def use() -> None:
        async with composition() as stub:
            puts[1].picture = b"<svg/>"
            code, _, info = await status_of(stub.PutCutouts(iter(puts)))
            assert (code, info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "PICTURE_UNREADABLE")

    asyncio.run(use())
