"""Learning from another network's probabilities."""

from __future__ import annotations

import torch
from torch import Tensor


def distillation(logits: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Kullback-Leibler divergence of softened probabilities [B, K, H, W] from a teacher's.

    Mean over the pixels, labelled or not, times the temperature squared, so that gradients keep
    their size (Hinton et al., 2015).
    """
    target = torch.softmax(teacher / temperature, 1)
    own = torch.log_softmax(logits / temperature, 1)
    # Entropy of the teacher included, so that 0 means equal.
    divergence = (target * (torch.log(target.clamp_min(1e-8)) - own)).sum(1)
    return divergence.mean() * temperature**2
