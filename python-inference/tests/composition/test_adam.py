"""Adam as torch's, and what torch's cannot: rows that stay, rows that begin anew."""

import pytest
import torch

from inference.composition.adam import adam_step, append_row, forget_rows, fresh_moments


@pytest.mark.parametrize("shape", [(), (5,), (4, 3)])
def test_goes_where_torchs_adam_goes(shape) -> None:
    generator = torch.Generator().manual_seed(0)
    ours = torch.randn(shape, generator=generator, dtype=torch.float64)
    theirs = ours.clone().requires_grad_()
    moments = fresh_moments(ours, per_layer=len(shape) > 0)
    adam = torch.optim.Adam([theirs], lr=0.1)
    for _ in range(50):
        theirs.grad = torch.randn(shape, generator=generator, dtype=torch.float64)
        adam.step()
        free = torch.ones(shape[0], dtype=torch.bool) if shape else None
        adam_step(ours, theirs.grad, moments, 0.1, free)
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-12, atol=1e-12)


def test_a_row_that_is_not_free_keeps_every_bit_whatever_its_gradient() -> None:
    leaf = torch.tensor([[0.1, -0.0], [1 / 3, 2.0]], dtype=torch.float64)
    before, moments = leaf.clone(), fresh_moments(leaf, per_layer=True)
    for gradient in (1.0, torch.nan, torch.inf):
        gradients = torch.tensor([[gradient, gradient], [1.0, 1.0]], dtype=torch.float64)
        adam_step(leaf, gradients, moments, 0.1, torch.tensor([False, True]))
    assert leaf[0].equal(before[0]) and leaf[0, 1].signbit()
    assert (leaf[1] < before[1]).all()


@pytest.mark.parametrize("change", [lambda moments: forget_rows(moments, [2]) or moments, append_row])
def test_a_row_that_is_forgotten_or_new_takes_adams_first_step(change) -> None:
    leaf = torch.zeros(3, dtype=torch.float64)
    moments, free = fresh_moments(leaf, per_layer=True), torch.ones(3, dtype=torch.bool)
    for _ in range(20):
        adam_step(leaf, torch.ones_like(leaf), moments, 0.1, free)
    moments = change(moments)
    if len(moments.mean) == 4:
        leaf, free = torch.cat([leaf, leaf.new_zeros(1)]), torch.ones(4, dtype=torch.bool)
    before = leaf.clone()
    gradients = torch.full_like(leaf, 0.01)  # so small that the others hardly heed it
    adam_step(leaf, gradients, moments, 0.1, free)
    assert (before - leaf)[-1].item() == pytest.approx(0.1, rel=1e-5)
    assert (before - leaf)[0].item() != pytest.approx(0.1, rel=0.01)
