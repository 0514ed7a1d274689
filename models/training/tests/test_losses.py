"""The room `losses`: values by hand, and pixels that do not count."""

from __future__ import annotations

import math

import pytest
import torch

from crop2seg_training.losses import (
    LOSS_NAMES,
    LossOptions,
    boundary_loss,
    boundary_of,
    distillation,
    make_loss,
)
from crop2seg_training.losses.smooth import CROP_SHARES, soft_targets


def logits_of(probabilities: list[list[float]]) -> torch.Tensor:
    """Logits [1, K, 1, pixels] of probabilities by pixel."""
    return torch.tensor(probabilities).log().t()[None, :, None, :]


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_ignored_and_unlabelled_pixels_do_not_count(name: str) -> None:
    loss = make_loss(LossOptions(name))
    torch.manual_seed(1)
    logits = torch.randn(1, 15, 2, 4)
    labels = torch.tensor([[[3, 3, 14, 255], [3, 3, 255, 14]]])
    # The smooth targets look at neighbours: those of the left column are the same in both.
    changed = logits.clone()
    changed[..., 2:] += 5 * torch.randn(1, 15, 2, 2)
    assert float(loss(changed, labels)) == pytest.approx(float(loss(logits, labels)), rel=1e-5)
    assert float(loss(logits, labels)) > 0


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_nothing_labelled_is_no_loss_and_no_gradient(name: str) -> None:
    logits = torch.randn(1, 15, 2, 2, requires_grad=True)
    loss = make_loss(LossOptions(name))(logits, torch.full((1, 2, 2), 14))
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert logits.grad is not None and float(logits.grad.abs().sum()) == 0.0


def test_cross_entropy_smooths_over_counted_classes() -> None:
    probabilities = [[0.5, 0.3, 0.2]]
    loss = make_loss(LossOptions("cross_entropy", ignored=2, label_smoothing=0.3))
    # PyTorch divides the smoothing by all classes and drops the ignored one.
    expected = -(0.7 * math.log(0.5) + 0.1 * (math.log(0.5) + math.log(0.3)))
    got = float(loss(logits_of(probabilities), torch.tensor([[[0]]])))
    assert got == pytest.approx(expected, rel=1e-5)


def test_focal_by_hand() -> None:
    loss = make_loss(LossOptions("focal", ignored=2, gamma=2.0))
    got = loss(logits_of([[0.9, 0.05, 0.05], [0.4, 0.4, 0.2]]), torch.tensor([[[0, 1]]]))
    expected = -(0.1**2 * math.log(0.9) + 0.6**2 * math.log(0.4)) / 2
    assert float(got) == pytest.approx(expected, rel=1e-5)


def test_recall_weighs_classes_by_what_is_missed() -> None:
    # Class 0: one of two missed. Class 1: all found, so it weighs nothing.
    pixels = [[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.1, 0.8, 0.1]]
    loss = make_loss(LossOptions("recall", ignored=2))
    got = loss(logits_of(pixels), torch.tensor([[[0, 0, 1]]]))
    assert float(got) == pytest.approx(-0.5 * (math.log(0.8) + math.log(0.3)) / 3, rel=1e-5)


def test_smooth_targets_follow_the_specification() -> None:
    labels = torch.tensor([[[4, 4, 6], [4, 4, 6], [4, 4, 0]]])
    targets = soft_targets(labels, 15)
    assert torch.allclose(targets.sum(1), torch.ones(1, 3, 3))
    small = 0.1 / 15
    assert float(targets[0, 4, 0, 0]) == pytest.approx(1 - 14 * small)
    assert float(targets[0, 4, 0, 1]) == pytest.approx((1 - 13 * small) / 2)
    assert float(targets[0, 6, 0, 1]) == pytest.approx((1 - 13 * small) / 2)
    assert float(targets[0, 5, 0, 1]) == pytest.approx(small)
    assert float(targets[0, 0, 2, 2]) == pytest.approx(0.6)
    assert float(targets[0, 4, 2, 2]) == pytest.approx(0.4 * CROP_SHARES[3], rel=1e-3)


def test_boundary_is_both_sides_of_a_border() -> None:
    labels = torch.tensor([[[1, 1, 6, 6]] * 3])
    assert boundary_of(labels)[0].tolist() == [[0, 1, 1, 0]] * 3
    wanted = torch.stack([1 - boundary_of(labels), boundary_of(labels)], 1).float()
    right, wrong = 20 * wanted, 20 * (1 - wanted)
    assert float(boundary_loss(right, labels, 2.0)) < 1e-3 < float(boundary_loss(wrong, labels, 2))


def test_distillation_is_0_for_equals_and_falls_towards_the_teacher() -> None:
    torch.manual_seed(2)
    teacher = torch.randn(1, 15, 2, 2)
    other = torch.randn(1, 15, 2, 2)
    assert float(distillation(teacher, teacher, 2.0)) == pytest.approx(0, abs=1e-6)
    far, near = (float(distillation(teacher + s * other, teacher, 2.0)) for s in (1.0, 0.3))
    assert far > near > 0


def test_unknown_loss_is_named() -> None:
    with pytest.raises(ValueError, match="known are cross_entropy"):
        make_loss(LossOptions("moon"))
