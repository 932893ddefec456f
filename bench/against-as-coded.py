"""CPU-seconds until our collage is as good as the notebook's optimizer makes it, against what that one takes.

    npm run bench -- against-as-coded [--prompts N] [--set tuning|reporting] [--ids ID,ID] [--options JSON]

Same cut-outs, same square canvas, starter perceptor, one thread each. Good is the held-out lift of the
picture (bench/judging): the goal is the lift of the notebook's last iterate, reached by the first of our
recorded scenes that has it, beginning with the best layout. No smoothing and no looking back: since a single
scene's lift jitters, the table also says whether the collage we hand on has it. Background, layout search and
climb count on our side, layout search and climb on theirs; loading models counts on neither. Target: at most
0.1.

A prompt on which we never reach it counts as infinite in the median; the geometric mean is over the others.
"""

import json
import math
import statistics
from dataclasses import dataclass

import torch

from baselines.as_coded import as_coded_iterates
from collages.options import SQUARE, parse_arguments, run_arguments
from collages.recorded_runs import RecordedRun, RecordedScene, make_runs
from collages.sheets import hang
from judging.judge import load_judge
from judging.lift import Reference, reference_of
from judging.paint_scene import paint_scene

TARGET = 0.1


@dataclass(frozen=True)
class Comparison:
    """One prompt."""

    goal: float  # held-out lift of the notebook's last iterate
    their_seconds: float
    our_seconds: float  # until it was reached; infinite where it never was
    our_lift: float  # of the collage we hand on
    whole_run_seconds: float

    @property
    def ratio(self) -> float:
        return self.our_seconds / self.their_seconds


def main() -> None:
    given = parse_arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    runs = make_runs(run_arguments(given, aspectRatio=SQUARE))
    print(
        "prompt                  goal  theirs s  ours there after s   ratio  our result  after s", flush=True
    )
    comparisons = []
    for run in runs:
        seen = compare(run)
        comparisons.append(seen)
        print(
            f"{run.id:22} {seen.goal:5.2f} {seen.their_seconds:9.1f} {seen.our_seconds:19.1f}"
            f" {seen.ratio:7.3f} {seen.our_lift:11.2f} {seen.whole_run_seconds:8.1f}",
            flush=True,
        )
    ratios = [seen.ratio for seen in comparisons]
    reached = [ratio for ratio in ratios if math.isfinite(ratio)]
    median = statistics.median(ratios)
    print(
        json.dumps(
            {
                "bench": "against-as-coded",
                "prompts": len(ratios),
                "reachedShare": round(len(reached) / len(ratios), 3),
                "resultReachesShare": round(
                    statistics.mean(seen.our_lift >= seen.goal for seen in comparisons), 3
                ),
                "medianRatio": round(median, 4) if math.isfinite(median) else None,
                "geometricMeanRatioWhereReached": round(statistics.geometric_mean(reached), 4)
                if reached
                else None,
                "target": TARGET,
                "medianGoal": round(statistics.median(seen.goal for seen in comparisons), 2),
                "medianOurLift": round(statistics.median(seen.our_lift for seen in comparisons), 2),
            }
        )
    )


def compare(run: RecordedRun) -> Comparison:
    theirs = as_coded_iterates(run.id, run.cutouts)[-1]
    reference = reference_of(run.cutouts, run.aspect_ratio, load_judge())
    goal = reference.lift(theirs.picture, run.prompt)
    first = next((scene for scene in run.iterates if lift_of(scene, run, reference) >= goal), None)
    result = run.result
    our_lift = lift_of(result, run, reference)
    ours = paint_scene(result.scene, run.cutouts.sprites).picture
    hang(run.id, "ours", ours, f"lift {our_lift:.2f}, {result.cpu_seconds:.0f} CPU-s")
    hang(run.id, "as-coded", theirs.picture, f"lift {goal:.2f}, {theirs.cpu_seconds:.0f} CPU-s")
    return Comparison(
        goal, theirs.cpu_seconds, first.cpu_seconds if first else math.inf, our_lift, result.cpu_seconds
    )


def lift_of(recorded: RecordedScene, run: RecordedRun, reference: Reference) -> float:
    return reference.lift(paint_scene(recorded.scene, run.cutouts.sprites).picture, run.prompt)


if __name__ == "__main__":
    main()
