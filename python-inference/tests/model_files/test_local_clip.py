"""Where a CLIP model is looked for."""

from pathlib import Path

import pytest

from inference.model_files.local_clip import local_clip_folder

WHOLE = ("config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors")
MODEL = "tiny/clip"


def put(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("{}")
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Hugging Face cache whose newest revision of the model is `abc`; the folder of it, not yet there."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    repository = tmp_path / "cache" / "models--tiny--clip"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("abc")
    return repository / "snapshots" / "abc"


def test_models_dir_comes_before_the_cache(cache: Path, tmp_path: Path) -> None:
    put(cache, *WHOLE)
    assert local_clip_folder(MODEL, tmp_path / "models") == cache
    ours = put(tmp_path / "models" / MODEL, *WHOLE)
    assert local_clip_folder(MODEL, tmp_path / "models") == ours


@pytest.mark.parametrize("missing", WHOLE)
def test_a_folder_that_is_not_whole_is_no_model(missing: str, cache: Path, tmp_path: Path) -> None:
    some = [name for name in WHOLE if name != missing]
    put(tmp_path / "models" / MODEL, *some)
    put(cache, *some)
    assert local_clip_folder(MODEL, tmp_path / "models") is None


def test_the_two_files_of_an_older_tokenizer_and_a_pickle_will_do(cache: Path, tmp_path: Path) -> None:
    names = ("config.json", "preprocessor_config.json", "vocab.json", "merges.txt", "pytorch_model.bin")
    ours = put(tmp_path / "models" / MODEL, *names)
    assert local_clip_folder(MODEL, tmp_path / "models") == ours


def test_paths_are_no_hub_models(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "here" / "clip", *WHOLE)
    for name in ("here/clip", str(tmp_path / "here" / "clip"), "../x/y", "clip"):
        assert local_clip_folder(name, tmp_path / "models") is None
