"""Who judges whom."""

import logging
from pathlib import Path

import pytest
import torch

from inference.embedding.starter import StarterPerceptor
from inference.errors import ModelNotLoaded
from inference.models import HELD_OUT_PERCEPTORS, PERCEPTORS, load_judge, load_models
from inference.segmentation import groie_network
from inference.segmentation.box_masks import SaliencyModel
from inference.segmentation.groie import load_groie
from inference.settings import SettingInvalid, read_settings

CPU = torch.device("cpu")
SETTINGS = read_settings({}, [])


def test_every_perceptor_has_a_judge() -> None:
    assert set(PERCEPTORS) <= set(HELD_OUT_PERCEPTORS)


def test_the_starter_is_judged_by_other_weights(perceptor: StarterPerceptor) -> None:
    judge = load_judge(perceptor.describe().digest, lambda: HELD_OUT_PERCEPTORS["starter"](SETTINGS, CPU))
    assert judge.describe().name == "starter-lite2"
    assert judge.describe().digest != perceptor.describe().digest


def test_nobody_judges_himself(perceptor: StarterPerceptor) -> None:
    with pytest.raises(ModelNotLoaded, match=r"Expected other weights .* but received starter"):
        load_judge(perceptor.describe().digest, lambda: perceptor)


def test_a_clip_is_taken_first_and_judged_by_the_starter(
    tiny_clip: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="inference.models")
    models = load_models(read_settings({"CLIP_MODEL": str(tiny_clip)}, []))
    assert models.perceptor.describe().name == "clip"
    with models.judge.use() as judge:
        assert judge.describe().name == "starter"
    assert "PERCEPTOR is clip" in caplog.text


def test_auto_without_a_clip_takes_the_starter_and_says_once_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with caplog.at_level(logging.INFO, logger="inference.models"):
        models = load_models(read_settings({}, []))
    assert models.perceptor.describe().name == "starter"
    (said,) = [record.getMessage() for record in caplog.records if "PERCEPTOR" in record.getMessage()]
    assert "PERCEPTOR is starter; passed over: clip: Expected CLIP_MODEL" in said
    assert "npm run models -- get clip" in said


def test_auto_passes_over_a_damaged_clip_and_says_why(
    tiny_clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for file in tiny_clip.iterdir():
        (damaged / file.name).write_bytes(file.read_bytes())
    weights = damaged / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    models = load_models(read_settings({"CLIP_MODEL": str(damaged)}, []))
    assert models.perceptor.describe().name == "starter"
    assert any("not fully covered" in record.getMessage() for record in caplog.records)
    with pytest.raises(
        SettingInvalid, match=r"for PERCEPTOR but received 'clip' \(clip: .*model.safetensors"
    ):
        load_models(read_settings({"CLIP_MODEL": str(damaged), "PERCEPTOR": "clip"}, []))


def test_a_wrong_setting_of_clip_stops_even_auto(tiny_clip: Path) -> None:
    for settings, name in [
        ({"CLIP_MODEL": "/no/such/folder"}, "CLIP_MODEL"),
        ({"CLIP_MODEL": str(tiny_clip), "CLIP_ARCHITECTURE": "ViT-B-23"}, "CLIP_ARCHITECTURE"),
        ({"DTYPE": "float16"}, "DTYPE"),
    ]:
        with pytest.raises(SettingInvalid, match=f"for {name} but received") as caught:
            load_models(read_settings(settings, []))
        assert caught.value.name == name


def test_auto_passes_over_groie_where_it_is_not_and_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="inference.models"):
        models = load_models(read_settings({"MODELS_DIR": str(tmp_path)}, []))
    assert models.segmenter.describe().name == "u2netp"
    (record,) = [record for record in caplog.records if "SEGMENTER" in record.getMessage()]
    assert record.getMessage().startswith("SEGMENTER is u2netp; passed over: groie: Expected ")
    assert record.levelno == logging.INFO  # as after every set-up


def test_auto_warns_where_the_groie_that_a_setting_names_is_not_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_models(
        read_settings({"MODELS_DIR": str(tmp_path), "GROIE_CHECKPOINT": str(tmp_path / "my.pth")}, [])
    )
    (record,) = [record for record in caplog.records if "SEGMENTER" in record.getMessage()]
    assert record.levelno == logging.WARNING


def test_groie_named_where_mmdet_is_not_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groie_network, "find_spec", lambda name: None)
    with pytest.raises(SettingInvalid, match=r"for SEGMENTER .*mmdet .*not installed.*npm run groie:install"):
        load_models(read_settings({"SEGMENTER": "groie"}, []))


def test_an_unknown_configuration_of_groie_is_refused() -> None:
    expected = "one of mask-rcnn_r50.*faste-rcnn.*grid-rcnn.* for GROIE_CONFIG but received 'mask-rcnn_r18'"
    with pytest.raises(SettingInvalid, match=expected):
        load_groie(read_settings({"GROIE_CONFIG": "mask-rcnn_r18"}, []), CPU, _nothing_embedded)


def _nothing_embedded() -> SaliencyModel:
    raise AssertionError("loaded, though nothing can be cut out")


def test_the_default_configuration_of_groie_is_one() -> None:
    assert read_settings({}, []).groie_config == groie_network.DEFAULT_CONFIG
