"""CompositionService: scenes scored, rendered, climbed and judged, over gRPC."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar

import grpc
import torch
from collage.v1.composition_service_pb2 import (
    EvaluateSceneRequest,
    EvaluateSceneResponse,
    OptimizeProgress,
    OptimizeResult,
    OptimizeSceneRequest,
    OptimizeSceneResponse,
    OptimizeStart,
    PutCutoutsRequest,
    PutCutoutsResponse,
    RenderSceneRequest,
    RenderSceneResponse,
    SceneEvaluation,
    SceneScore,
    ScoreScenesRequest,
    ScoreScenesResponse,
    Steer,
)
from collage.v1.composition_service_pb2_grpc import CompositionServiceServicer
from collage.v1.scene_pb2 import Scene

from inference.composition.climb_task import Climb
from inference.composition.compositor import canvas_width, render, to_pixels
from inference.composition.cutout_cache import CachedCutout, CutoutCache, make_sprites
from inference.composition.evaluate import Evaluation, evaluate_scene
from inference.composition.loss import encode_objective
from inference.composition.optimize import climb
from inference.composition.optimize_requests import expect_start, take_steers
from inference.composition.requests import (
    check_digest,
    check_evaluate_request,
    check_optimize_start,
    check_render_request,
    check_score_request,
)
from inference.composition.scene_tensors import scene_to_tensors
from inference.composition.score import score_scenes
from inference.composition.sprites import SpriteSet, TouchedBorders
from inference.identity import model_identity
from inference.pictures import MEBIBYTE, decode_rgba, encode_png
from inference.resident_model import ResidentPerceptor

MAX_CUTOUT_BYTES = 16 * MEBIBYTE
# Cut-outs are optimised at a few hundred pixels; this is where a mistake becomes a memory problem.
MAX_CUTOUT_PIXELS = 4096 * 4096

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Result = TypeVar("Result")


class CompositionService(CompositionServiceServicer):
    """Works on scenes with one perceptor; `judge` is another one, which judges what was climbed.
    `executor` runs the torch work and belongs to all services.

    Long work is a generator that is advanced in the executor one step at a time. Between steps the
    event loop has the word: a cancelled call, a passed deadline or a client gone simply asks for no
    further step, and several calls take turns.
    """

    def __init__(
        self,
        perceptor: ResidentPerceptor,
        judge: ResidentPerceptor,
        device: torch.device,
        executor: Executor,
        cutout_cache_bytes: int,
    ) -> None:
        self._perceptor = perceptor
        self._judge = judge
        self._device = device
        self._executor = executor
        self._cutouts = CutoutCache(cutout_cache_bytes)

    async def PutCutouts(
        self, request_iterator: AsyncIterator[PutCutoutsRequest], context: Context
    ) -> PutCutoutsResponse:
        digests = set()
        async for request in request_iterator:
            check_digest(request.cutout_digest)
            cutout = await asyncio.to_thread(_decode_cutout, request)
            self._cutouts.put(request.cutout_digest, cutout)
            digests.add(request.cutout_digest)
        return PutCutoutsResponse(stored_count=sum(digest in self._cutouts for digest in digests))

    async def ScoreScenes(self, request: ScoreScenesRequest, context: Context) -> ScoreScenesResponse:
        check_score_request(request)
        scores: list[SceneScore] = []
        async for group in self._advance(self._scores(request)):
            scores += group
        return ScoreScenesResponse(scores=scores, model=model_identity(self._perceptor.describe()))

    async def RenderScene(self, request: RenderSceneRequest, context: Context) -> RenderSceneResponse:
        check_render_request(request)
        return RenderSceneResponse(png=await self._run(lambda: self._render_png(request)))

    async def OptimizeScene(
        self, request_iterator: AsyncIterator[OptimizeSceneRequest], context: Context
    ) -> AsyncIterator[OptimizeSceneResponse]:
        requests = aiter(request_iterator)
        start = expect_start(await anext(requests, OptimizeSceneRequest()))
        check_optimize_start(start)
        steers: deque[Steer] = deque()
        steering = asyncio.create_task(take_steers(requests, steers))
        try:
            async for step in self._advance(self._climb(start, steers)):
                if steering.done():
                    steering.result()  # raises what a steer did wrong
                yield _response(step)
        finally:
            steering.cancel()

    async def EvaluateScene(self, request: EvaluateSceneRequest, context: Context) -> EvaluateSceneResponse:
        check_evaluate_request(request)
        evaluation = SceneEvaluation()
        async for step in self._advance(self._evaluation(request)):
            if isinstance(step, SceneEvaluation):
                evaluation = step
        return EvaluateSceneResponse(evaluation=evaluation)

    # Each of the following has its models as long as it runs: they stay in memory until it ends or is closed.

    def _scores(self, request: ScoreScenesRequest) -> Generator[list[SceneScore]]:
        scenes = [scene_to_tensors(scene, f"scenes[{index}]") for index, scene in enumerate(request.scenes)]
        with self._perceptor.use() as perceptor:
            targets = encode_objective(request.objective, perceptor)
            sprites = self._sprites(*request.scenes)
            yield from score_scenes(
                scenes, sprites, targets, perceptor, request.view_count or 1, request.seed
            )

    def _climb(
        self, start: OptimizeStart, steers: deque[Steer]
    ) -> Generator[OptimizeProgress | OptimizeResult]:
        anchor = start.background_anchor if start.HasField("background_anchor") else start.scene.background
        with self._perceptor.use() as perceptor:
            task = Climb(
                start=start.scene,
                parameters=list(start.parameters),
                sprites=self._sprites(start.scene, start.checkpoint.scene),
                targets=encode_objective(start.objective, perceptor),
                perceptor=perceptor,
                options=start.options,
                anchor=anchor,
                checkpoint=start.checkpoint if start.HasField("checkpoint") else None,
                keyphrase_weights=[keyphrase.weight for keyphrase in start.objective.keyphrases],
                steers=start.steers,
                find_cutouts=self._sprites_of,
            )
            yield from climb(task, steers)

    def _evaluation(self, request: EvaluateSceneRequest) -> Generator[int | SceneEvaluation]:
        sprites = self._sprites(request.scene)  # before the judge loads: it may have to be put first
        with self._perceptor.use() as perceptor, self._judge.use() as judge:
            yield from evaluate_scene(
                Evaluation(
                    scene=request.scene,
                    sprites=sprites,
                    objective=request.objective,
                    perceptor=perceptor,
                    held_out_perceptor=judge,
                    seed=request.seed,
                )
            )

    @torch.no_grad()
    def _render_png(self, request: RenderSceneRequest) -> bytes:
        height = request.height_pixels
        width = canvas_width(request.scene.aspect_ratio, height)
        scene = scene_to_tensors(request.scene)
        picture = render(scene, self._sprites(request.scene), height, width).picture  # (3, H, W)
        return encode_png(to_pixels(picture).numpy())

    def _sprites(self, *scenes: Scene) -> SpriteSet:
        return self._sprites_of([layer.cutout_digest for scene in scenes for layer in scene.layers])

    def _sprites_of(self, digests: list[str]) -> SpriteSet:
        return make_sprites(self._cutouts.get(digests), self._device)

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def _advance(self, steps: Generator[Result]) -> AsyncIterator[Result]:
        """The same steps, each computed in the executor when it is asked for."""
        try:
            while (step := await self._run(lambda: next(steps, None))) is not None:
                yield step
        finally:
            # There, for a step may be under way. At the process's end there is no executor, and no need.
            with suppress(RuntimeError):
                self._executor.submit(steps.close)


def _response(step: OptimizeProgress | OptimizeResult) -> OptimizeSceneResponse:
    if isinstance(step, OptimizeProgress):
        return OptimizeSceneResponse(progress=step)
    return OptimizeSceneResponse(result=step)


def _decode_cutout(request: PutCutoutsRequest) -> CachedCutout:
    borders = request.borders
    return CachedCutout(
        decode_rgba(request.picture, MAX_CUTOUT_BYTES, MAX_CUTOUT_PIXELS),
        TouchedBorders(borders.left, borders.top, borders.right, borders.bottom),
    )
