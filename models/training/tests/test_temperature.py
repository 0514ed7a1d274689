"""Calibration of a network's scores before it is exported."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from crop2seg_training.export.temperature import best_temperature, divide_scores
from crop2seg_training.networks import build_network


def test_finds_by_how_much_scores_are_too_large() -> None:
    generator = torch.Generator().manual_seed(3)
    scores = torch.randn(6, 20000, generator=generator) * 2
    labels = torch.multinomial(torch.softmax(scores.T, 1), 1, generator=generator)[:, 0]
    halves = [(scores[:, :9000], labels[:9000]), (scores[:, 9000:], labels[9000:])]
    assert best_temperature(halves) == pytest.approx(1, abs=0.05)
    louder = [(2.5 * part, truth) for part, truth in halves]
    assert best_temperature(louder) == pytest.approx(2.5, rel=0.05)
    with pytest.raises(ValueError, match="no labelled pixel"):
        best_temperature([])


@pytest.mark.parametrize("name", ["timeunet", "wtae", "utae", "timeunet-lite"])
def test_division_changes_the_size_of_scores_and_no_label(name: str) -> None:
    torch.manual_seed(5)
    network = build_network(name).eval()
    x, days = torch.randn(1, 3, 10, 16, 16), torch.tensor([[10.0, 100.0, 200.0]])
    with torch.no_grad():
        before = network(x, days)
        divide_scores(network, 1.6)
        after = network(x, days)
    assert before.std() > 0
    torch.testing.assert_close(after, before / 1.6)


def test_a_network_with_another_end_is_refused() -> None:
    with pytest.raises(ValueError, match="ends in a norm and a ReLU"):
        divide_scores(nn.Sequential(nn.Conv2d(3, 3, 1)), 2)
