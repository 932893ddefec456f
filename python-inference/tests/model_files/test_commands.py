"""`python -m inference.model_files` as a person uses it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model_files.conftest import WEIGHTS
from tests.model_files.hub_server import HubServer, ServedFile, sha256

GROIE = "mask_rcnn_r50_fpn_groie_1x_coco_20200604_211715-{}.pth"
SIDECAR = Path(__file__).parents[2]


class Commands:
    """The commands, with a folder and a hub of the test's own."""

    def __init__(self, hub: HubServer, folder: Path) -> None:
        checkpoint = GROIE.format(sha256(WEIGHTS)[:8])
        hub.repositories["groie/weights"] = {checkpoint: ServedFile(WEIGHTS)}
        self.hub, self.models, self.checkpoint = hub, folder / "models", folder / "models" / checkpoint
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
            "PYTHONPATH": f"{SIDECAR}{os.pathsep}{SIDECAR / 'gen'}",
            "MODELS_DIR": str(self.models),
            "HF_HOME": str(folder / "hf"),
            "HF_ENDPOINT": hub.address,
            "CLIP_MODEL": "tiny/clip",
            "GROIE_CHECKPOINT": hub.url("groie/weights", checkpoint),
            "PERCEPTOR": "",
            "SEGMENTER": "",
        }

    def __call__(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "inference.model_files", *words],
            env={**self.environment, **environment},
            cwd=SIDECAR,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture
def models(hub: HubServer, tmp_path: Path) -> Commands:
    return Commands(hub, tmp_path)


def test_the_list_names_all_models_and_what_auto_takes(models: Commands) -> None:
    before = models("list")
    assert before.returncode == 0
    assert "perceptor: PERCEPTOR=auto takes starter, for the better one is not here" in before.stdout
    assert "segmenter: SEGMENTER=auto takes u2netp" in before.stdout
    assert "clip     not installed: npm run models -- get clip" in before.stdout
    assert "groie    not installed: npm run models -- get groie" in before.stdout
    assert not models.models.exists()
    for words in ("* starter  installed", "* u2netp   installed", "license: Apache-2.0", "605 MB"):
        assert words in before.stdout
    assert models("get", "clip").returncode == 0
    after = models("list").stdout
    assert "perceptor: PERCEPTOR=auto takes clip\n" in after
    assert f"* clip     installed\n{'purpose:':>21}" in after
    assert f"SHA-256: {sha256(WEIGHTS)} (model.safetensors)" in after
    assert "0.60 MB in 4 files" in after
    assert "checked: at the download: SHA-256 known beforehand" in after


def test_a_perceptor_named_explicitly_is_listed_as_taken(models: Commands) -> None:
    assert "PERCEPTOR=clip takes clip" in models("list", PERCEPTOR="clip").stdout


def test_get_groie_checks_the_start_of_the_hash_and_trusts_the_rest_on_first_use(models: Commands) -> None:
    first = models("get", "groie")
    assert first.returncode == 0, first.stderr
    assert "license Apache-2.0 (mmdetection)" in first.stdout
    assert f"SHA-256 {sha256(WEIGHTS)}" in first.stderr
    assert "start of the SHA-256 in the file name, the rest trusted on first use" in first.stdout
    assert models.checkpoint.read_bytes() == WEIGHTS
    assert sha256(WEIGHTS) in models.checkpoint.with_name(f"{models.checkpoint.name}.lock.json").read_text()
    assert "is there and right" in models("get", "groie").stdout


def test_get_groie_refuses_another_file_than_the_name_promises(models: Commands) -> None:
    name = GROIE.format("00000000")
    models.hub.repositories["groie/weights"][name] = ServedFile(WEIGHTS)
    address = models.hub.url("groie/weights", name)
    refused = models("get", "groie", GROIE_CHECKPOINT=address)
    assert refused.returncode == 1
    assert "expected a SHA-256 that starts with 00000000 but received" in refused.stderr
    assert list(models.models.iterdir()) == []


def test_verify_is_content_with_whole_models_and_names_a_damaged_file(models: Commands) -> None:
    models("get", "clip")
    models("get", "groie")
    right = models("verify")
    assert (right.returncode, right.stderr) == (0, "")
    assert right.stdout.count("right") == 5 + 5  # ours: four files of CLIP, one of GRoIE; the packages': five
    content = bytearray(WEIGHTS)
    content[1000] ^= 1
    models.checkpoint.write_bytes(content)
    (models.models / "tiny" / "clip" / "tokenizer.json").unlink()
    wrong = models("verify")
    assert wrong.returncode == 1
    assert (
        f"WRONG groie: {models.checkpoint}: expected SHA-256 {sha256(WEIGHTS)} but received" in wrong.stderr
    )
    assert "npm run models -- get groie downloads it again" in wrong.stderr
    assert (
        "WRONG clip: expected" in wrong.stderr and "tokenizer.json but there is no such file" in wrong.stderr
    )
    assert "clip     there, but tokenizer.json is missing" in models("list").stdout
    assert models("get", "groie").returncode == models("get", "clip").returncode == 0
    assert models("verify").returncode == 0


@pytest.mark.parametrize("name", ["vgg", "starter", "u2netp"])
def test_a_model_that_cannot_be_got_is_refused_with_the_names_there_are(name: str, models: Commands) -> None:
    refused = models("get", name)
    assert refused.returncode == 2
    assert f"Expected one of clip, groie for the model to get but received '{name}'" in refused.stderr
    assert models.hub.requests == []


def test_an_unreachable_hub_has_an_exit_code_of_its_own(
    models: Commands, closed_port: str, silent_port: str
) -> None:
    closed = models("get", "clip", HF_ENDPOINT=closed_port)
    assert (closed.returncode, closed.stderr.count("\n")) == (3, 1)
    assert f"No model hub reachable: {closed_port} did not answer within 3 s" in closed.stderr
    silent = models("get", "clip", "--connect-seconds", "0.3", HF_ENDPOINT=silent_port)
    assert silent.returncode == 3
    assert models("get", "groie", GROIE_CHECKPOINT=f"{closed_port}/x.pth").returncode == 3
