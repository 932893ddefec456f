"""Our own collages as bench/collages/make-runs.mjs records them."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from collage.v1.scene_pb2 import Scene
from google.protobuf import json_format

from judging.cutouts import FoundCutouts, load_cutouts

MAKE_RUNS = Path(__file__).with_name("make-runs.mjs")


@dataclass(frozen=True)
class RecordedScene:
    """A scene, and the processor seconds it took from the first look at the background to it."""

    step: int  # of the climb; 0: the best layout; below 0: rounds of variations before it
    cpu_seconds: float  # sidecar and orchestrator together
    scene: Scene


@dataclass(frozen=True)
class RecordedRun:
    """One prompt's run: stages 4 to 6 of the product, one thread."""

    recorded: dict  # run.json

    @property
    def id(self) -> str:
        return self.recorded["id"]

    @property
    def prompt(self) -> str:
        return self.recorded["prompt"]

    @property
    def aspect_ratio(self) -> float:
        return self.recorded["options"]["aspectRatio"]

    @cached_property
    def cutouts(self) -> FoundCutouts:
        return load_cutouts(Path(self.recorded["cutoutFolder"]))

    @property
    def phase_seconds(self) -> dict[str, float]:
        """Processor seconds at the end of background, layouts and climb."""
        return {phase["name"]: _seconds(phase) for phase in self.recorded["phases"]}

    @property
    def result(self) -> RecordedScene:
        """What the product hands on: the scene the climb chose, when all was done."""
        return RecordedScene(
            self.recorded["steps"][-1]["step"],
            _seconds(self.recorded["phases"][-1]),
            json_format.ParseDict(self.recorded["scene"], Scene()),
        )

    @property
    def iterates(self) -> list[RecordedScene]:
        """The winner of each round of variations, the best layout, the scene after each step of the climb."""
        rounds = self.recorded["searched"]
        before = [{**won, "step": index - len(rounds)} for index, won in enumerate(rounds)]
        return [
            RecordedScene(each["step"], _seconds(each), json_format.ParseDict(each["scene"], Scene()))
            for each in [*before, *self.recorded["steps"]]
        ]

    def within(self, cpu_seconds: float) -> RecordedScene:
        """The result where the run took no longer; else the last iterate until then, or the layout."""
        result, iterates = self.result, self.iterates
        if result.cpu_seconds <= cpu_seconds:
            return result
        return [iterate for iterate in iterates if iterate.cpu_seconds <= cpu_seconds or iterate.step == 0][
            -1
        ]


def make_runs(arguments: list[str]) -> list[RecordedRun]:
    """The runs that arguments of make-runs.mjs name; those that were not made yet are made now.

    Ends the program, saying so, where there is no corpus to make them of.
    """
    made = subprocess.run(["node", str(MAKE_RUNS), *arguments], stdout=subprocess.PIPE, text=True)
    if made.stdout.startswith("skipped"):
        print(made.stdout.strip())
        sys.exit(0)
    if made.returncode != 0:
        sys.exit(made.returncode)
    files = [Path(json.loads(line)["file"]) for line in made.stdout.splitlines()]
    return [RecordedRun(json.loads(file.read_text())) for file in files]


def _seconds(recorded: dict) -> float:
    return recorded["cpuSeconds"] + recorded["orchestratorSeconds"]
