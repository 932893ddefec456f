"""A small line plot as SVG, both axes logarithmic."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 560, 340, 56
COLORS = ("#1f5fa8", "#c2572b", "#3a7d44")


@dataclass(frozen=True)
class Line:
    """Points by x, all above 0."""

    name: str
    points: Mapping[int, float]


def line_plot(title: str, lines: Sequence[Line]) -> str:
    """The SVG text: every point is labeled with its value, every x of any line stands below the axis."""
    xs = sorted({x for line in lines for x in line.points})
    ys = [y for line in lines for y in line.points.values()]

    def across(x: float) -> float:
        return _place(x, min(xs), max(xs), MARGIN, WIDTH - MARGIN)

    def down(y: float) -> float:
        return _place(y, min(ys) / 1.5, max(ys) * 1.5, HEIGHT - MARGIN, MARGIN)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{MARGIN}" y="24" font-size="15">{escape(title)}</text>',
        f'<path d="M{MARGIN} {HEIGHT - MARGIN}H{WIDTH - MARGIN}" stroke="#999"/>',
    ]
    parts += [
        f'<text x="{across(x):.1f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle" fill="#555">{x}</text>'
        for x in xs
    ]
    for index, line in enumerate(lines):
        color = COLORS[index % len(COLORS)]
        places = [(across(x), down(y), y) for x, y in line.points.items()]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in places)
        parts.append(f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y, _ in places]
        parts += [
            f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle" fill="{color}">{value:.0f}</text>'
            for x, y, value in places
        ]
        parts.append(
            f'<text x="{WIDTH - MARGIN}" y="{24 + 16 * index}" text-anchor="end" fill="{color}">'
            f"{escape(line.name)}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])


def _place(value: float, low: float, high: float, start: float, end: float) -> float:
    return start + (end - start) * math.log(value / low) / math.log(high / low)
