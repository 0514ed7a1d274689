"""The folded temporal attention against the direct one, in float64."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from crop2seg_training.networks import NetworkConfig, build_network
from crop2seg_training.networks.attention import TemporalAttention
from crop2seg_training.networks.attention_direct import DirectTemporalAttention

WIDTH = 64
PIXELS = 7


def in_direct_form(module: TemporalAttention) -> DirectTemporalAttention:
    direct = DirectTemporalAttention(WIDTH, WIDTH, module.config).double().eval()
    direct.load_state_dict(module.state_dict(), strict=True)
    return direct


def example(seed: int) -> tuple[TemporalAttention, Tensor, Tensor]:
    torch.manual_seed(seed)
    module = TemporalAttention(WIDTH, WIDTH, NetworkConfig()).double().eval()
    for parameter in module.parameters():  # norms, too, must not be at their neutral start
        nn.init.normal_(parameter, std=0.3)
    x = torch.randn(2, 5, PIXELS, WIDTH, dtype=torch.float64).relu().requires_grad_()
    days = torch.tensor([[3, 40, 41, 200, 380], [10, 90, 170, 0, 0]], dtype=torch.float64)
    return module, x, days


@pytest.mark.parametrize("padded", [False, True])
def test_fold_is_exact(padded: bool) -> None:
    module, x, days = example(1)
    padding = None
    if padded:
        padding = torch.tensor([[False] * 5, [False, False, False, True, True]])
        x = (x * ~padding[:, :, None, None]).detach().requires_grad_()
    actual, expected = module(x, days, padding), in_direct_form(module)(x, days, padding)
    for ours, theirs in zip(actual, expected):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-9)
    if padded:
        assert actual[1][1, 3:].abs().max() == 0


def test_gradients_are_those_of_the_direct_form() -> None:
    gradients = []
    for direct in (False, True):
        module, x, days = example(2)
        if direct:
            module = in_direct_form(module)
        out, _ = module(x, days, None)
        out.square().sum().backward()
        assert x.grad is not None
        gradients.append([x.grad, *(p.grad for p in module.parameters())])
    for ours, theirs in zip(*gradients):
        # fc1_k's bias shifts all scores of a head alike: its true gradient is 0, ours is None.
        if ours is None:
            assert theirs.abs().max() < 1e-9
        else:
            torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-9)


def test_weights_sum_to_one_without_dropout_and_are_dropped_in_training() -> None:
    module, x, days = example(3)
    torch.testing.assert_close(
        module.weights(x, days, None).sum(1), torch.ones(2, PIXELS, 16, dtype=torch.float64)
    )
    assert (module.train().weights(x, days, None) == 0).any()


def test_single_sample_has_no_padding() -> None:
    """With batch 1 a date of zeros is a date like any other."""
    network = build_network("timeunet").eval()
    x = torch.randn(1, 3, 10, 16, 16)
    x[:, 2] = 0
    assert network.padding_of(x) is None
    assert network.padding_of(x.expand(2, -1, -1, -1, -1)) is not None
