"""`python -m inference.model_files list | get NAME | verify`: the models that are not inside packages.

Exit code 0: done; 1: could not be done, or something is wrong; 2: wrong words; 3: no model hub reachable;
130: interrupted.
"""

import argparse
import os
import sys
import time
from pathlib import Path

GET_FAILED, WRONG_WORDS, UNREACHABLE, INTERRUPTED = 1, 2, 3, 130


def main(arguments: list[str]) -> int:
    sys.path.insert(0, str(Path(__file__).parents[2] / "gen"))
    # Asked here about one model at a time: its own advice (log in, set a token, ...) would only drown ours.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from inference.model_files.catalog import CATALOG, FETCHED
    from inference.model_files.errors import HubUnreachable, ModelFileError
    from inference.model_files.places import read_places

    parser = argparse.ArgumentParser(prog="npm run models --", description="Models on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="which there are, which are installed, which are taken")
    commands.add_parser("verify", help="hash all files of installed models again")
    get = commands.add_parser("get", help=f"download {' or '.join(FETCHED)}")
    get.add_argument("name", metavar="NAME", help=", ".join(FETCHED))
    get.add_argument("--seconds", type=float, help="time limit; what came is kept (default: none)")
    get.add_argument("--connect-seconds", type=float, default=3.0, help="for a hub to answer (default 3)")
    given = parser.parse_args(arguments)
    places = read_places(os.environ)
    try:
        if given.command == "get":
            if given.name not in FETCHED:
                why = "which comes with npm run setup" if given.name in CATALOG else "which is no model here"
                names = ", ".join(FETCHED)
                print(
                    f"Expected one of {names} for the model to get but received {given.name!r}, {why}",
                    file=sys.stderr,
                )
                return WRONG_WORDS
            _get(given.name, given.seconds, given.connect_seconds)
            return 0
        from inference.model_files.model_state import model_states

        if given.command == "list":
            from inference.model_files.model_list import model_list

            print("\n".join(model_list(places, model_states(places))))
            return 0
        from inference.model_files.verify_all import verify_all

        wrong = verify_all(model_states(places), print)
        for sentence in wrong:
            print(f"WRONG {sentence}", file=sys.stderr)
        return 1 if wrong else 0
    except HubUnreachable as error:
        print(error, file=sys.stderr)
        return UNREACHABLE
    except (ModelFileError, OSError) as error:
        print(error, file=sys.stderr)
        return GET_FAILED
    except KeyboardInterrupt:
        print("\nInterrupted; what came is kept, and the next try goes on from there.", file=sys.stderr)
        return INTERRUPTED


def _get(name: str, seconds: float | None, connect_seconds: float) -> None:
    from inference.model_files.deadline import Deadline
    from inference.model_files.download import Downloader
    from inference.model_files.get_clip import get_clip
    from inference.model_files.get_groie import get_groie
    from inference.model_files.hub import Hub
    from inference.model_files.places import read_places
    from inference.model_files.progress import terminal_progress

    places = read_places(os.environ)
    deadline, progress = Deadline(seconds, time.monotonic), terminal_progress(time.monotonic)

    def say(text: str) -> None:
        print(text, flush=True)

    if name == "clip":
        hub = Hub(places.hub, connect_seconds)
        downloader = Downloader(deadline, progress, connect_seconds, headers=hub.headers())
        get_clip(places.clip_model, places.models_dir, hub, downloader, say)
    else:
        get_groie(places, Downloader(deadline, progress, connect_seconds), say)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
