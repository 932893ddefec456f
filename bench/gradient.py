"""Whether a step along the perceptor's gradient helps, and which way of taking it helps most.

    npm run bench -- gradient [--prompts N] [--set tuning|reporting] [--options JSON]

Scenes of recorded runs: the first layout that a search looked at and the one it ended with. All cut-outs
are moved together along the gradient of the prompt's similarity to their centers, a fixed root mean square
way; then the whole picture is looked at again, by the perceptor and by the judge that no gradient has seen.
Every way of taking the gradient costs the same, four views forward and backward. Gains are in standard
deviations of random layouts. A way that helps only the perceptor overfits. `trials` is no gradient: of
twelve random moves as long, looked at once each (a backward pass costs about two forward ones, so this
costs the same), the best, if it is better than none.
"""

import json
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from collage.v1.scene_pb2 import Scene
from kornia.filters import gaussian_blur2d
from torch import Tensor

from collages.options import SQUARE, parse_arguments, run_arguments
from collages.recorded_runs import RecordedRun, make_runs
from inference.composition.compositor import render
from inference.composition.scene_tensors import SceneTensors, scene_to_tensors
from inference.composition.views import canvas_size, take_views, view_quads
from inference.embedding.perceptor import Perceptor
from inference.embedding.starter import load_starter
from judging.judge import load_judge
from judging.lift import reference_of

VIEWS = 4
TRIALS = 12
# Canvas heights, root mean square over the cut-outs: a pixel or two, and a step that can be seen.
STEPS = (0.005, 0.02, 0.05)
SEED = 0


@dataclass(frozen=True)
class Way:
    """A way to take the gradient."""

    blur: float = 0.0  # standard deviation in pixels of the view, at each view
    noise: float = 0.0  # standard deviation of normal noise on the views, colors in [0, 1]
    jitter: float = 0.0  # of the centers, canvas heights; every view then sees another placement


WAYS = {
    "plain": Way(),
    "blur 4": Way(blur=4.0),
    "noise 0.1": Way(noise=0.1),
    "jitter 0.03": Way(jitter=0.03),
    "jitter 0.03, blur 2": Way(jitter=0.03, blur=2.0),
}


def main() -> None:
    given = parse_arguments(__doc__, "tuning").parse_args()
    torch.set_num_threads(1)
    perceptor = load_starter()
    gains: dict[tuple[str, float], list[tuple[float, float]]] = {}

    def note(name: str, step: float, before: tuple[float, float], after: tuple[float, float]) -> None:
        gains.setdefault((name, step), []).append((after[0] - before[0], after[1] - before[1]))

    for run in make_runs(run_arguments(given, aspectRatio=SQUARE)):
        target = perceptor.encode_texts([run.prompt])[0]  # (D,)
        for recorded in (run.iterates[0], next(each for each in run.iterates if each.step == 0)):
            look = looking(run, perceptor, target)
            before = look(scene_to_tensors(recorded.scene))
            for name, way in WAYS.items():
                uphill = gradient(recorded.scene, run, perceptor, target, way)  # (L, 2)
                for step in STEPS:
                    note(name, step, before, look(moved(recorded.scene, uphill, step)))
            for step in STEPS:
                note("trials", step, before, look(best_trial(recorded.scene, run, perceptor, target, step)))
        print(f"{run.id} done", flush=True)
    print("\nway                   step   perceptor's gain      judge's gain")
    for (name, step), won in gains.items():
        cells = [spread([each[index] for each in won]) for index in (0, 1)]
        print(
            f"{name:20} {step:6.3f}   "
            + "      ".join(f"{mean:6.3f} +- {error:.3f}" for mean, error in cells)
        )
    summary = {
        f"{name} @ {step}": round(statistics.mean(each[1] for each in won), 3)
        for (name, step), won in gains.items()
    }
    print(json.dumps({"bench": "gradient", "scenes": len(gains["plain", STEPS[0]]), "judgesGain": summary}))


def looking(
    run: RecordedRun, perceptor: Perceptor, target: Tensor
) -> Callable[[SceneTensors], tuple[float, float]]:
    """Gives a scene's lift by the perceptor and by the judge, as whole pictures."""
    own, judge = (
        reference_of(run.cutouts, run.aspect_ratio, each) for each in (load_starter(), load_judge())
    )
    canvas = canvas_size(run.aspect_ratio, perceptor.describe().input_size)

    @torch.no_grad()
    def look(scene: SceneTensors) -> tuple[float, float]:
        picture = render(scene, run.cutouts.sprites, *canvas).picture.clamp(0, 1)
        return own.lift(picture, run.prompt), judge.lift(picture, run.prompt)

    return look


def gradient(scene: Scene, run: RecordedRun, perceptor: Perceptor, target: Tensor, way: Way) -> Tensor:
    """(L, 2) uphill for the centers, by four views."""
    generator = torch.Generator().manual_seed(SEED)
    tensors = scene_to_tensors(scene)
    centers = tensors.centers.detach().clone().requires_grad_()
    size = perceptor.describe().input_size
    canvas = canvas_size(run.aspect_ratio, size)
    quads = view_quads(*canvas, VIEWS, SEED, 1)
    views = []
    for each in quads.split(1 if way.jitter else VIEWS):
        shift = way.jitter * torch.randn(centers.shape, generator=generator, dtype=centers.dtype)
        painting = render(replace(tensors, centers=centers + shift), run.cutouts.sprites, *canvas)
        views.append(take_views(painting.picture[None], each, size))
    shown = torch.cat(views)  # (4, 3, S, S)
    if way.blur:
        kernel = 2 * math.ceil(3 * way.blur) + 1
        shown = gaussian_blur2d(shown, (kernel, kernel), (way.blur, way.blur))
    if way.noise:
        shown = shown + way.noise * torch.randn(shown.shape, generator=generator)
    (uphill,) = torch.autograd.grad((perceptor.encode_pictures(shown) @ target).mean(), centers)
    return uphill


@torch.no_grad()
def best_trial(
    scene: Scene, run: RecordedRun, perceptor: Perceptor, target: Tensor, step: float
) -> SceneTensors:
    """The best of TRIALS random moves by one view of the whole, or the scene as it is."""
    generator = torch.Generator().manual_seed(SEED)
    size = perceptor.describe().input_size
    canvas = canvas_size(run.aspect_ratio, size)
    whole = view_quads(*canvas, 1, SEED, 1)

    def similarity(tensors: SceneTensors) -> float:
        painting = render(tensors, run.cutouts.sprites, *canvas)
        return float(perceptor.encode_pictures(take_views(painting.picture[None], whole, size))[0] @ target)

    centers = scene_to_tensors(scene).centers
    directions = [torch.randn(centers.shape, generator=generator, dtype=centers.dtype) for _ in range(TRIALS)]
    return max([scene_to_tensors(scene), *(moved(scene, each, step) for each in directions)], key=similarity)


def moved(scene: Scene, uphill: Tensor, step: float) -> SceneTensors:
    tensors = scene_to_tensors(scene)
    length = uphill.square().sum(1).mean().sqrt().clamp_min(1e-12)
    return replace(tensors, centers=tensors.centers + step * uphill / length)


def spread(values: list[float]) -> tuple[float, float]:
    """Mean and its standard error."""
    return statistics.mean(values), statistics.stdev(values) / math.sqrt(len(values))


if __name__ == "__main__":
    main()
