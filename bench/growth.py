"""What a step costs beside the perceptor as layers grow from 10 to 300 and views from 1 to 16, with a plot.

The perceptor is replaced by a projection that costs next to nothing, so what is left is ours: rendering,
views, loss and Adam, forward and backward. Sizes are compared within one run only. Writes
docs/step-growth.svg.
"""

import math
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, normalize

from inference.composition.compositor import canvas_width, render
from inference.composition.scene_tensors import scene_to_tensors
from inference.embedding.perceptor import PerceptorDescription
from speed.climbing import steps_of
from speed.drawn_scenes import DrawnScenes, draw_scenes
from speed.line_plot import Line, line_plot
from speed.paired_ratio import clock, report

LAYER_COUNTS = (10, 30, 100, 300)
VIEW_COUNTS = (1, 2, 4, 8, 16)
ROUNDS = 8
PLOT = Path(__file__).resolve().parents[1] / "docs" / "step-growth.svg"
CPU = torch.device("cpu")


class Glance:
    """Sees 49 mean colors: a perceptor's interface without its cost."""

    def __init__(self) -> None:
        self._project = torch.randn(147, 64, generator=torch.Generator().manual_seed(0))

    def describe(self) -> PerceptorDescription:
        """No model."""
        return PerceptorDescription("glance", "none", "0" * 64, True, "", 64, 224)

    def encode_texts(self, texts: list[str]) -> Tensor:
        """(N, 64) random directions."""
        return normalize(torch.randn(len(texts), 64, generator=torch.Generator().manual_seed(1)), dim=1)

    def encode_pictures(self, pictures: Tensor) -> Tensor:
        """(B, 3, 224, 224) -> (B, 64)."""
        return normalize(adaptive_avg_pool2d(pictures, 7).flatten(1) @ self._project, dim=1)


@torch.no_grad()
def sprite_area(drawn: DrawnScenes) -> float:
    """Pixels in the boxes of all sprites on a canvas 224 px high, in canvases."""
    scene = scene_to_tensors(drawn.scenes[0])
    width = canvas_width(scene.aspect_ratio, 224)
    boxes = render(scene, drawn.sprites, 224, width).boxes
    return sum(box.width * box.height for box in boxes) / (224 * width)


def step_times(cases: dict[int, tuple[DrawnScenes, int]]) -> dict[int, float]:
    """Milliseconds a step: the least of some rounds, in each of which every case takes its turn."""
    glance = Glance()
    steps = {name: steps_of(drawn, glance, views) for name, (drawn, views) in cases.items()}
    times = dict.fromkeys(cases, math.inf)
    for turn in range(ROUNDS + 1):
        for name, climbing in steps.items():
            began = clock(CPU)
            next(climbing)
            if turn > 0:  # the first makes the mip levels
                times[name] = min(times[name], 1000 * (clock(CPU) - began))
    return times


torch.set_num_threads(1)
drawn = {count: draw_scenes(1, count, CPU) for count in LAYER_COUNTS}
areas = {count: sprite_area(scenes) for count, scenes in drawn.items()}
by_layers = step_times({count: (scenes, 4) for count, scenes in drawn.items()})
by_views = step_times({count: (drawn[30], count) for count in VIEW_COUNTS})
PLOT.write_text(
    line_plot(
        "CPU ms a step beside the perceptor",
        [Line("layers, 4 views", by_layers), Line("views, 30 layers", by_views)],
    )
)
least, most = LAYER_COUNTS[0], LAYER_COUNTS[-1]
report(
    "growth",
    msByLayers={count: round(time, 1) for count, time in by_layers.items()},
    canvasesOfSpriteBoxesByLayers={count: round(area, 2) for count, area in areas.items()},
    msByViews={count: round(time, 1) for count, time in by_views.items()},
    timesFor30TimesTheLayers=round(by_layers[most] / by_layers[least], 2),
    timesFor16TimesTheViews=round(by_views[VIEW_COUNTS[-1]] / by_views[VIEW_COUNTS[0]], 2),
)
