"""Judgements over gRPC."""

import asyncio

from collage.v1.composition_service_pb2 import (
    EvaluateSceneRequest,
)

from inference.composition.reference_layouts import REFERENCE_COUNT
from tests.composition.calls import OBJECTIVE


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
