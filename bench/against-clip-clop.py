"""Our collage against CLIP-CLOP's gradient loop after the same CPU-seconds: held-out lift, ours minus theirs.

    CLIP_CLOP_DIR=.../arnheim_3 npm run bench -- against-clip-clop [--prompts N] [--ids ID,ID] [--options
    JSON]

Same cut-outs, same square canvas, starter perceptor, one thread each. It gets the processor time that ours
used on that prompt for background, layout search and climb. Ours is the collage we hand on, theirs what the
loop has when its time is up; nothing is picked afterwards. Target: ours higher on 16 of 20 prompts, and a 95
% bootstrap interval of the mean difference above 0.
"""

import json
import statistics

import torch

from baselines.clip_clop import VERSION, run_clip_clop
from baselines.clip_clop_code import ClipClopMissing, clip_clop_defaults
from baselines.kept_results import Iterate, kept_iterates
from collages.options import SQUARE, parse_arguments, run_arguments
from collages.recorded_runs import RecordedRun, make_runs
from collages.sheets import hang
from inference.embedding.starter import load_starter
from judging.bootstrap import mean_interval
from judging.judge import load_judge
from judging.lift import reference_of
from judging.paint_scene import paint_scene

SEED = 0


def main() -> None:
    given = parse_arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    try:
        clip_clop_defaults()
    except ClipClopMissing as reason:
        print(f"skipped: {reason}")
        return
    runs = make_runs(run_arguments(given, aspectRatio=SQUARE))
    print("prompt                  CPU-s  ours  theirs  difference  their steps", flush=True)
    ours, theirs = [], []
    for run in runs:
        loop = clip_clop(run)
        reference = reference_of(run.cutouts, run.aspect_ratio, load_judge())
        picture = paint_scene(run.result.scene, run.cutouts.sprites).picture
        ours.append(reference.lift(picture, run.prompt))
        theirs.append(reference.lift(loop.picture, run.prompt))
        hang(run.id, "ours", picture, f"lift {ours[-1]:.2f}, {run.result.cpu_seconds:.0f} CPU-s")
        hang(run.id, "clip-clop", loop.picture, f"lift {theirs[-1]:.2f}, {loop.cpu_seconds:.0f} CPU-s")
        print(
            f"{run.id:22} {loop.cpu_seconds:6.1f} {ours[-1]:5.2f} {theirs[-1]:7.2f}"
            f" {ours[-1] - theirs[-1]:11.2f} {loop.step:12}",
            flush=True,
        )
    differences = [our - their for our, their in zip(ours, theirs, strict=True)]
    low, high = mean_interval(differences)
    print(
        json.dumps(
            {
                "bench": "against-clip-clop",
                "prompts": len(differences),
                "wins": sum(difference > 0 for difference in differences),
                "meanDifference": round(statistics.mean(differences), 3),
                "interval95": [round(low, 3), round(high, 3)],
                "medianOurLift": round(statistics.median(ours), 2),
                "medianTheirLift": round(statistics.median(theirs), 2),
            }
        )
    )


def clip_clop(run: RecordedRun) -> Iterate:
    """Its collage after our time, to the second; kept."""
    perceptor = load_starter()
    cpu_seconds = round(run.result.cpu_seconds)
    depends_on = [VERSION, run.prompt, run.cutouts.digests, perceptor.describe().digest, cpu_seconds, SEED]
    return kept_iterates(
        "clip-clop",
        run.id,
        depends_on,
        lambda: run_clip_clop(run.cutouts, perceptor, cpu_seconds, SEED),
    )[-1]


if __name__ == "__main__":
    main()
