"""Networks that leave out invalid pixels of a date."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from crop2seg_training.networks import build_network, configure
from crop2seg_training.networks.aggregate import aggregate
from crop2seg_training.networks.masked import _MaskedNorm, masked_norm
from exported import with_lively_weights

NAMES = ("timeunet", "timeunet-lite", "wtae", "utae")
DATES, SIZE = 5, 32


def season(seed: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """x, days and a validity with a date without any, random holes and an edge."""
    torch.manual_seed(seed)
    x = torch.randn(1, DATES, 10, SIZE, SIZE)
    valid = torch.rand(1, DATES, SIZE, SIZE) > 0.3
    valid[:, 2] = False
    valid[:, 1, :, 20:] = False
    valid[:, 4] |= ~valid.any(1)
    return x, torch.tensor([[10.0, 60.0, 100.0, 200.0, 250.0]]), valid


@pytest.mark.parametrize("name", NAMES)
def test_a_validity_of_ones_changes_nothing(name: str) -> None:
    network = with_lively_weights(name)
    x, days, valid = season()
    with torch.no_grad():
        expected, got = network(x, days), network(x, days, torch.ones_like(valid))
    assert float((expected - got).abs().max()) < 1e-4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{}, {"add_squeeze": True}], ids=str)
def test_what_invalid_pixels_hold_does_not_matter(name: str, options: dict) -> None:
    network = with_lively_weights(name, **options)
    x, days, valid = season()
    other = torch.where(valid.unsqueeze(2), x, torch.full_like(x, 50.0))
    with torch.no_grad():
        assert torch.equal(network(x, days, valid), network(other, days, valid))


@pytest.mark.parametrize("name", NAMES)
def test_a_date_without_valid_pixels_is_as_good_as_none(name: str) -> None:
    network = with_lively_weights(name)
    x, days, valid = season()
    kept = [0, 1, 3, 4]
    with torch.no_grad():
        with_it = network(x, days, valid)
        without = network(x[:, kept], days[:, kept], valid[:, kept])
    assert float((with_it - without).abs().max()) < 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_both_orders_of_processing_mask_alike(name: str) -> None:
    network = with_lively_weights(name)
    direct = build_network(name, configure(name, formulation="direct")).eval()
    direct.load_state_dict(network.state_dict())
    x, days, valid = season()
    valid[:, :, :9, :9] = False
    with torch.no_grad():
        assert float((network(x, days, valid) - direct(x, days, valid)).abs().max()) < 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_a_pixel_seen_on_no_date_gets_finite_scores(name: str) -> None:
    network = with_lively_weights(name)
    x, days, _ = season()
    with torch.no_grad():
        assert torch.isfinite(network(x, days, torch.zeros(1, DATES, SIZE, SIZE))).all()


@pytest.mark.parametrize("name", ["unet3d", "convlstm", "convgru", "uconvlstm", "unet_naive"])
def test_other_networks_refuse_validity(name: str) -> None:
    x, days, valid = season()
    with pytest.raises(ValueError, match="cannot leave out invalid pixels"):
        build_network(name).eval()(x, days, valid)


def test_statistics_are_those_of_the_valid_pixels() -> None:
    torch.manual_seed(3)
    norm = torch.nn.GroupNorm(2, 6)
    torch.nn.init.normal_(norm.weight)
    torch.nn.init.normal_(norm.bias)
    x, valid = torch.randn(2, 6, 4, 5), torch.zeros(2, 1, 4, 5)
    valid[0, 0, :2] = 1
    valid[1, 0, :, 1:4] = 1
    with torch.no_grad():
        got = masked_norm(norm, x, valid)
        cut = [norm(x[:1, :, :2]), norm(x[1:, :, :, 1:4])]
    torch.testing.assert_close(got[:1, :, :2], cut[0])
    torch.testing.assert_close(got[1:, :, :, 1:4], cut[1])
    assert not got[0, :, 2:].any()
    assert not got[1, :, :, 0].any()


def test_gradient_of_the_norm() -> None:
    torch.manual_seed(4)
    x = torch.randn(2, 4, 3, 5, dtype=torch.double, requires_grad=True)
    valid = (torch.rand(2, 1, 3, 5) > 0.4).double()
    weight = torch.randn(4, dtype=torch.double, requires_grad=True)
    bias = torch.randn(4, dtype=torch.double, requires_grad=True)

    def plainly(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        seen = valid.expand_as(x).reshape(2, 2, -1)
        grouped, count = x.view(2, 2, -1), seen.sum(-1, keepdim=True)
        centred = (grouped - (grouped * seen).sum(-1, keepdim=True) / count) * seen
        variance = centred.square().sum(-1, keepdim=True) / count
        normed = (centred * torch.rsqrt(variance + 1e-5)).view_as(x)
        return (normed * weight.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)) * valid

    chosen = torch.randn(2, 4, 3, 5, dtype=torch.double)
    inputs = (x, weight, bias)
    expected = torch.autograd.grad((plainly(*inputs) * chosen).sum(), inputs)
    ours = _MaskedNorm.apply(x, valid, weight, bias, 2, 1e-5)
    got = torch.autograd.grad((ours * chosen).sum(), inputs)
    for one, other in zip(expected, got):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)


def test_sums_are_divided_by_the_weights_that_are_left() -> None:
    features = torch.tensor([3.0, 100.0, 5.0]).view(1, 3, 1, 1, 1).expand(1, 3, 2, 4, 4)
    attention = torch.tensor([0.2, 0.7, 0.1]).view(1, 1, 3, 1, 1).expand(1, 1, 3, 2, 2)
    valid = torch.ones(1, 3, 4, 4)
    valid[:, 1] = 0
    valid[:, :, 0, 0] = 0
    out = aggregate(features * valid.unsqueeze(2), attention, "att_group", None, valid)
    np.testing.assert_allclose(out[0, :, 1:, 1:].numpy(), (0.2 * 3 + 0.1 * 5) / 0.3, rtol=1e-6)
    assert not out[0, :, 0, 0].any()
    mean = aggregate(features * valid.unsqueeze(2), attention, "mean", None, valid)
    np.testing.assert_allclose(mean[0, :, 1:, 1:].numpy(), 4.0, rtol=1e-6)
