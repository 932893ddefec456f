"""Where a CLIP may come from, and everything that may be wrong with it."""

import hashlib
import json
import os
import pickle
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.embedding.clip import ClipPerceptor
from inference.embedding.clip_checkpoint import ClipCheckpoint, read_clip
from inference.errors import ModelNotLoaded
from inference.settings import SettingInvalid, read_settings
from tests.embedding.random_clip import write_random_clip


def _read(model: Path | str, **settings: str) -> ClipCheckpoint:
    return read_clip(read_settings({"CLIP_MODEL": str(model), **settings}, []))


@pytest.fixture
def folder(tiny_clip: Path, tmp_path: Path) -> Path:
    """A copy to be spoiled."""
    return Path(shutil.copytree(tiny_clip, tmp_path / "copy"))


def _change_json(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    found = json.loads(file.read_text())
    change(found)
    file.write_text(json.dumps(found))


def _change_weights(folder: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def test_a_pickle_of_tensors_serves_where_there_is_no_safetensors_file(folder: Path, tiny_clip: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    # As older versions of transformers wrote it.
    tensors["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    torch.save(tensors, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    texts = [ClipPerceptor(_read(one)).encode_texts(["snow"]) for one in (folder, tiny_clip)]
    assert torch.equal(*texts)


def test_safetensors_are_preferred(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(b"never opened")
    _read(folder)


def test_a_hub_id_is_found_in_the_cache_without_network(
    tiny_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    model = tmp_path / "models--openai--clip-vit-base-patch32"
    shutil.copytree(tiny_clip, model / "snapshots" / commit)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name in ("openai/clip-vit-base-patch32", f"openai/clip-vit-base-patch32@{commit}"):
        checkpoint = _read(name)
        assert checkpoint.revision == "openai/clip-vit-base-patch32@0123456789ab"
        assert checkpoint.license == "MIT"


def test_a_hub_id_is_found_where_the_model_set_up_puts_it(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "models" / "someone" / "tiny"
    shutil.copytree(folder, home)
    settings = {"MODELS_DIR": str(tmp_path / "models")}
    assert _read("someone/tiny", **settings).revision == "someone/tiny"  # put there by hand
    lock = {"source": "a hub", "revision": "0123456789abcdef", "license": "MIT", "files": {}}
    home.with_name("tiny.lock.json").write_text(json.dumps(lock))
    assert _read("someone/tiny", **settings).revision == "someone/tiny@0123456789ab"
    home.with_name("tiny.lock.json").write_text("no json")
    with pytest.raises(ModelNotLoaded, match=r"tiny\.lock\.json but it cannot be read"):
        _read("someone/tiny", **settings)


def test_a_hub_id_that_is_not_cached_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelNotLoaded, match=r"openai/clip-vit-base-patch32, in .* get clip"):
        read_clip(read_settings({}, []))


def test_a_path_that_is_not_there_is_a_wrong_setting() -> None:
    for name in ("/no/such/folder", "weights/no-such.pt", "no-such"):
        with pytest.raises(SettingInvalid, match=f"a hub id .* for CLIP_MODEL but received '{name}'"):
            _read(name)


def test_a_pinned_file_is_loaded_and_another_refused_before_it_is_opened(folder: Path) -> None:
    weights = folder / "model.safetensors"
    pin = hashlib.sha256(weights.read_bytes()).hexdigest()
    _read(folder, CLIP_SHA256=pin.upper())
    weights.write_bytes(b"not even a safetensors file")
    with pytest.raises(ModelNotLoaded, match=rf"Expected the SHA-256 of CLIP_SHA256, {pin}, .* but received"):
        _read(folder, CLIP_SHA256=pin)


def test_a_truncated_file_is_refused(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelNotLoaded, match=r"whole file of tensors .*model.safetensors.*fetch it again"):
        _read(folder)


@pytest.mark.parametrize(
    "file", ["model.safetensors", "config.json", "preprocessor_config.json", "tokenizer.json"]
)
def test_a_folder_without_one_of_its_files_is_refused_by_name(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(ModelNotLoaded, match=file):
        _read(folder)


@pytest.mark.parametrize("file", ["config.json", "preprocessor_config.json", "tokenizer.json"])
def test_a_damaged_file_of_a_folder_is_refused(folder: Path, file: str) -> None:
    (folder / file).write_text('{"half')
    with pytest.raises(ModelNotLoaded, match=r"Expected a (JSON file|tokenizer)"):
        _read(folder)


def test_missing_unexpected_and_misshapen_weights_are_refused_by_name(folder: Path, tiny_clip: Path) -> None:
    spoilings: list[tuple[Callable[[dict[str, Tensor]], object], str]] = [
        (lambda found: found.pop("visual_projection.weight"), "visual_projection.weight is missing"),
        (lambda found: found.update(logit_bias=torch.zeros(1)), "logit_bias is unexpected"),
        (
            lambda found: found.update({"text_projection.weight": torch.zeros(64, 64)}),
            r"text_projection.weight is \(64, 64\), not \(64, 128\)",
        ),
    ]
    for spoil, complaint in spoilings:
        shutil.copy(tiny_clip / "model.safetensors", folder)
        _change_weights(folder, spoil)
        with pytest.raises(ModelNotLoaded, match=complaint):
            _read(folder)


def test_another_kind_of_network_is_refused(folder: Path) -> None:
    _change_json(folder / "config.json", lambda found: found.update(model_type="siglip"))
    with pytest.raises(ModelNotLoaded, match=r"type clip .* but received 'siglip'"):
        _read(folder)


def test_sizes_that_cannot_be_are_refused(folder: Path) -> None:
    _change_json(folder / "config.json", lambda found: found["vision_config"].update(hidden_size="wide"))
    with pytest.raises(ModelNotLoaded, match=r"sizes of a CLIP in .*hidden_size"):
        _read(folder)


def test_another_architecture_than_the_setting_names_is_refused(tiny_clip: Path) -> None:
    with pytest.raises(ModelNotLoaded, match=r"patch_side=32.* but received .*patch_side=16"):
        _read(tiny_clip, CLIP_ARCHITECTURE="ViT-B/32")


def test_another_activation_than_the_folder_says_is_a_wrong_setting(tiny_clip: Path) -> None:
    _read(tiny_clip, CLIP_ACTIVATION="quick_gelu")
    with pytest.raises(SettingInvalid, match=r"quick_gelu as .*config.json says, for CLIP_ACTIVATION"):
        _read(tiny_clip, CLIP_ACTIVATION="gelu")


def test_preprocessing_travels_with_the_folder_and_into_the_digest(folder: Path, tiny_clip: Path) -> None:
    file = folder / "preprocessor_config.json"
    _change_json(file, lambda found: found.update(image_mean=[0.5, 0.5, 0.5], crop_size=64))
    checkpoint = _read(folder)
    assert checkpoint.preprocessing.mean == (0.5, 0.5, 0.5)
    assert checkpoint.digest_parts != _read(tiny_clip).digest_parts
    for change, complaint in [
        ({"crop_size": {"height": 224, "width": 224}}, "64 pixels.* but received 224"),
        ({"crop_size": 64, "resample": 2}, "Expected bicubic"),
        ({"resample": 3, "image_std": [1]}, "three numbers for image_std"),
    ]:
        _change_json(file, lambda found, change=change: found.update(change))  # type: ignore[misc]
        with pytest.raises(ModelNotLoaded, match=complaint):
            _read(folder)


def test_a_tokenizer_that_does_not_fit_the_network_is_refused(folder: Path) -> None:
    _change_json(folder / "config.json", lambda found: found["text_config"].update(eos_token_id=7))
    with pytest.raises(ModelNotLoaded, match=r"ends texts with 7 .* ends them with 49407"):
        _read(folder)


def test_weights_that_do_not_say_that_they_are_random_are_taken_for_trained(folder: Path) -> None:
    assert _read(folder).weights_are_random
    _change_json(folder / "config.json", lambda found: found.pop("weights_are_random"))
    assert not _read(folder).weights_are_random


def test_other_weights_are_another_model(tiny_clip: Path, tmp_path: Path) -> None:
    write_random_clip(tmp_path / "other", seed=1)
    assert _read(tmp_path / "other").digest_parts[0] != _read(tiny_clip).digest_parts[0]


class _Code:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.mkdir, (self.folder,)  # type: ignore[return-value]

    def __init__(self, folder: str) -> None:
        self.folder = folder


def test_a_pickle_with_code_in_it_is_refused_and_does_not_run(tmp_path: Path) -> None:
    trap = tmp_path / "the-code-ran"
    torch.save({"visual.proj": _Code(str(trap))}, tmp_path / "torch.pt")
    with pytest.raises(ModelNotLoaded, match=r"torch.pt: it asks Python to run posix.mkdir"):
        _read(tmp_path / "torch.pt", CLIP_ACTIVATION="gelu")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps({"visual.proj": _Code(str(trap))}))
    with pytest.raises(ModelNotLoaded, match=r"plain.pt: it is damaged, no weights file, or holds more than"):
        _read(tmp_path / "plain.pt", CLIP_ACTIVATION="gelu")
    assert not trap.exists()


def test_raw_files_that_are_no_weights_are_refused(tmp_path: Path) -> None:
    torch.save({"visual.proj": torch.zeros(1000)}, tmp_path / "whole.pt")
    (tmp_path / "half.pt").write_bytes((tmp_path / "whole.pt").read_bytes()[:-700])
    (tmp_path / "page.pt").write_text("<html>not found</html>")
    (tmp_path / "empty.pt").touch()
    torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), tmp_path / "jit.pt")
    torch.save({"epoch": 3}, tmp_path / "epoch.pt")
    for name, complaint in [
        ("half.pt", "half.pt: .*fetch it again"),
        ("page.pt", "no weights file"),
        ("empty.pt", "empty.pt: "),
        ("jit.pt", r"TorchScript archive.*save its state_dict\(\)"),
        ("epoch.pt", "'epoch' is a int, not a tensor"),
        ("whole.pt", "token_embedding.weight, but received no such tensor"),
    ]:
        with pytest.raises(ModelNotLoaded, match=complaint):
            _read(tmp_path / name, CLIP_ACTIVATION="gelu")


def test_a_raw_file_needs_its_activation_said(tmp_path: Path) -> None:
    torch.save({}, tmp_path / "raw.pt")
    with pytest.raises(SettingInvalid, match=r"quick_gelu .*CLIP_MODEL=raw.pt .*for CLIP_ACTIVATION"):
        _read(tmp_path / "raw.pt")


def test_a_file_of_another_kind_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "clip.onnx").touch()
    with pytest.raises(
        SettingInvalid, match=r"\.safetensors, \.pt.* for CLIP_MODEL but received .*clip.onnx"
    ):
        _read(tmp_path / "clip.onnx")
