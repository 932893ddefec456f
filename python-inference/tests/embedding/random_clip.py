"""Writes a CLIP of random weights in the real format, so that the real loader can be run without a hub.

`python -m tests.embedding.random_clip FOLDER [SEED]`, from the folder python-inference. Its config.json
says `"weights_are_random": true`, which every collage made with it then says too.
"""

import sys
from pathlib import Path

import torch
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

from inference.embedding.clip_tokenizer import packaged_tokenizer

NOISE = 0.05


def write_random_clip(folder: Path, seed: int = 0, side: int = 64, patch: int = 16, **sizes: int) -> None:
    """config.json, model.safetensors, tokenizer and preprocessor_config.json of a small CLIP.

    By default two layers of two heads, each 64 wide as in the real ones. Noise is added to the usual
    initialization, which leaves biases at 0 and norms at 1, where a lost one would not be noticed.
    """
    tower = {"hidden_size": 128, "intermediate_size": 512, "num_hidden_layers": 2, "num_attention_heads": 2}
    tower |= sizes
    config = CLIPConfig(
        text_config={**tower, "eos_token_id": 49407},
        vision_config={**tower, "image_size": side, "patch_size": patch},
        projection_dim=64,
    )
    config.weights_are_random = True
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = CLIPModel._from_config(config)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter += NOISE * torch.randn_like(parameter)
    network.save_pretrained(folder)
    packaged_tokenizer().encoder.save_pretrained(folder)
    CLIPImageProcessorPil(
        size={"shortest_edge": side}, crop_size={"height": side, "width": side}
    ).save_pretrained(folder)


if __name__ == "__main__":
    write_random_clip(Path(sys.argv[1]), *(int(seed) for seed in sys.argv[2:3]))
