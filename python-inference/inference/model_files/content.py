"""What a file must be, and whether it is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Expected:
    """What is known of a file before it is there; whatever is known must hold. All hex is lower-case."""

    size: int | None = None
    sha256: str | None = None
    # The first digits of the SHA-256: OpenMMLab puts eight of them into its file names.
    sha256_start: str | None = None
    # SHA-1 of "blob SIZE\0" and the content, as git names files; hubs tell it of small files. Needs `size`.
    git_blob: str | None = None

    def why_not(self, found: "Found") -> str | None:
        """What is wrong with the content found; None where it is the one expected."""
        pairs = [
            ("bytes", self.size, found.size),
            ("SHA-256", self.sha256, found.sha256),
            ("the git id", self.git_blob, found.git_blob),
        ]
        for what, expected, received in pairs:
            if expected is not None and expected != received:
                return f"expected {what} {expected} but received {received}"
        if self.sha256_start and not found.sha256.startswith(self.sha256_start):
            return f"expected a SHA-256 that starts with {self.sha256_start} but received {found.sha256}"
        return None

    @property
    def how(self) -> str:
        """How a file that passes was checked, in words."""
        if self.sha256:
            return "SHA-256 known beforehand"
        if self.git_blob:
            return "git id told by the hub"
        if self.sha256_start:
            return "start of the SHA-256 in the file name, the rest trusted on first use"
        return "trusted on first use"


@dataclass(frozen=True)
class Found:
    """What a file is."""

    size: int
    sha256: str
    git_blob: str | None


class ContentHash:
    """Hashes content as it comes. `total` is the whole size, which git's id begins with; None: no git id."""

    def __init__(self, total: int | None) -> None:
        self.size = 0
        self._sha256 = hashlib.sha256()
        self._git = None if total is None else hashlib.sha1(b"blob %d\0" % total, usedforsecurity=False)

    def update(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._sha256.update(chunk)
        if self._git:
            self._git.update(chunk)

    def update_from(self, file: Path) -> None:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                self.update(chunk)

    def found(self) -> Found:
        return Found(self.size, self._sha256.hexdigest(), self._git.hexdigest() if self._git else None)


def hash_file(file: Path) -> Found:
    """Size and hashes of a file; raises OSError."""
    content = ContentHash(file.stat().st_size)
    content.update_from(file)
    return content.found()
