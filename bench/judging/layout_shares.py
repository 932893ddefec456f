"""How much of what was cut out is seen, and how much of the canvas is filled."""

from dataclasses import dataclass

from judging.paint_scene import PaintedScene


@dataclass(frozen=True)
class LayoutShares:
    """All from 0 to 1."""

    visible: list[float]  # of each layer: not hidden by others, not off the canvas
    off_canvas: float  # of all layers' area
    blank: float  # of the canvas: covered by no layer


def layout_shares(painted: PaintedScene) -> LayoutShares:
    """The shares of a painted scene with at least one layer."""
    _, height, width = painted.picture.shape
    visible = painted.visible_areas / painted.areas.clamp_min(1e-9)
    return LayoutShares(
        visible=visible.clamp(0, 1).tolist(),
        off_canvas=float((1 - painted.painted_areas.sum() / painted.areas.sum()).clamp(0, 1)),
        blank=float((1 - painted.visible_areas.sum() / (height * width)).clamp(0, 1)),
    )
