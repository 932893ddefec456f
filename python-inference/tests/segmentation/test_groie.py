"""GRoIE's own code with random weights in the official layout, through the production loader; small: a photo
takes a second."""

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from inference.errors import ModelNotLoaded
from inference.models import load_models
from inference.segmentation.duplicates import mask_iou
from inference.segmentation.groie import Groie, load_groie, load_groie_file
from inference.segmentation.groie_checkpoint import GroieCheckpoint, load_weights
from inference.segmentation.groie_network import CONFIGS, DEFAULT_CONFIG, GroieLimits, build_network
from inference.segmentation.instances import Label, SegmenterDescription
from inference.settings import SettingInvalid, read_settings
from tests.random_weights.make_groie import CLASSES, random_network, write_groie
from tests.segmentation.drawn_photos import composed, ellipse, star, texture
from tests.segmentation.groie_checkpoints import load_embedded, needs_mmdet, with_tail
from tests.segmentation.segmenter_contract import assert_keeps_the_contract

pytestmark = needs_mmdet

CPU = torch.device("cpu")
SMALL = GroieLimits(proposals=50, score_threshold=0, instances=5, longest_side=320, shortest_side=200)
HEIGHT, WIDTH = 240, 320
MEADOW = texture(HEIGHT, WIDTH, (70, 110, 60), 18, 3, seed=1)
RED = texture(HEIGHT, WIDTH, (200, 60, 40), 20, 5, seed=2)
ELLIPSE = ellipse(HEIGHT, WIDTH, (90, 50, 230, 190))
PHOTO = composed(MEADOW, (RED, ELLIPSE))
MASKED = [name for name, config in CONFIGS.items() if config.has_masks]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stem = Path(CONFIGS[DEFAULT_CONFIG].checkpoint).stem.rpartition("-")[0]
    file = tmp_path_factory.mktemp("groie") / f"{stem}.pth"
    write_groie(file)
    return with_tail(file)


@pytest.fixture(scope="module")
def segmenter(checkpoint: Path) -> Groie:
    return load_groie_file(checkpoint, DEFAULT_CONFIG, "", CPU, SMALL, load_embedded)


def test_keeps_the_contract(segmenter: Groie) -> None:
    photo = composed(PHOTO.astype(np.float32), (RED, star(HEIGHT, WIDTH, (270, 60), 40)))
    assert_keeps_the_contract(segmenter, photo, least_count=2)


def test_its_things_have_names_of_coco_and_soft_edges(segmenter: Groie) -> None:
    instances = segmenter.segment(PHOTO)
    assert len(instances) >= 2
    for instance in instances:
        assert not instance.may_be_several
        assert {label.vocabulary for label in instance.labels} == {"coco-80"}
        assert {label.name for label in instance.labels} <= set(CLASSES)
        assert instance.mask_score == instance.labels[0].score
        soft = (instance.alpha > 0) & (instance.alpha < 1)
        assert 0 < soft.mean() < 0.5


def test_random_weights_are_called_random(segmenter: Groie, checkpoint: Path) -> None:
    described = segmenter.describe()
    assert described.name == "groie"
    assert described.revision == f"{DEFAULT_CONFIG} ({checkpoint.name})"
    assert described.weights_are_random


def test_the_network_has_exactly_the_weights_of_the_file(segmenter: Groie) -> None:
    expected, loaded = random_network().state_dict(), segmenter._network.state_dict()
    assert loaded.keys() == expected.keys()
    assert all(torch.equal(loaded[name], expected[name]) for name in expected)


def test_the_digest_covers_the_limits(segmenter: Groie, checkpoint: Path) -> None:
    other = load_groie_file(checkpoint, DEFAULT_CONFIG, "", CPU, GroieLimits(), load_embedded)
    assert other.describe().digest != segmenter.describe().digest


@pytest.mark.parametrize("config", MASKED)
def test_every_configuration_with_masks_runs_as_groie_on_a_cpu(config: str) -> None:
    from mmdet.models.roi_heads.roi_extractors import GenericRoIExtractor

    source, network = random_network(config), build_network(config, SMALL)
    given = GroieCheckpoint(source.state_dict(), CLASSES, "0" * 64, weights_are_random=True)
    load_weights(network, given, config, Path("groie.pth"))
    head = network.roi_head
    for extractor in (head.bbox_roi_extractor, head.mask_roi_extractor):
        assert isinstance(extractor, GenericRoIExtractor)
    assert not any(isinstance(module, torch.nn.SyncBatchNorm) for module in network.modules())
    description = SegmenterDescription("groie", "", "0" * 64, True, "Apache-2.0")
    assert Groie(network.eval(), CLASSES, description, SMALL).segment(PHOTO)


def test_weights_of_another_configuration_are_refused(checkpoint: Path) -> None:
    with pytest.raises(ModelNotLoaded, match=r"GROIE_CONFIG mask-rcnn_r101.*layer3\.6.* missing"):
        load_groie_file(checkpoint, MASKED[1], "", CPU, SMALL, load_embedded)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 400), (400, 2), (30, 900)])
def test_odd_sizes_are_survived(segmenter: Groie, height: int, width: int) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    for instance in segmenter.segment(photo):
        assert instance.alpha.shape == (height, width)


