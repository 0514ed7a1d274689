"""Averaged weights: steadier than those of any one step, at the cost of one addition a step."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch
from torch import Tensor

from crop2seg_training.networks import SeriesNetwork

Weights = dict[str, Tensor]


class AveragedWeights:
    """An exponential average of a network's state, statistics of its norms included.

    The average of the first steps counts them alike, so that it does not hang on the start.
    """

    def __init__(self, network: SeriesNetwork, keep: float) -> None:
        self.keep, self.steps = keep, 0
        self.state: Weights = {key: v.clone() for key, v in network.state_dict().items()}

    @torch.no_grad()
    def add(self, network: SeriesNetwork) -> None:
        """Takes the state of the network after a step into the average."""
        self.steps += 1
        share = max(1 - self.keep, 1 / self.steps)
        for key, value in network.state_dict().items():
            if value.is_floating_point():
                self.state[key].lerp_(value, share)
            else:
                self.state[key].copy_(value)

    @contextmanager
    def used_by(self, network: SeriesNetwork) -> Generator[None, None, None]:
        """The network has the averaged weights inside the context, and its own again after it."""
        own = {key: value.clone() for key, value in network.state_dict().items()}
        network.load_state_dict(self.state)
        try:
            yield
        finally:
            network.load_state_dict(own)
