"""Downloads: whole and right, or not there; what came is gone on from."""

import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.model_files.content import Expected
from inference.model_files.deadline import Deadline
from inference.model_files.errors import (
    ContentWrong,
    DiskFull,
    DownloadCut,
    DownloadRefused,
    HubUnreachable,
    ModelFileError,
    TimeIsUp,
)
from inference.model_files.part_file import PartFile
from tests.model_files.conftest import WEIGHTS, MakeDownloader
from tests.model_files.hub_server import HubServer, ServedFile, sha256

NAME = "model.safetensors"
RIGHT = Expected(size=len(WEIGHTS), sha256=sha256(WEIGHTS))
CUT = 200_000


@pytest.fixture
def file(hub: HubServer) -> ServedFile:
    return hub.repositories["tiny/clip"][NAME]


@pytest.fixture
def url(hub: HubServer) -> str:
    return hub.url("tiny/clip", NAME)


def leftovers(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_whole_download_is_there_checked_and_alone(
    url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    found = downloader().download(url, tmp_path / "new" / NAME, RIGHT)
    assert (tmp_path / "new" / NAME).read_bytes() == WEIGHTS
    assert (found.size, found.sha256) == (len(WEIGHTS), sha256(WEIGHTS))
    assert leftovers(tmp_path / "new") == [NAME]


def test_a_file_that_is_there_and_right_is_not_asked_for_again(
    hub: HubServer, url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    (tmp_path / NAME).write_bytes(WEIGHTS)
    downloader().download(url, tmp_path / NAME, RIGHT)
    assert hub.requests == []


def test_a_truncated_file_is_downloaded_again(url: str, downloader: MakeDownloader, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(WEIGHTS[:CUT])
    downloader().download(url, tmp_path / NAME, RIGHT)
    assert (tmp_path / NAME).read_bytes() == WEIGHTS


def test_a_cut_is_gone_on_from_at_once(
    hub: HubServer, file: ServedFile, url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    file.cuts = [CUT, CUT]
    downloader().download(url, tmp_path / NAME, RIGHT)
    assert (tmp_path / NAME).read_bytes() == WEIGHTS
    ranges = [asked for path, asked in hub.requests if path.startswith("/cdn/")]
    assert ranges == [None, f"bytes={CUT}-", f"bytes={2 * CUT}-"]


def test_a_download_that_is_cut_off_for_good_is_gone_on_from_by_the_next_run(
    hub: HubServer, file: ServedFile, url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    file.cuts = [CUT, 0]
    with pytest.raises(DownloadCut, match="what came is kept"):
        downloader().download(url, tmp_path / NAME, RIGHT)
    assert leftovers(tmp_path) == [f"{NAME}.part", f"{NAME}.part.json"]
    assert (tmp_path / f"{NAME}.part").read_bytes() == WEIGHTS[:CUT]
    hub.requests.clear()
    downloader().download(url, tmp_path / NAME, RIGHT)
    assert hub.ranges_of(NAME) == [f"bytes={CUT}-"] * 2  # the hub, then where it points to
    assert (tmp_path / NAME).read_bytes() == WEIGHTS
    assert leftovers(tmp_path) == [NAME]


@pytest.mark.parametrize("honors_if_range", [True, False])
def test_a_file_that_changed_between_the_parts_begins_anew(
    honors_if_range: bool,
    hub: HubServer,
    file: ServedFile,
    url: str,
    downloader: MakeDownloader,
    tmp_path: Path,
) -> None:
    file.cuts = [CUT, 0]
    with pytest.raises(DownloadCut):
        downloader().download(url, tmp_path / NAME, Expected())
    file.content, file.honors_if_range = bytes(reversed(WEIGHTS)), honors_if_range
    found = downloader().download(url, tmp_path / NAME, Expected())
    assert (tmp_path / NAME).read_bytes() == file.content
    assert found.sha256 == sha256(file.content)


def test_a_file_that_became_shorter_than_its_part_begins_anew(
    file: ServedFile, url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    file.cuts = [CUT, 0]
    with pytest.raises(DownloadCut):
        downloader().download(url, tmp_path / NAME, Expected())
    file.content, file.honors_if_range = b"short", False
    downloader().download(url, tmp_path / NAME, Expected())
    assert (tmp_path / NAME).read_bytes() == b"short"


def test_a_part_that_was_damaged_meanwhile_does_not_pass(
    file: ServedFile, url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    file.cuts = [CUT, 0]
    with pytest.raises(DownloadCut):
        downloader().download(url, tmp_path / NAME, RIGHT)
    (tmp_path / f"{NAME}.part").write_bytes(bytes(CUT))
    with pytest.raises(ContentWrong, match=f"expected SHA-256 {RIGHT.sha256} but received"):
        downloader().download(url, tmp_path / NAME, RIGHT)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    "expected",
    [Expected(sha256="0" * 64), Expected(sha256_start="00000000"), Expected(len(WEIGHTS), git_blob="0" * 40)],
)
def test_a_wrong_hash_leaves_nothing(
    expected: Expected, url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    with pytest.raises(ContentWrong, match=r"expected .*0{8}.* but received .*what came was removed"):
        downloader().download(url, tmp_path / NAME, expected)
    assert leftovers(tmp_path) == []


def test_a_wrong_size_is_refused_before_a_byte_is_written(
    url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    with pytest.raises(ContentWrong, match=f"expected 7 bytes but the server offers {len(WEIGHTS)}"):
        downloader().download(url, tmp_path / NAME, Expected(size=7))
    assert leftovers(tmp_path) == []


def test_a_missing_file_is_refused_and_leaves_nothing(
    hub: HubServer, downloader: MakeDownloader, tmp_path: Path
) -> None:
    with pytest.raises(DownloadRefused, match="answered 404: no such file on the server"):
        downloader().download(hub.url("tiny/clip", "gone.bin"), tmp_path / NAME, RIGHT)
    assert leftovers(tmp_path) == []


def test_a_closed_port_is_unreachable(closed_port: str, downloader: MakeDownloader, tmp_path: Path) -> None:
    with pytest.raises(HubUnreachable, match=r"127\.0\.0\.1:\d+ cannot be reached"):
        downloader().download(f"{closed_port}/x", tmp_path / NAME, RIGHT)
    assert leftovers(tmp_path) == []


def test_a_server_that_falls_silent_is_given_up(
    silent_port: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    with pytest.raises(DownloadCut, match="timed out"):
        downloader(read_seconds=0.2).download(f"{silent_port}/x", tmp_path / NAME, RIGHT)
    assert leftovers(tmp_path) == []


def test_a_time_limit_ends_a_download_and_the_next_one_goes_on(
    url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    seconds = itertools.chain([0.0, 0.0], itertools.repeat(11.0))  # begun; the first chunk; all others
    limited = downloader(deadline=Deadline(10.0, lambda: next(seconds)))
    with pytest.raises(TimeIsUp, match="longer than the 10 s given; what came is kept"):
        limited.download(url, tmp_path / NAME, RIGHT)
    came = (tmp_path / f"{NAME}.part").stat().st_size
    assert 0 < came < len(WEIGHTS)
    downloader().download(url, tmp_path / NAME, RIGHT)
    assert (tmp_path / NAME).read_bytes() == WEIGHTS


def test_two_downloads_of_one_file_do_not_mix(url: str, downloader: MakeDownloader, tmp_path: Path) -> None:
    with (
        PartFile(tmp_path / NAME).open(),
        pytest.raises(ModelFileError, match="is being downloaded by another process"),
    ):
        downloader().download(url, tmp_path / NAME, RIGHT)


def test_a_disk_without_room_is_told_before_a_byte_is_written(
    url: str, downloader: MakeDownloader, tmp_path: Path
) -> None:
    with pytest.raises(DiskFull, match=r"needs 0\.60 MB more in .* but only 0\.00 MB are free.*MODELS_DIR"):
        downloader(free_bytes=lambda folder: 1000).download(url, tmp_path / NAME, RIGHT)
    assert leftovers(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small disk needs root and the right to mount a tmpfs")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_becomes_full_keeps_what_came_and_the_next_run_goes_on(
    hub: HubServer, url: str, small_disk: Path, downloader: MakeDownloader
) -> None:
    # Others write too: there seemed to be room at the start.
    with pytest.raises(DiskFull, match=rf"became full while {NAME} was downloaded.*make room"):
        downloader(free_bytes=lambda folder: 10**9).download(url, small_disk / NAME, RIGHT)
    came = (small_disk / f"{NAME}.part").read_bytes()
    assert 0 < len(came) < len(WEIGHTS)
    assert WEIGHTS.startswith(came)
    assert not (small_disk / NAME).exists()
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    hub.requests.clear()
    downloader().download(url, small_disk / NAME, RIGHT)
    assert hub.ranges_of(NAME)[0] == f"bytes={len(came)}-"
    assert (small_disk / NAME).read_bytes() == WEIGHTS
