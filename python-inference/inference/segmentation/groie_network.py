"""GRoIE's networks as mmdet describes them, built empty.

Rossi, Karimi, Prati, "A novel Region of Interest Extraction Layer for Instance Segmentation" (arXiv
2004.13665); configurations and weights by OpenMMLab, Apache-2.0.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from inference.errors import ModelNotHere, ModelNotLoaded

INSTALL = "run `npm run groie:install`"


@dataclass(frozen=True)
class GroieConfig:
    """One configuration of mmdet's `configs/groie`.

    `checkpoint` is the official file name of its weights, the start of their SHA-256 at its end;
    `has_masks`: the others find boxes only (masks: `box_masks.py`).
    """

    checkpoint: str
    has_masks: bool


DEFAULT_CONFIG = "mask-rcnn_r50_fpn_syncbn-r4-gcb-c3-c5-groie_1x_coco"
# By the names of the files in the package, spelling included.
CONFIGS = {
    DEFAULT_CONFIG: GroieConfig(
        "mask_rcnn_r50_fpn_syncbn-backbone_r4_gcb_c3-c5_groie_1x_coco_20200604_211715-42eb79e1.pth", True
    ),
    "mask-rcnn_r101_fpn_syncbn-r4-gcb_c3-c5-groie_1x_coco": GroieConfig(
        "mask_rcnn_r101_fpn_syncbn-backbone_r4_gcb_c3-c5_groie_1x_coco_20200607_224507-8daae01c.pth", True
    ),
    "mask-rcnn_r50_fpn_groie_1x_coco": GroieConfig(
        "mask_rcnn_r50_fpn_groie_1x_coco_20200604_211715-50d90c74.pth", True
    ),
    "faste-rcnn_r50_fpn_groie_1x_coco": GroieConfig(
        "faster_rcnn_r50_fpn_groie_1x_coco_20200604_211715-66ee9516.pth", False
    ),
    "grid-rcnn_r50_fpn_gn-head-groie_1x_coco": GroieConfig(
        "grid_rcnn_r50_fpn_gn-head_groie_1x_coco_20200605_202059-4b75d86f.pth", False
    ),
}


@dataclass(frozen=True)
class GroieLimits:
    """How much a network looks at.

    `proposals`: regions that are classified at most (1000 in the article take twice the CPU time);
    `score_threshold` in [0, 1]; `instances` at most, best first; a photo is scaled to fit
    `longest_side` x `shortest_side` pixels, as in training.
    """

    proposals: int = 100
    score_threshold: float = 0.3
    instances: int = 12
    longest_side: int = 1333
    shortest_side: int = 800


def check_installed() -> None:
    """Raises ModelNotHere, with the remedy, when mmdet or mmcv's operators are not there; imports nothing
    that takes time."""
    for package in ("mmdet", "mmcv", "mmengine"):
        if find_spec(package) is None:
            raise ModelNotHere(f"Expected the package {package} but it is not installed; {INSTALL}")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """mmdet prints on import, and its dependencies warn of each other."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def build_network(name: str, limits: GroieLimits) -> Any:
    """The mmdet network of a configuration (a key of CONFIGS), on the CPU, its weights as chance had them.

    The first call imports mmdet: four seconds. Raises ModelNotLoaded with the remedy.
    """
    check_installed()
    try:
        with quietly():
            import mmcv.ops  # noqa: F401, by itself: its operators are tied to torch's version
            import mmdet.models
            from mmdet.registry import MODELS
            from mmengine.config import Config
            from mmengine.registry import init_default_scope
    except ImportError as error:
        raise ModelNotLoaded(f"Expected mmdet to be importable but received {error}; {INSTALL}") from error
    file = Path(mmdet.__file__).parent / ".mim" / "configs" / "groie" / f"{name}.py"
    with quietly():
        init_default_scope("mmdet")
        model = Config.fromfile(file).model
        model.backbone.init_cfg = None  # else weights of the backbone alone would be fetched
        model.test_cfg.rpn.max_per_img = limits.proposals
        model.test_cfg.rcnn.score_thr = limits.score_threshold
        model.test_cfg.rcnn.max_per_img = limits.instances
        _without_syncbn(model)
        return MODELS.build(model)


def _without_syncbn(config: Any) -> None:
    """SyncBN shares statistics between GPUs in training; in use it is BN, with the same weights, and BN runs
    on a CPU too."""
    for key, value in config.items():
        if key == "type" and value == "SyncBN":
            config[key] = "BN"
        for child in value if isinstance(value, list | tuple) else [value]:
            if isinstance(child, dict):
                _without_syncbn(child)
