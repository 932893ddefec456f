"""CLIP from a hub into its folder: all of it, or nothing that could be taken for it."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from inference.model_files import get_clip as module
from inference.model_files.catalog import HubPin
from inference.model_files.errors import (
    ContentWrong,
    DiskFull,
    DownloadRefused,
    HubUnreachable,
    ModelFileError,
)
from inference.model_files.get_clip import get_clip
from inference.model_files.hub import Hub
from inference.model_files.local_clip import local_clip_folder
from inference.model_files.lock_file import lock_path, read_lock
from tests.model_files.conftest import WEIGHTS, MakeDownloader
from tests.model_files.hub_server import COMMIT, HubServer, ServedFile, sha256

WANTED = ["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json"]


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "no-cache"))


class Run:
    """`get clip` of the tiny model; what it said."""

    def __init__(self, hub: HubServer, downloader: MakeDownloader, models: Path) -> None:
        self.hub, self.downloader, self.models, self.said = hub, downloader, models, ""

    def get(self, model: str = "tiny/clip", free: int = 10**9) -> Path:
        self.said = ""

        def say(text: str) -> None:
            self.said += f"{text}\n"

        return get_clip(
            model, self.models, Hub(self.hub.address, 2.0), self.downloader(), say, room=lambda folder: free
        )


@pytest.fixture
def run(hub: HubServer, downloader: MakeDownloader, tmp_path: Path) -> Run:
    return Run(hub, downloader, tmp_path / "models")


def test_it_takes_what_the_loader_reads_and_nothing_else(run: Run) -> None:
    folder = run.get()
    assert sorted(file.name for file in folder.iterdir()) == WANTED
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert sorted(file.name for file in folder.parent.iterdir()) == ["clip", "clip.lock.json"]
    assert local_clip_folder("tiny/clip", run.models) == folder


def test_it_says_size_revision_and_license_before_it_downloads(run: Run) -> None:
    run.hub.repositories["tiny/clip"]["config.json"].told = b"something else"
    with pytest.raises(ContentWrong):
        run.get()
    assert "revision " + COMMIT in run.said
    assert "0.60 MB from" in run.said
    assert "license mit" in run.said


def test_the_lock_says_what_was_found_and_how_it_was_checked(run: Run) -> None:
    lock = read_lock(run.get())
    assert lock is not None
    assert (lock.source, lock.revision, lock.license) == (run.hub.address, COMMIT, "mit")
    assert lock.files["model.safetensors"].sha256 == sha256(WEIGHTS)
    assert lock.files["config.json"].how == "git id told by the hub"


def test_a_second_get_downloads_nothing(run: Run) -> None:
    run.get()
    run.hub.requests.clear()
    run.get()
    assert run.hub.requests == []
    assert "is there and right" in run.said


def test_a_file_that_was_damaged_is_named_and_downloaded_alone(run: Run) -> None:
    folder = run.get()
    (folder / "model.safetensors").write_bytes(WEIGHTS[:-1])
    run.hub.requests.clear()
    run.get()
    assert "model.safetensors: expected bytes 600000 but received 599999" in run.said
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    fetched = {path.rpartition("/")[2] for path, _ in run.hub.requests if "/resolve/" in path}
    assert fetched == {"model.safetensors"}


def test_a_lock_outlives_the_files_and_refuses_others(run: Run) -> None:
    folder = run.get()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    run.hub.repositories["tiny/clip"]["model.safetensors"].content = bytes(reversed(WEIGHTS))
    with pytest.raises(ContentWrong, match=f"expected SHA-256 {sha256(WEIGHTS)}, as the lock file says"):
        run.get()
    assert local_clip_folder("tiny/clip", run.models) is None


def test_a_lock_that_cannot_be_read_is_named(run: Run) -> None:
    folder = run.get()
    lock_path(folder).write_text('{"files": 3')
    with pytest.raises(ModelFileError, match=r"clip\.lock\.json but it cannot be read .*delete it"):
        run.get()


def test_a_folder_brought_by_hand_is_left_alone(run: Run) -> None:
    folder = run.models / "tiny/clip"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("mine")
    run.get()
    assert "put there by hand" in run.said
    assert (folder / "config.json").read_text() == "mine"
    assert run.hub.requests == []


def test_a_model_in_the_cache_of_other_programs_is_not_downloaded_again(run: Run, tmp_path: Path) -> None:
    repository = tmp_path / "no-cache" / "models--tiny--clip"
    snapshot = repository / "snapshots" / COMMIT
    for folder in (repository / "refs", snapshot):
        folder.mkdir(parents=True)
    (repository / "refs" / "main").write_text(COMMIT)
    for name in WANTED:
        (snapshot / name).write_text("{}")
    assert run.get() == snapshot
    assert "in the Hugging Face cache" in run.said
    assert run.hub.requests == []


@pytest.mark.parametrize("broken", ["config.json", "model.safetensors"])
def test_other_content_than_the_hub_tells_leaves_no_model(broken: str, run: Run) -> None:
    file = run.hub.repositories["tiny/clip"][broken]
    file.told = bytes(reversed(file.content))
    with pytest.raises(ContentWrong, match=f"{broken}: expected .* but received"):
        run.get()
    assert local_clip_folder("tiny/clip", run.models) is None
    assert not (run.models / "tiny/clip").exists()


def test_a_download_that_was_cut_goes_on_with_the_files_that_came(run: Run) -> None:
    run.hub.repositories["tiny/clip"]["model.safetensors"].cuts = [200_000, 0]
    with pytest.raises(ModelFileError, match="what came is kept"):
        run.get()
    assert local_clip_folder("tiny/clip", run.models) is None
    run.hub.requests.clear()
    run.get()
    fetched = [(path, asked) for path, asked in run.hub.requests if path.startswith("/cdn/")]
    assert fetched == [("/cdn/tiny/clip/model.safetensors", "bytes=200000-")]


def test_without_safetensors_the_pickle_is_taken(run: Run) -> None:
    del run.hub.repositories["tiny/clip"]["model.safetensors"]
    folder = run.get()
    assert (folder / "pytorch_model.bin").exists()
    assert local_clip_folder("tiny/clip", run.models) == folder


def test_a_pin_fixes_the_revision_and_the_hash(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = {"tiny/clip": HubPin(COMMIT, {"model.safetensors": sha256(WEIGHTS)})}
    monkeypatch.setattr(module, "HUB_PINS", pins)
    folder = run.get()
    assert read_lock(folder).files["model.safetensors"].how == "SHA-256 known beforehand"  # type: ignore[union-attr]
    assert run.hub.requests[0][0] == f"/api/models/tiny/clip/revision/{COMMIT}"


def test_a_hub_that_offers_another_file_than_the_pin_is_refused_before_the_download(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HUB_PINS", {"tiny/clip": HubPin(COMMIT, {"model.safetensors": "0" * 64})})
    with pytest.raises(ContentWrong, match=f"expected SHA-256 {'0' * 64} but the hub offers"):
        run.get()
    assert len(run.hub.requests) == 1


def test_a_revision_that_is_gone_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HUB_PINS", {"tiny/clip": HubPin("f" * 40)})
    with pytest.raises(DownloadRefused, match=f"does not give tiny/clip at {'f' * 40}"):
        run.get()


def test_a_repository_that_is_not_there_is_named(run: Run) -> None:
    with pytest.raises(DownloadRefused, match="does not give nobody/nothing"):
        run.get("nobody/nothing")


def test_a_repository_of_another_kind_is_refused(run: Run) -> None:
    run.hub.repositories["tiny/other"] = {"config.json": ServedFile(b"{}")}
    with pytest.raises(
        DownloadRefused, match=r"no CLIP model .* lacks preprocessor_config\.json, model\.safetensors or"
    ):
        run.get("tiny/other")


@pytest.mark.parametrize("model", ["/somewhere/clip", "clip.safetensors", "../clip", "a/b/c"])
def test_files_of_ones_own_are_not_for_downloading(model: str, run: Run) -> None:
    with pytest.raises(ModelFileError, match=r"Expected a hub id such as .* for CLIP_MODEL but received"):
        run.get(model)


def test_a_disk_without_room_for_all_files_is_told_at_once(run: Run) -> None:
    with pytest.raises(DiskFull, match=r"tiny/clip needs 0\.60 MB more in .*MODELS_DIR"):
        run.get(free=500_000)
    assert [path for path, _ in run.hub.requests if "/resolve/" in path] == []


def test_a_closed_port_is_told_as_unreachable(run: Run, closed_port: str) -> None:
    run.hub = replace(run.hub, address=closed_port)
    with pytest.raises(HubUnreachable, match=f"No model hub reachable: {closed_port}"):
        run.get()
    assert not run.models.exists()


def test_a_hub_that_never_answers_is_told_as_unreachable_within_its_time(
    run: Run, silent_port: str, downloader: MakeDownloader
) -> None:
    with pytest.raises(HubUnreachable, match=r"did not answer within 0\.3 s"):
        get_clip("tiny/clip", run.models, Hub(silent_port, 0.3), downloader(), print)


def test_a_hub_whose_name_is_never_found_takes_no_longer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, downloader: MakeDownloader
) -> None:
    # As a name server that is silent does: no time limit of a connection holds there.
    monkeypatch.setattr("inference.model_files.hub.HfApi.model_info", lambda *_, **__: Event().wait(5))
    with pytest.raises(HubUnreachable, match=r"within 0\.3 s \(no answer after 0\.3 s\)"):
        get_clip("tiny/clip", tmp_path, Hub("http://silent.test", 0.3), downloader(), print)


def test_something_that_is_no_hub_is_told_as_such(run: Run) -> None:
    run.hub = replace(run.hub, address=f"{run.hub.address}/elsewhere")
    with pytest.raises(DownloadRefused, match="does not give tiny/clip"):
        run.get()
