"""Makes a checkpoint of GRoIE with random weights, laid out as OpenMMLab's: tests all but quality.

python tests/random_weights/make_groie.py FILE [--config NAME] [--seed N]
"""

import argparse
import math
import sys
from pathlib import Path
from typing import Any

import torch

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from inference.segmentation.groie_network import CONFIGS, DEFAULT_CONFIG, GroieLimits, build_network

# The names that mmdet 2.x wrote, in the order of the outputs.
COCO = (
    "person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant stop_sign "
    "parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella handbag "
    "tie suitcase frisbee skis snowboard sports_ball kite baseball_bat baseball_glove skateboard surfboard "
    "tennis_racket bottle wine_glass cup fork knife spoon bowl banana apple sandwich orange broccoli carrot "
    "hot_dog pizza donut cake chair couch potted_plant bed dining_table toilet tv laptop mouse remote "
    "keyboard cell_phone microwave oven toaster sink refrigerator book clock vase scissors teddy_bear "
    "hair_drier toothbrush"
)
CLASSES = tuple(name.replace("_", " ") for name in COCO.split())


def random_network(config: str = DEFAULT_CONFIG, seed: int = 0) -> Any:
    """A network whose weights are a function of the seed, tilted so that it finds things at a score of 0.3.

    Fresh weights give each of 81 classes the same score and look at regions of 32 pixels; here three classes
    lead, regions are ten times as large, and masks mostly full.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = build_network(config, GroieLimits())
        network.init_weights()
        with torch.no_grad():
            box_head = network.roi_head.bbox_head
            box_head.fc_cls.bias[[15, 16, 21]] += 5  # cat, dog, bear
            box_head.fc_cls.weight *= 10
            sizes = network.rpn_head.rpn_reg.bias.view(-1, 4)[:, 2:]  # (A, 2), in logarithms
            sizes += math.log(10)
            if network.with_mask:
                network.roi_head.mask_head.conv_logits.bias += 0.5
    return network


def write_groie(file: Path, config: str = DEFAULT_CONFIG, seed: int = 0) -> None:
    """Writes a checkpoint to `file`, laid out as by mmdet 2.x; its meta says that the weights are random."""
    meta = {"CLASSES": CLASSES, "mmdet_version": "2.0.0", "weights_are_random": True}
    state = random_network(config, seed).state_dict()
    # Through a stream, for given a path torch writes its name into the file, which would change the hash.
    with file.open("wb") as stream:
        torch.save({"meta": meta, "state_dict": state}, stream)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A checkpoint of GRoIE with random weights.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--config", choices=sorted(CONFIGS), default=DEFAULT_CONFIG)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    write_groie(given.file, given.config, given.seed)
