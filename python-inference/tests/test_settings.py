import re
from pathlib import Path

import pytest

from inference.models import load_models
from inference.settings import DEFAULTS, SettingInvalid, read_settings


def test_defaults_listen_on_loopback_only() -> None:
    settings = read_settings({}, [])
    assert (settings.host, settings.port) == ("127.0.0.1", 50051)
    assert (settings.perceptor, settings.segmenter, settings.device) == ("auto", "auto", "auto")
    assert not settings.stdin_lifeline
    assert settings.models_dir == Path.home() / ".cache" / "clip-and-paste" / "models"


def test_a_relative_models_dir_lies_in_the_clone() -> None:
    assert read_settings({"MODELS_DIR": "weights"}, []).models_dir == Path(__file__).parents[2] / "weights"


def test_an_argument_beats_the_environment_and_the_environment_the_default() -> None:
    environment = {"PORT": "1234", "THREADS": "3", "CUTOUT_CACHE_MEGABYTES": ""}
    settings = read_settings(environment, ["--port", "0", "--stdin-lifeline"])
    assert (settings.port, settings.threads, settings.cutout_cache_megabytes) == (0, 3, 512)
    assert settings.stdin_lifeline


@pytest.mark.parametrize(("text", "score"), [("0", 0), ("1", 1), ("0.25", 0.25), (".5", 0.5), ("1.0", 1)])
def test_a_score_is_a_number_from_0_to_1(text: str, score: float) -> None:
    assert read_settings({"GROIE_SCORE": text}, []).groie_score == score


def test_the_example_file_tells_the_defaults() -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    told = dict(re.findall(r"^([A-Z_]+)=(.*)$", example[example.index("# Sidecar:") :], re.MULTILINE))
    assert told == {name: DEFAULTS[name] for name in told}
    assert {"ENCODE_BATCH_SIZE", "ENCODE_QUEUE_PHOTOS", "MODEL_IDLE_SECONDS", "METRICS_PORT"} <= set(told)


def test_encoding_has_defaults_and_the_queue_may_not_be_smaller_than_a_batch() -> None:
    settings = read_settings({}, [])
    encoding = (
        settings.encode_batch_size,
        settings.encode_latency_milliseconds,
        settings.encode_queue_photos,
    )
    assert encoding == (8, 20, 256)
    assert (settings.model_idle_seconds, settings.warm_up, settings.metrics_port) == (0, True, 0)
    with pytest.raises(SettingInvalid, match="from 32 to 100000 for ENCODE_QUEUE_PHOTOS but received '16'"):
        read_settings({"ENCODE_BATCH_SIZE": "32", "ENCODE_QUEUE_PHOTOS": "16"}, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "http"),
        ("PORT", "²"),
        ("THREADS", "1.5"),
        ("CUTOUT_CACHE_MEGABYTES", "0"),
        ("DEVICE", "tpu"),
        ("DTYPE", "int8"),
        ("CLIP_ACTIVATION", "relu"),
        ("CLIP_SHA256", "abc"),
        ("GROIE_SHA256", "42eb79e1"),
        ("GROIE_PROPOSALS", "0"),
        ("GROIE_SCORE", "1.5"),
        ("GROIE_SCORE", "nan"),
        ("ENCODE_BATCH_SIZE", "12"),
        ("ENCODE_BATCH_SIZE", "0"),
        ("ENCODE_LATENCY_MILLISECONDS", "-1"),
        ("ENCODE_QUEUE_PHOTOS", "7"),
        ("MODEL_IDLE_SECONDS", "soon"),
        ("WARM_UP", "yes"),
        ("METRICS_PORT", "65536"),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid, match=f"for {name} but received '{value}'") as caught:
        read_settings({name: value}, [])
    assert caught.value.name == name


def test_an_unknown_model_is_refused_with_the_choices() -> None:
    with pytest.raises(
        SettingInvalid, match="Expected one of auto, clip, starter for PERCEPTOR but received 'vgg'"
    ):
        load_models(read_settings({"PERCEPTOR": "vgg"}, []))


def test_a_missing_weight_package_names_setting_and_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.embedding.sentence_encoder.PACKAGE", "no_such_package")
    with pytest.raises(SettingInvalid, match=r"for PERCEPTOR .*no_such_package.*npm run setup"):
        load_models(read_settings({"PERCEPTOR": "starter"}, []))


def test_auto_says_what_it_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("inference.embedding.sentence_encoder.WEIGHTS_SHA256", "0" * 64)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(SettingInvalid, match=r"'auto' \(clip: .*; starter: Expected SHA-256 0{64}"):
        load_models(read_settings({}, []))


def test_the_sidecars_own_settings_are_in_the_example_with_their_defaults() -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    lines = [
        line for line in example.split("# The sidecar's own")[1].splitlines() if re.match("[A-Z_0-9]+=", line)
    ]
    shown = dict(line.split("=", 1) for line in lines)
    assert {name for name in DEFAULTS if name.startswith("CLIP_")} | {"DTYPE"} <= shown.keys()
    assert shown == {name: DEFAULTS[name] for name in shown}
