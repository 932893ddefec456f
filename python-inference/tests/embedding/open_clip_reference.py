"""Run by test_open_clip_keys.py in a process of its own: small networks by open_clip itself.

`python open_clip_reference.py FOLDER TEXT...` writes weights of either activation in either kind of file,
pictures, the texts' tokens and open_clip's own features of them. open_clip needs torchvision, whose
operators do not load beside a CPU build of torch; the stub declares the two that its import registers, and
nothing calls them.
"""

import sys
from pathlib import Path

import torch

_LIBRARY = torch.library.Library("torchvision", "DEF")  # must stay alive
_LIBRARY.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
_LIBRARY.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import open_clip  # noqa: E402
from open_clip.model import CLIP  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

SIDE = 64


def write_reference(folder: Path, texts: list[str], activation: str) -> None:
    torch.manual_seed(len(activation))
    tower = {"layers": 3, "width": 128}
    network = CLIP(
        embed_dim=64,
        vision_cfg={**tower, "image_size": SIDE, "patch_size": 16, "head_width": 64},
        text_cfg={**tower, "heads": 2},
        quick_gelu=activation == "quick_gelu",
    ).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
        pictures = torch.randn(4, 3, SIDE, SIDE)
        tokens = open_clip.tokenize(texts)
        features = {
            "pictures": pictures,
            "tokens": tokens,
            "picture_features": network.encode_image(pictures),
            "text_features": network.encode_text(tokens),
        }
    weights = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(weights, folder / f"{activation}.safetensors")
    # As open_clip's training writes it.
    wrapped = {f"module.{name}": tensor for name, tensor in weights.items()}
    torch.save({"epoch": 1, "name": "random", "state_dict": wrapped}, folder / f"{activation}.pt")
    save_file(features, folder / f"{activation}-features.safetensors")


if __name__ == "__main__":
    for each in ("gelu", "quick_gelu"):
        write_reference(Path(sys.argv[1]), sys.argv[2:], each)
