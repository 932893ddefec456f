"""A file that is on its way: `NAME.part`, and beside it where it comes from."""

import fcntl
import json
import os
from pathlib import Path
from typing import BinaryIO

from inference.model_files.errors import ModelFileError


class PartFile:
    """The bytes of `target` that came so far, kept so that a later try can go on.

    They are worth going on from only while the server still has the same file: its address and its
    strong ETag (RFC 9110, 8.8.1) are noted in `NAME.part.json` before the first byte. One process at a
    time; the target itself appears whole or not at all.
    """

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}.part")
        self._target = target
        self._note = target.with_name(f"{target.name}.part.json")

    def open(self) -> BinaryIO:
        """Opens it for appending, for this process alone. Raises ModelFileError, OSError."""
        # Unbuffered: what was written is what lies there, also on a disk that became full.
        stream = self.path.open("ab", buffering=0)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.close()
            raise ModelFileError(
                f"{self._target.name} is being downloaded by another process; wait until it is done"
            ) from error
        return stream

    def etag_for(self, url: str) -> str | None:
        """The ETag under which the bytes came from this address; None: they cannot be gone on from."""
        try:
            note = json.loads(self._note.read_text())
            return str(note["etag"]) if note["url"] == url and note["etag"] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note(self, url: str, etag: str | None) -> None:
        """Remembers where the bytes to come are from; a weak ETag promises nothing of bytes."""
        strong = etag if etag and not etag.startswith("W/") else None
        self._note.write_text(json.dumps({"url": url, "etag": strong}))

    def complete(self) -> None:
        """It becomes the target, at once."""
        os.replace(self.path, self._target)
        self._note.unlink(missing_ok=True)

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
