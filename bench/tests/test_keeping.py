"""What is kept is made once, and again when what it depends on changes; runs are cut at a budget."""

import pytest
import torch

from baselines import kept_results
from baselines.kept_results import Iterate, kept_iterates
from collages.recorded_runs import RecordedRun
from speed import paired_ratio as pairs


def test_iterates_are_made_once_for_what_they_depend_on(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(kept_results, "DATA", tmp_path)
    made: list[str] = []

    def make():
        made.append("once")
        return [Iterate(0, 0.5, torch.zeros(3, 4, 4)), Iterate(7, 2.5, torch.ones(3, 4, 4))]

    for depends_on, count in [(["a"], 1), (["a"], 1), (["b"], 2), (["a"], 2)]:
        first, last = kept_iterates("baseline", "prompt", depends_on, make)
        assert len(made) == count
        assert (first.step, last.step, last.cpu_seconds) == (0, 7, 2.5)
        assert first.picture.max() == 0 and last.picture.min() == 1


def test_what_was_cut_off_while_it_was_made_is_made_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(kept_results, "DATA", tmp_path)

    def cut_off():
        yield Iterate(0, 0.5, torch.zeros(3, 4, 4))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept_iterates("baseline", "prompt", [], cut_off)
    whole = [Iterate(0, 1.0, torch.zeros(3, 4, 4))]
    assert kept_iterates("baseline", "prompt", [], lambda: whole)[0].cpu_seconds == 1.0


@pytest.fixture
def run() -> RecordedRun:
    def at(seconds: float, **more: object) -> dict[str, object]:
        return {"cpuSeconds": seconds - 0.5, "orchestratorSeconds": 0.5, **more}

    return RecordedRun(
        {
            "searched": [
                at(10, round=1, scene={"aspectRatio": 1}),
                at(12, round=2, scene={"aspectRatio": 2}),
            ],
            "steps": [at(20 + step, step=step, scene={"aspectRatio": 3 + step}) for step in range(4)],
            "scene": {"aspectRatio": 9},
            "phases": [at(5, name="background"), at(20, name="layouts"), at(24, name="climb")],
        }
    )


@pytest.mark.parametrize(("budget", "aspect_ratio"), [(60, 9), (24, 9), (23.5, 6), (21, 4), (1, 3)])
def test_a_budget_takes_the_result_or_the_last_step_in_time(run, budget, aspect_ratio) -> None:
    assert run.within(budget).scene.aspect_ratio == aspect_ratio


def test_iterates_begin_with_the_rounds_of_the_search(run) -> None:
    assert [each.step for each in run.iterates] == [-2, -1, 0, 1, 2, 3]
    assert [each.cpu_seconds for each in run.iterates] == [10, 12, 20, 21, 22, 23]


def test_a_ratio_is_of_sums_and_its_interval_holds_it(monkeypatch) -> None:
    ticks = [0.0]
    monkeypatch.setattr(pairs, "clock", lambda device: ticks[0])

    def spend(seconds: list[float]):
        times = iter([0.0, *seconds])  # the first is the warm-up

        def work() -> None:
            ticks[0] += next(times)

        return work

    figures = pairs.paired_ratio(spend([3, 5]), spend([2, 2]), 2, torch.device("cpu"))
    assert (figures["ratio"], figures["low"], figures["high"]) == (2.0, 1.5, 2.5)
