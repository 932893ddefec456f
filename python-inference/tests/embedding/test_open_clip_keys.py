"""The key map against open_clip itself, which runs in a process with packages of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from inference.embedding.clip_checkpoint import ClipCheckpoint, read_clip
from inference.errors import ModelNotLoaded
from inference.settings import SettingInvalid, read_settings

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / ".open-clip-packages"
# What open_clip imports and the sidecar does without; torchvision for exactly this torch.
REQUIREMENTS = ["torchvision==0.28.0", "timm==1.0.31", "ftfy==6.3.1", "wcwidth==0.9.4"]
TEXTS = ["a photo of a cat", "Giraffes and a macaw, in a meadow by 3 pyramids!", "it's snow"]
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what open_clip_reference.py writes."""
    installed_list = PACKAGES / "installed.txt"
    if not installed_list.is_file() or installed_list.read_text() != "\n".join(REQUIREMENTS):
        # Beside the virtual environment, never in it: transformers does not import with this torchvision.
        # --target is what keeps torch, half a gigabyte, from being installed a second time.
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(PACKAGES)]
        installed = subprocess.run([*command, "--upgrade", *REQUIREMENTS], capture_output=True, text=True)
        if installed.returncode != 0:
            pytest.skip(f"open_clip's packages cannot be fetched: {installed.stderr.strip()[-200:]}")
        installed_list.write_text("\n".join(REQUIREMENTS))
    folder = tmp_path_factory.mktemp("open-clip")
    script = Path(__file__).with_name("open_clip_reference.py")
    ran = subprocess.run(
        [sys.executable, str(script), str(folder), *TEXTS],
        env={**os.environ, "PYTHONPATH": str(PACKAGES), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return folder


def _read(weights: Path, activation: str = "", **settings: str) -> ClipCheckpoint:
    given = {"CLIP_MODEL": str(weights), "CLIP_ACTIVATION": activation, **settings}
    return read_clip(read_settings(given, []))


def _distances(checkpoint: ClipCheckpoint, expected: dict[str, Tensor]) -> tuple[float, float]:
    """Largest difference of a picture's and of a text's features from open_clip's."""
    tokens = checkpoint.tokenizer.token_ids(TEXTS, 77)
    with torch.no_grad():
        pictures = checkpoint.network.get_image_features(expected["pictures"]).pooler_output
        texts = checkpoint.network.get_text_features(tokens).pooler_output
    return (
        float((pictures - expected["picture_features"]).abs().max()),
        float((texts - expected["text_features"]).abs().max()),
    )


@pytest.mark.parametrize("activation", ["gelu", "quick_gelu"])
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_features_are_those_of_open_clip(reference: Path, activation: str, suffix: str) -> None:
    expected = load_file(reference / f"{activation}-features.safetensors")
    checkpoint = _read(reference / f"{activation}{suffix}", activation)
    picture_distance, text_distance = _distances(checkpoint, expected)
    assert picture_distance < TOLERANCE
    assert text_distance < TOLERANCE
    # A tolerance means something only beside the features themselves.
    assert expected["picture_features"].std() > 0.1
    assert expected["text_features"].std() > 0.1


def test_the_other_activation_is_noticed(reference: Path) -> None:
    expected = load_file(reference / "gelu-features.safetensors")
    picture_distance, text_distance = _distances(_read(reference / "gelu.pt", "quick_gelu"), expected)
    assert picture_distance > 100 * TOLERANCE
    assert text_distance > 100 * TOLERANCE


def test_tokens_are_those_of_open_clip(reference: Path) -> None:
    ours = _read(reference / "gelu.pt", "gelu").tokenizer.token_ids(TEXTS, 77)
    theirs = load_file(reference / "gelu-features.safetensors")["tokens"][:, : ours.shape[1]]
    # Behind the end open_clip pads with 0, transformers with the end mark; neither is read.
    until_end = (theirs == 49407).cumsum(dim=1) == 0
    assert torch.equal(ours[until_end], theirs[until_end])
    assert torch.equal((ours == 49407).int().argmax(dim=1), (theirs == 49407).int().argmax(dim=1))


def test_sizes_are_read_off_the_tensors(reference: Path) -> None:
    checkpoint = _read(reference / "gelu.pt", "gelu")
    vision, text = checkpoint.network.config.vision_config, checkpoint.network.config.text_config
    assert (vision.image_size, vision.patch_size, vision.num_hidden_layers, vision.hidden_size) == (
        64,
        16,
        3,
        128,
    )
    assert (text.num_hidden_layers, text.num_attention_heads, text.vocab_size) == (3, 2, 49408)
    assert (checkpoint.preprocessing.side, checkpoint.revision) == (64, "gelu.pt, gelu")


def test_preprocessing_beside_a_raw_file_counts(reference: Path) -> None:
    openai = _read(reference / "gelu.pt", "gelu")
    assert openai.preprocessing.mean[0] == pytest.approx(0.48145466)
    beside = reference / "open_clip_config.json"
    try:
        beside.write_text('{"preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}}')
        own = _read(reference / "gelu.pt", "gelu")
        assert own.preprocessing.mean == own.preprocessing.deviation == (0.5, 0.5, 0.5)
        assert own.digest_parts != openai.digest_parts
        beside.write_text('{"preprocess_cfg": {"interpolation": "bilinear"}}')
        with pytest.raises(ModelNotLoaded, match=r"bicubic.*open_clip_config.json.*'bilinear'"):
            _read(reference / "gelu.pt", "gelu")
    finally:
        beside.unlink()


def test_an_architecture_that_the_tensors_do_not_have_is_refused(reference: Path) -> None:
    with pytest.raises(ModelNotLoaded, match=r"vision_width=768.* but received .*vision_width=128"):
        _read(reference / "gelu.pt", "gelu", CLIP_ARCHITECTURE="ViT-B-16")


def test_missing_and_unexpected_keys_are_refused(reference: Path, tmp_path: Path) -> None:
    tensors = load_file(reference / "gelu.safetensors")
    lacking = {name: value for name, value in tensors.items() if name != "visual.ln_post.bias"}
    torch.save(lacking, tmp_path / "lacking.pt")
    with pytest.raises(ModelNotLoaded, match=r"vision_model.post_layernorm.bias is missing"):
        _read(tmp_path / "lacking.pt", "gelu")
    torch.save({**tensors, "logit_bias": torch.zeros(1)}, tmp_path / "more.pt")
    with pytest.raises(ModelNotLoaded, match="logit_bias is unexpected"):
        _read(tmp_path / "more.pt", "gelu")


def test_a_raw_file_without_its_activation_is_a_wrong_setting(reference: Path) -> None:
    with pytest.raises(SettingInvalid, match=r"gelu.* for CLIP_ACTIVATION but received nothing"):
        _read(reference / "gelu.safetensors")
