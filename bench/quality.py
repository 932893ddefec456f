"""How good our collages are after 60 CPU-seconds, layouts included, by a judge that was not climbed against.

    npm run bench -- quality [--prompts N] [--set tuning|reporting] [--ids ID,ID] [--options JSON] [--seconds
    60]

One run a prompt, quality normal unless --options says otherwise, one thread; never the best of several.
Judged is the collage we hand on where all was done in that time, else the last step of that time. Lifts are
standard deviations above a hundred random layouts of the same cut-outs; rank is the reciprocal rank of the
prompt among a hundred; mirror is the lift lost when mirrored; the shares are those of the least visible
cut-out, of all layers' area off the canvas, and of the canvas that no layer covers. Targets: held-out lift 2,
visible 0.25.

The judge (bench/judging/judge.py) is of the starter perceptor's family: weak evidence.
"""

import json
import math
import statistics

import torch

from collages.options import parse_arguments, run_arguments
from collages.recorded_runs import RecordedRun, make_runs
from collages.sheets import hang
from inference.embedding.starter import load_starter
from judging.judge import load_judge
from judging.layout_shares import layout_shares
from judging.lift import overfit_index, reference_of
from judging.paint_scene import paint_scene
from judging.rank import reciprocal_rank

# What is judged, and whether more of it is worse.
FIGURES = {
    "heldOutLift": False,
    "optimizedLift": False,
    "overfitIndex": True,
    "reciprocalRank": False,
    "mirrorDrop": True,
    "leastVisible": False,
    "offCanvas": True,
    "blank": True,
}


def main() -> None:
    parser = parse_arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    runs = make_runs(run_arguments(given))
    print("prompt                 CPU-s  step  " + "  ".join(FIGURES), flush=True)
    rows = []
    for run in runs:
        rows.append(judge(run, given.seconds))
        at = run.within(given.seconds)
        cells = "  ".join(f"{rows[-1][name]:{len(name)}.2f}" for name in FIGURES)
        print(f"{run.id:22} {at.cpu_seconds:5.1f} {at.step:5}  {cells}", flush=True)
    summary = {name: summarize([row[name] for row in rows], worse) for name, worse in FIGURES.items()}
    print(
        json.dumps(
            {
                "bench": "quality",
                "prompts": len(rows),
                "cpuSeconds": given.seconds,
                "perceptor": load_starter().describe().revision,
                "judge": load_judge().describe().revision,
                **summary,
            }
        )
    )


def judge(run: RecordedRun, seconds: float) -> dict[str, float]:
    """All figures of one collage; overfitIndex is NaN where the perceptor itself sees no lift."""
    cutouts, at = run.cutouts, run.within(seconds)
    painted = paint_scene(at.scene, cutouts.sprites)
    held_out = reference_of(cutouts, run.aspect_ratio, load_judge())
    optimized = reference_of(cutouts, run.aspect_ratio, load_starter())
    lift = held_out.lift(painted.picture, run.prompt)
    own_lift = optimized.lift(painted.picture, run.prompt)
    shares = layout_shares(painted)
    hang(run.id, "quality", painted.picture, f"lift {lift:.2f}, {at.cpu_seconds:.0f} CPU-s")
    return {
        "heldOutLift": lift,
        "optimizedLift": own_lift,
        "overfitIndex": overfit_index(own_lift, lift),
        "reciprocalRank": reciprocal_rank(painted.picture, run.prompt, held_out.perceptor),
        "mirrorDrop": held_out.mirror_drop(painted.picture, run.prompt),
        "leastVisible": min(shares.visible),
        "offCanvas": shares.off_canvas,
        "blank": shares.blank,
    }


def summarize(values: list[float], more_is_worse: bool) -> dict[str, float | None]:
    """Mean, median and worst of those that are numbers."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return {"mean": None, "median": None, "worst": None}
    worst = max(known) if more_is_worse else min(known)
    return {
        "mean": round(statistics.mean(known), 3),
        "median": round(statistics.median(known), 3),
        "worst": round(worst, 3),
    }


if __name__ == "__main__":
    main()
