"""`python -m inference`: the sidecar. Exit code 2: a setting cannot be met."""

import asyncio
import logging
import os
import sys
import threading
from pathlib import Path

from inference.settings import SettingInvalid, read_settings

BAD_SETTING_EXIT_CODE = 2


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = read_settings(os.environ, sys.argv[1:])
        if settings.stdin_lifeline:
            threading.Thread(target=_exit_when_stdin_ends, name="stdin-lifeline", daemon=True).start()
        sys.path.insert(0, str(Path(__file__).parent.parent / "gen"))
        # Imported late: torch takes seconds, a bad setting or a dead launcher should not have to wait.
        from inference.server import serve

        asyncio.run(serve(settings))
    except SettingInvalid as error:
        print(f"sidecar: {error}", file=sys.stderr)
        return BAD_SETTING_EXIT_CODE
    return 0


def _exit_when_stdin_ends() -> None:
    """A launcher that was killed cannot say goodbye, but the kernel closes its end of our stdin."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
