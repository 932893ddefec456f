"""A GRoIE checkpoint from its address into MODELS_DIR."""

import re
from collections.abc import Callable

from inference.model_files.catalog import GROIE
from inference.model_files.content import Expected
from inference.model_files.download import Downloader
from inference.model_files.errors import ModelFileError
from inference.model_files.lock_file import Lock, LockedFile, lock_path, read_lock, write_lock
from inference.model_files.places import Places
from inference.model_files.verify import damage

HASHED_NAME = re.compile(r"-([0-9a-f]{8,64})\.pth$")


def get_groie(places: Places, downloader: Downloader, say: Callable[[str], None]) -> None:
    """Downloads the checkpoint that GROIE_CHECKPOINT addresses, by default mmdetection's own.

    Its whole SHA-256 is nowhere published: the eight digits in its name must hold, the rest is trusted on
    first use, shown, and kept in a lock file beside it, which binds every later download.

    Raises ModelFileError.
    """
    address, file = places.groie_checkpoint, places.groie_file
    if "://" not in address:
        raise ModelFileError(
            f"Expected an address for GROIE_CHECKPOINT but received the path {address!r}: "
            "a file of your own is used where it lies, there is nothing to get"
        )
    lock = read_lock(file)
    if file.exists() and lock and not damage(file, lock):
        say(f"groie: {file} is there and right")
        return
    say(f"groie: {file.name}\ngroie: from {address}\ngroie: license {GROIE.license}")
    expected = expected_checkpoint(file.name)
    known = lock.files.get(file.name) if lock else None
    if known:
        expected = Expected(known.size, known.sha256, expected.sha256_start)
    found = downloader.download(address, file, expected)
    write_lock(
        file,
        Lock(
            address,
            file.name,
            GROIE.license,
            {file.name: known or LockedFile(found.size, found.sha256, expected.how)},
        ),
    )
    say(f"groie: {file} is there: {expected.how}; what was found is in {lock_path(file).name}")


def expected_checkpoint(name: str) -> Expected:
    """What an OpenMMLab file name says of the file's content."""
    hashed = HASHED_NAME.search(name)
    return Expected(sha256_start=hashed[1] if hashed else None)
