"""Pictures side by side, so that people can look at what the figures say."""

from pathlib import Path

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from judging.data import DATA
from judging.picture_files import read_picture, write_picture

# From left to right, where they are there.
PANELS = ("ours", "as-coded", "clip-clop", "quality")
PANEL_HEIGHT = 320
MARGIN, CAPTION = 12, 34


def hang(run_id: str, panel: str, picture: Tensor, caption: str) -> Path:
    """Puts a (3, H, W) picture in [0, 1] on the sheet of a run, in place of an earlier one of that panel.

    Panels of other benches stay: the sheet compares whatever was measured. Returns the sheet's file.
    """
    folder = DATA / "sheets" / run_id
    write_picture(folder / f"{panel}.png", picture)
    (folder / f"{panel}.txt").write_text(caption)
    sheet = folder.with_suffix(".png")
    _assemble(folder).save(sheet)
    return sheet


def _assemble(folder: Path) -> Image.Image:
    panels = []
    for name in PANELS:
        if (folder / f"{name}.png").exists():
            picture = Image.fromarray(_pixels(read_picture(folder / f"{name}.png")))
            width = round(picture.width * PANEL_HEIGHT / picture.height)
            panels.append((picture.resize((width, PANEL_HEIGHT)), (folder / f"{name}.txt").read_text(), name))
    total = sum(picture.width + MARGIN for picture, _, _ in panels) + MARGIN
    sheet = Image.new("RGB", (total, PANEL_HEIGHT + CAPTION + 2 * MARGIN), "white")
    pen, left = ImageDraw.Draw(sheet), MARGIN
    for picture, caption, name in panels:
        sheet.paste(picture, (left, MARGIN))
        pen.text((left, MARGIN + PANEL_HEIGHT + 6), f"{name}\n{caption}", fill="black")
        left += picture.width + MARGIN
    return sheet


def _pixels(picture: Tensor):
    return (picture * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
