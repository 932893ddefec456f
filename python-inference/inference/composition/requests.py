"""Bounds of composition_service.proto: every field checked before any work begins."""

import math
from collections.abc import Sequence

import grpc
from collage.v1.composition_service_pb2 import (
    EvaluateSceneRequest,
    Objective,
    OptimizeOptions,
    OptimizeStart,
    RenderSceneRequest,
    ScoreScenesRequest,
    Steer,
    WeightedText,
)

from inference.composition.compositor import canvas_width
from inference.composition.scene_tensors import (
    CLIMBABLE,
    DIGEST,
    MAX_LAYERS,
    Parameter,
    validate_gradient,
    validate_scene,
)
from inference.composition.steer_log import MAX_STEERS
from inference.errors import InferenceError

MAX_SCENES = 1000
MAX_VIEWS = 64
MAX_STEPS = 10_000
MAX_TEXT_CHARACTERS = 1000
# A prompt of 1,000 characters has fewer phrases.
MAX_WEIGHTED_TEXTS = 100
MAX_RENDER_HEIGHT = 4096
# All layers' patches are held at once, about 150 bytes a pixel for 30 layers that cover a canvas seven times
# (measured): 1.3 GB. Larger pictures are libs/render's.
MAX_RENDER_PIXELS = 8 * 1024 * 1024


def check_digest(digest: str) -> None:
    """Raises unless it is a SHA-256 in lower-case hex."""
    if not DIGEST.fullmatch(digest):
        raise _invalid("cutout_digest", "64 lower-case hex digits", repr(digest[:80]))


def check_score_request(request: ScoreScenesRequest) -> None:
    """Raises for the first field out of bounds; scenes are checked when they become tensors."""
    check_objective(request.objective)
    _check_count("scenes", len(request.scenes), 1, MAX_SCENES)
    _check_count("view_count", request.view_count, 0, MAX_VIEWS)


def check_render_request(request: RenderSceneRequest) -> None:
    """Raises for the first field out of bounds."""
    validate_scene(request.scene)
    _check_count("height_pixels", request.height_pixels, 1, MAX_RENDER_HEIGHT)
    width = canvas_width(request.scene.aspect_ratio, request.height_pixels)
    if width * request.height_pixels > MAX_RENDER_PIXELS:
        size = f"{width} x {request.height_pixels}"
        raise _invalid("height_pixels", f"a picture of at most {MAX_RENDER_PIXELS} pixels", size)


def check_evaluate_request(request: EvaluateSceneRequest) -> None:
    """Raises for the first field out of bounds; without layers there is nothing to lay out at random."""
    check_objective(request.objective)
    validate_scene(request.scene)
    _check_count("scene.layers", len(request.scene.layers), 1, MAX_LAYERS)


def check_optimize_start(start: OptimizeStart) -> None:
    """Raises for the first field out of bounds."""
    check_objective(start.objective)
    validate_scene(start.scene)
    _check_parameters(start.parameters)
    _check_options(start.options)
    if start.HasField("background_anchor"):
        validate_gradient(start.background_anchor, "background_anchor")
    if start.HasField("checkpoint"):
        _check_count("checkpoint.step", start.checkpoint.step, 1, MAX_STEPS)
        validate_scene(start.checkpoint.scene, "checkpoint.scene")
    _check_steers(start.steers)


def check_objective(objective: Objective) -> None:
    """Raises for the first field out of bounds."""
    _check_text("objective.prompt", objective.prompt)
    _check_weighted_texts("objective.keyphrases", objective.keyphrases)
    _check_weighted_texts("objective.negatives", objective.negatives)


def _check_weighted_texts(field: str, texts: Sequence[WeightedText]) -> None:
    _check_count(field, len(texts), 0, MAX_WEIGHTED_TEXTS)
    for index, text in enumerate(texts):
        _check_text(f"{field}[{index}].text", text.text)
        if not 0 < text.weight < math.inf:
            raise _invalid(f"{field}[{index}].weight", "a finite number above 0", f"{text.weight:g}")


def _check_parameters(parameters: Sequence[int]) -> None:
    if not parameters:
        raise _invalid("parameters", "at least one parameter", "none")
    for index, parameter in enumerate(parameters):
        field = f"parameters[{index}]"
        if parameter not in (*CLIMBABLE, Parameter.PARAMETER_ORDER, Parameter.PARAMETER_FLIP):
            raise _invalid(field, "a known parameter", str(parameter))
    if len(set(parameters)) < len(parameters):
        raise _invalid("parameters", "each parameter once", "one of them twice")


def _check_steers(steers: Sequence[Steer]) -> None:
    _check_count("steers", len(steers), 0, MAX_STEERS)
    previous = 0
    for index, steer in enumerate(steers):
        if steer.WhichOneof("action") is None:
            raise _invalid(f"steers[{index}].action", "an action", "nothing")
        _check_count(f"steers[{index}].step", steer.step, previous, MAX_STEPS)
        previous = steer.step


def _check_options(options: OptimizeOptions) -> None:
    _check_count("options.step_count", options.step_count, 1, MAX_STEPS)
    _check_count("options.view_count", options.view_count, 0, MAX_VIEWS)
    _check_count("options.checkpoint_interval_steps", options.checkpoint_interval_steps, 0, MAX_STEPS)
    _check_count("options.patience_steps", options.patience_steps, 0, MAX_STEPS)
    for name in ("time_budget_seconds", "learning_rate_scale"):
        value = getattr(options, name)
        if not 0 <= value < math.inf:
            raise _invalid(f"options.{name}", "a finite number, 0 or more,", f"{value:g}")


def _check_text(field: str, text: str) -> None:
    if not text.strip():
        raise _invalid(field, "a text that is not empty", repr(text))
    if len(text) > MAX_TEXT_CHARACTERS:
        raise _invalid(field, f"at most {MAX_TEXT_CHARACTERS} characters", str(len(text)))


def _check_count(field: str, count: int, low: int, high: int) -> None:
    if not low <= count <= high:
        raise _invalid(field, f"{low} to {high}", str(count))


def _invalid(field: str, expected: str, received: str) -> InferenceError:
    message = f"Expected {expected} for {field} but received {received}"
    return InferenceError("REQUEST_INVALID", message, grpc.StatusCode.INVALID_ARGUMENT, {"field": field})
