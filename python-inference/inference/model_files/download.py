"""A file from an address to its place: resumed, hashed as it comes, there whole or not at all."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import httpx2

from inference.model_files.content import ContentHash, Expected, Found, hash_file
from inference.model_files.deadline import Deadline
from inference.model_files.errors import (
    ContentWrong,
    DiskFull,
    DownloadCut,
    DownloadRefused,
    HubUnreachable,
)
from inference.model_files.part_file import PartFile
from inference.model_files.progress import Progress, megabytes

# A server that is silent for so long is taken for gone.
READ_SECONDS = 30.0
# Tries of one file; each goes on where the last one was cut.
TRIES = 4


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder that exists."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True)
class Downloader:
    """Downloads files; time, disk space and network are given.

    `connect_seconds`: how long a server may take to be reached.
    """

    deadline: Deadline
    progress: Progress
    connect_seconds: float = 3.0
    read_seconds: float = READ_SECONDS
    headers: dict[str, str] = field(default_factory=dict)
    free_bytes: Callable[[Path], int] = free_bytes

    def download(self, url: str, target: Path, expected: Expected) -> Found:
        """The file at `url` as `target`, checked; one that is there and right is not asked for again.

        Raises HubUnreachable, DownloadRefused, DownloadCut, TimeIsUp (what came is kept in `NAME.part`
        and gone on from), DiskFull (the same), ContentWrong (what came is removed). In every case the
        target is whole and right, or not there.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            found = hash_file(target)
            if expected.why_not(found) is None:
                return found
            target.unlink()
        part = PartFile(target)
        with _room_for(target), part.open() as stream:
            try:
                found = self._receive_all(url, target.name, part, stream, expected).found()
                if wrong := expected.why_not(found):
                    stream.truncate(0)
                    raise ContentWrong(f"{url}: {wrong}; what came was removed")
                os.fsync(stream.fileno())
                part.complete()
            finally:
                if part.path.exists() and _size(stream) == 0:
                    part.discard()
        self.progress.end(f"{megabytes(found.size)}, SHA-256 {found.sha256}")
        return found

    def _receive_all(
        self, url: str, name: str, part: PartFile, stream: BinaryIO, expected: Expected
    ) -> ContentHash:
        """The whole of it, in several tries if need be."""
        with self._client() as client:
            for last in (*[False] * (TRIES - 1), True):
                had = _size(stream)
                try:
                    return self._receive(client, url, name, part, stream, expected)
                except DownloadCut:
                    # Worth another try only while something comes.
                    if last or _size(stream) <= had:
                        raise
        raise AssertionError("the last try returns or raises")

    def _client(self) -> httpx2.Client:
        timeout = httpx2.Timeout(self.read_seconds, connect=self.connect_seconds)
        # As it lies there: a server that compresses on the way would change sizes and ranges.
        headers = {**self.headers, "Accept-Encoding": "identity"}
        return httpx2.Client(follow_redirects=True, timeout=timeout, headers=headers)

    def _receive(
        self,
        client: httpx2.Client,
        url: str,
        name: str,
        part: PartFile,
        stream: BinaryIO,
        expected: Expected,
    ) -> ContentHash:
        """Appends what is missing; the hash of the whole."""
        etag = part.etag_for(url)
        if etag is None:
            stream.truncate(0)
        had = _size(stream)
        if had and had == expected.size:
            return _hash_of(part, expected.size)
        headers = {"Range": f"bytes={had}-", "If-Range": etag} if had and etag else {}
        with _named(url, had), client.stream("GET", url, headers=headers) as response:
            goes_on = response.status_code == 206 and _goes_on(response, had, etag)
            if not goes_on:
                if headers and response.status_code in (206, 416):
                    # Another file than the one begun, by a server that ignores If-Range: from the start.
                    part.note(url, None)
                    return self._receive(client, url, name, part, stream, expected)
                _check_status(response, url)
                stream.truncate(0)
                had = 0
                part.note(url, response.headers.get("etag"))
            total = _total(response, had)
            self._check_offer(url, part.path.parent, expected, had, total)
            content = _hash_of(part, expected.size)
            self.progress.begin(name, had)
            for chunk in response.iter_raw():
                self.deadline.check(f"The download of {name}")
                _write_all(stream, chunk)
                content.update(chunk)
                self.progress.show(content.size, total)
            if total is not None and content.size < total:
                raise DownloadCut(f"{url} ended after {content.size} of {total} bytes; the next try goes on")
            return content

    def _check_offer(self, url: str, folder: Path, expected: Expected, had: int, total: int | None) -> None:
        """Before a byte is written: the size is the one expected, and there is room for the rest."""
        if expected.size is not None and total is not None and total != expected.size:
            raise ContentWrong(f"{url}: expected {expected.size} bytes but the server offers {total}")
        if total is None:
            return
        free = self.free_bytes(folder)
        if free < total - had:
            raise DiskFull(
                f"{url} needs {megabytes(total - had)} more in {folder} but only {megabytes(free)} are free: "
                "make room there, or set MODELS_DIR to a folder on another disk"
            )


def _goes_on(response: httpx2.Response, had: int, etag: str | None) -> bool:
    """Whether a partial answer is the rest of what was begun."""
    is_same = response.headers.get("etag") in (None, etag)
    return is_same and response.headers.get("content-range", "").startswith(f"bytes {had}-")


def _check_status(response: httpx2.Response, url: str) -> None:
    if response.status_code == 200:
        return
    remedy = {
        401: "the server wants to know who asks; log in there",
        403: "the server does not let you have it",
        404: "no such file on the server; the address or the revision is wrong or was removed",
    }.get(response.status_code, "try again later")
    raise DownloadRefused(f"{url}: the server answered {response.status_code}: {remedy}")


def _total(response: httpx2.Response, had: int) -> int | None:
    length = response.headers.get("content-length", "")
    return had + int(length) if length.isdigit() else None


def _hash_of(part: PartFile, size: int | None) -> ContentHash:
    content = ContentHash(size)
    content.update_from(part.path)
    return content


def _size(stream: BinaryIO) -> int:
    return os.fstat(stream.fileno()).st_size


def _write_all(stream: BinaryIO, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[stream.write(view) :]


@contextmanager
def _named(url: str, had: int) -> Iterator[None]:
    """Names what the network did."""
    host = httpx2.URL(url).netloc.decode()
    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        raise HubUnreachable(f"{host} cannot be reached ({error or type(error).__name__})") from error
    except (httpx2.TransportError, httpx2.TooManyRedirects) as error:
        words = str(error) or type(error).__name__
        raise DownloadCut(f"{url} was cut off ({words}); what came is kept, the next try goes on") from error


@contextmanager
def _room_for(target: Path) -> Iterator[None]:
    """Names a disk that became full in the middle; what was written is right and is kept."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(
            f"The disk of {target.parent} became full while {target.name} was downloaded; what came is kept "
            f"in {target.name}.part: make room and try again, or delete it and set MODELS_DIR to another disk"
        ) from error