class Oracle:
    """A network that answers with given hard masks, of the size that it is shown."""

    def __init__(self, *found: tuple[NDArray[np.float32], int, float]) -> None:
        self._found = found
        self.shown: Any = None

    def data_preprocessor(self, batch: Any, training: bool) -> Any:
        assert not training
        self.shown = batch["inputs"][0]
        return batch

    def __call__(self, mode: str, **batch: Any) -> Any:
        from mmdet.structures import DetDataSample
        from mmengine.structures import InstanceData

        height, width = batch["data_samples"][0].ori_shape
        masks = [
            np.asarray(Image.fromarray(mask).resize((width, height))) > 0.5 for mask, _, _ in self._found
        ]
        sample = DetDataSample()
        sample.pred_instances = InstanceData(
            scores=torch.tensor([score for _, _, score in self._found]),
            labels=torch.tensor([label for _, label, _ in self._found]),
            masks=torch.from_numpy(np.stack(masks)),
        )
        return [sample]


def _segmenter(oracle: Oracle) -> Groie:
    description = SegmenterDescription("groie", "", "0" * 64, True, "Apache-2.0")
    return Groie(oracle, CLASSES, description, GroieLimits())


def test_the_border_of_a_coarse_mask_moves_to_the_edge_in_the_photo() -> None:
    small = Image.fromarray(ELLIPSE).resize((WIDTH // 8, HEIGHT // 8), Image.Resampling.BOX)
    coarse = (np.asarray(small.resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)) > 0.5).astype(np.float32)
    (instance,) = _segmenter(Oracle((coarse, 15, 0.9))).segment(PHOTO)
    before, after = mask_iou(coarse, ELLIPSE), mask_iou(instance.alpha, ELLIPSE)
    assert 1 - after < (1 - before) / 2
    assert instance.labels == [Label("cat", "coco-80", pytest.approx(0.9))]


def test_a_thing_with_two_names_comes_once() -> None:
    (instance,) = _segmenter(Oracle((ELLIPSE, 15, 0.9), (ELLIPSE, 16, 0.4))).segment(PHOTO)
    assert [label.name for label in instance.labels] == ["cat", "dog"]


def test_an_empty_mask_and_a_speck_are_left_out() -> None:
    speck = ellipse(HEIGHT, WIDTH, (10, 10, 20, 20))
    assert _segmenter(Oracle((ELLIPSE * 0, 15, 0.9), (speck, 16, 0.4))).segment(PHOTO) == []


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (534, 800, (800, 1199)),
        (3000, 4000, (800, 1067)),
        (1000, 3000, (444, 1333)),
        (3000, 1000, (1333, 444)),
    ],
)
def test_the_network_sees_bgr_at_the_size_of_its_training(
    height: int, width: int, expected: tuple[int, int]
) -> None:
    oracle = Oracle((np.ones((10, 10), np.float32), 15, 0.9))
    _segmenter(oracle).segment(np.full((height, width, 3), (250, 100, 0), np.uint8))
    assert oracle.shown.shape == (3, *expected)
    assert oracle.shown[:, 0, 0].tolist() == [0, 100, 250]


def test_a_checkpoint_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    settings = read_settings({"MODELS_DIR": str(tmp_path), "SEGMENTER": "groie"}, [])
    official = tmp_path / CONFIGS[DEFAULT_CONFIG].checkpoint
    with pytest.raises(ModelNotLoaded, match=f"{official} but there is no such file.*models -- get groie"):
        load_groie(settings, CPU, load_embedded)
    with pytest.raises(SettingInvalid, match=r"a model that can be loaded for SEGMENTER .*no such file"):
        load_models(settings)


def test_a_wrong_pin_stops_the_start(checkpoint: Path) -> None:
    settings = {"GROIE_CHECKPOINT": str(checkpoint), "GROIE_SHA256": "A" * 64, "SEGMENTER": "groie"}
    with pytest.raises(SettingInvalid, match=r"for SEGMENTER .*a{64} \(GROIE_SHA256\)"):
        load_models(read_settings(settings, []))


def test_auto_takes_groie_with_a_second_opinion_where_its_checkpoint_is(
    checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"GROIE_CHECKPOINT": str(checkpoint), "GROIE_PROPOSALS": "20"}
    with caplog.at_level(logging.INFO, logger="inference.models"):
        described = load_models(read_settings(settings, [])).segmenter.describe()
    assert described.name == "groie+u2netp"
    assert described.weights_are_random
    assert "SEGMENTER is groie" in caplog.text


@pytest.mark.skipif(
    not os.environ.get("GROIE_CHECKPOINT"),
    reason="GROIE_CHECKPOINT does not name trained weights: what GRoIE sees was not tested",
)
def test_trained_weights_find_the_animal(corpus: Path) -> None:
    segmenter = load_groie(read_settings(os.environ, []), CPU, load_embedded)
    assert not segmenter.describe().weights_are_random
    for name in ("elephant", "giraffe", "zebra"):
        with Image.open(corpus / f"fauna-{name}-hero.jpg") as photo:
            photo.thumbnail((800, 800))
            pixels = np.asarray(photo.convert("RGB"))
        assert_keeps_the_contract(segmenter, pixels)
        best = segmenter.segment(pixels)[0]
        assert best.labels[0].name == name
        assert 0.02 < best.alpha.mean() < 0.9
