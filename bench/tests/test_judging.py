"""What the benches judge by, on figures that can be worked out by hand."""

import numpy as np
import pytest
import torch

from judging.bootstrap import mean_interval
from judging.layout_shares import layout_shares
from judging.lift import Reference
from judging.paint_scene import PaintedScene
from judging.rank import candidates, reciprocal_rank


class ColorPerceptor:
    """Sees a picture as its mean color; a text is the color it names, any other is grey."""

    def describe(self):
        return type("Description", (), {"input_size": 8, "digest": "colors"})

    def encode_texts(self, texts):
        colors = {"red": [1.0, 0.0, 0.0], "green": [0.0, 1.0, 0.0]}
        vectors = torch.tensor([colors.get(text, [1.0, 1.0, 1.0]) for text in texts])
        return torch.nn.functional.normalize(vectors, dim=1)

    def encode_pictures(self, pictures):
        return torch.nn.functional.normalize(pictures.mean((2, 3)), dim=1)


def picture(red: float, green: float) -> torch.Tensor:
    return torch.tensor([red, green, 0.0])[:, None, None].expand(3, 8, 8)


def test_lift_counts_deviations_above_the_reference() -> None:
    similarities = torch.tensor([0.1, 0.2, 0.3])
    vectors = torch.stack([similarities, (1 - similarities**2).sqrt(), torch.zeros(3)], 1)
    reference = Reference(ColorPerceptor(), vectors)
    assert reference.lift(picture(0.4, 0.84**0.5), "red") == pytest.approx((0.4 - 0.2) / 0.1, abs=1e-3)
    assert reference.lift(picture(0.2, 0.96**0.5), "red") == pytest.approx(0, abs=1e-3)


def test_what_reads_only_one_way_round_drops_when_mirrored() -> None:
    class LeftPerceptor(ColorPerceptor):
        def encode_pictures(self, pictures):
            return super().encode_pictures(pictures[..., :4])

    half = torch.cat([picture(1, 0)[..., :4], picture(0, 1)[..., :4]], -1)
    spread = torch.tensor([[0.5, 0.75**0.5, 0], [0.7, 0.51**0.5, 0]])
    assert Reference(LeftPerceptor(), spread).mirror_drop(half, "red") > 1
    assert Reference(ColorPerceptor(), spread).mirror_drop(half, "red") == pytest.approx(0, abs=1e-5)


def test_the_rank_is_that_of_the_true_prompt_among_a_hundred() -> None:
    class PromptPerceptor(ColorPerceptor):
        """Sees in every picture the prompt of index 3, less the prompts before it: each a little nearer."""

        def encode_texts(self, texts):
            return torch.eye(100)[:, : len(texts)].T

        def encode_pictures(self, pictures):
            seen = torch.zeros(100)
            seen[:4] = torch.tensor([0.5, 0.4, 0.3, 0.2])
            return seen.expand(len(pictures), -1)

    names = candidates()
    assert len(names) == len(set(names)) == 100
    for index, expected in [(0, 1), (1, 1 / 2), (3, 1 / 4), (50, 1 / 5)]:
        assert reciprocal_rank(picture(1, 0), names[index], PromptPerceptor()) == expected


def test_shares_of_a_layer_half_hidden_and_one_half_off_the_canvas() -> None:
    painted = PaintedScene(
        picture=torch.zeros(3, 10, 20),
        areas=torch.tensor([40.0, 60.0]).double(),
        painted_areas=torch.tensor([40.0, 30.0]).double(),
        visible_areas=torch.tensor([20.0, 30.0]).double(),
    )
    shares = layout_shares(painted)
    assert shares.visible == [0.5, 0.5]
    assert shares.off_canvas == pytest.approx(0.3)
    assert shares.blank == pytest.approx(0.75)


def test_the_interval_of_a_mean_narrows_with_more_values_and_repeats() -> None:
    few = list(np.linspace(-1, 3, 8))
    low, high = mean_interval(few)
    assert low < 1 < high and mean_interval(few) == (low, high)
    many_low, many_high = mean_interval(few * 16)
    assert many_high - many_low == pytest.approx((high - low) / 4, rel=0.1)
    assert mean_interval([2.0] * 5) == (2.0, 2.0)
