"""The configurations that find boxes only, with random weights through the production loader."""

from pathlib import Path

import numpy as np
import pytest
import torch

from inference.models import load_models
from inference.segmentation.groie import load_groie_file
from inference.segmentation.groie_network import CONFIGS, GroieLimits
from inference.settings import read_settings
from tests.random_weights.make_groie import CLASSES, write_groie
from tests.segmentation.drawn_photos import composed, ellipse, texture
from tests.segmentation.groie_checkpoints import load_embedded, needs_mmdet, with_tail
from tests.segmentation.segmenter_contract import assert_keeps_the_contract

pytestmark = needs_mmdet

BOXES = [name for name, config in CONFIGS.items() if not config.has_masks]
SMALL = GroieLimits(proposals=50, score_threshold=0, instances=5, longest_side=320, shortest_side=200)
HEIGHT, WIDTH = 240, 320
PHOTO = composed(
    texture(HEIGHT, WIDTH, (70, 110, 60), 18, 3, seed=1),
    (texture(HEIGHT, WIDTH, (200, 60, 40), 20, 5, seed=2), ellipse(HEIGHT, WIDTH, (90, 50, 230, 190))),
)


@pytest.mark.parametrize("config", BOXES)
def test_every_configuration_of_boxes_cuts_what_stands_out_in_them(tmp_path: Path, config: str) -> None:
    file = tmp_path / f"{Path(CONFIGS[config].checkpoint).stem.rpartition('-')[0]}.pth"
    write_groie(file, config)
    file = with_tail(file)
    segmenter = load_groie_file(file, config, "", torch.device("cpu"), SMALL, load_embedded)
    described = segmenter.describe()
    assert described.name == "groie-boxes"
    assert described.revision == f"{config} ({file.name}), masks in its boxes by u2netp"
    assert described.weights_are_random
    assert_keeps_the_contract(segmenter, PHOTO)
    for instance in segmenter.segment(PHOTO):
        assert instance.may_be_several
        assert {label.name for label in instance.labels} <= set(CLASSES)
        assert instance.mask_score == instance.labels[0].score


def test_the_sidecar_takes_one_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "boxes.pth"
    write_groie(file, BOXES[0])
    settings = {"SEGMENTER": "groie", "GROIE_CONFIG": BOXES[0], "GROIE_CHECKPOINT": str(file)}
    models = load_models(read_settings({**settings, "GROIE_PROPOSALS": "20", "GROIE_SCORE": "0"}, []))
    described = models.segmenter.describe()
    assert described.name == "groie-boxes+u2netp"
    assert described.weights_are_random
    with models.segmenter.use() as segmenter:
        assert all(np.isfinite(one.alpha).all() for one in segmenter.segment(PHOTO))
