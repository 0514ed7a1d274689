"""Probabilities that mean what they say: one number by which all scores are divided.

Temperature scaling (Guo et al., On Calibration of Modern Neural Networks, 2017). Scores leave the
network through a norm and a ReLU, both of which pass a positive factor on: so the division can be
made once, in the weights of that norm. No label changes, and the file of weights keeps its keys.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from crop2seg_training.data.nomenclature import IGNORED_CLASS
from crop2seg_training.export.trained import TrainedNetwork
from crop2seg_training.networks.blocks import ConvBlock

SEED_STREAM = 404
"""First number of the seeds of the scenes it is found on; none is trained on or judged on."""
CANDIDATES: npt.NDArray[np.float64] = np.geomspace(0.5, 4.0, 85)
"""Steps of 2.5 %."""
_SCENE_PIXELS, _LEAST_DATES, _MOST_DATES = 128, 10, 26


def best_temperature(samples: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> float:
    """That with the least negative log-likelihood over all pixels.

    Samples are scores [classes, pixels] and labels [pixels]. Raises ValueError without any pixel.
    """
    pixels, losses = 0, np.zeros(len(CANDIDATES))
    for scores, labels in samples:
        pixels += labels.numel()
        for place, temperature in enumerate(CANDIDATES):
            chances = torch.log_softmax(scores / float(temperature), 0)
            losses[place] -= float(chances.gather(0, labels[None]).sum())
    if pixels == 0:
        raise ValueError("no labelled pixel to find a temperature on")
    return float(CANDIDATES[losses.argmin()])


def simulated_samples(
    trained: TrainedNetwork, count: int
) -> Iterable[tuple[torch.Tensor, torch.Tensor]]:
    """Scores and labels of the pixels that count, of scenes with parcels kept from training."""
    from crop2seg_training.data.normalisation import network_input
    from crop2seg_training.simulate.scene import simulate_scene

    for number in range(count):
        rng = np.random.default_rng([SEED_STREAM, number])
        dates = int(rng.integers(_LEAST_DATES, _MOST_DATES + 1))
        scene = simulate_scene(_SCENE_PIXELS, dates, "validation", rng)
        bands = trained.network.config.bands
        seen = torch.from_numpy(network_input(scene.dn, trained.normalisation, bands))[None]
        days = torch.from_numpy(scene.days.astype(np.float32))[None]
        with torch.no_grad():
            scores = trained.network(seen, days)[0].flatten(1)
        labels = torch.from_numpy(scene.labels.astype(np.int64)).flatten()
        counted = labels != IGNORED_CLASS
        yield scores[:, counted], labels[counted]


def divide_scores(network: nn.Module, temperature: float) -> None:
    """Divides all scores of a network by a number above 0, in its last norm.

    Raises ValueError for a network that does not end in a norm with weights and a ReLU.
    """
    head = getattr(network, "out_conv", None)
    layers = head.conv.conv if isinstance(head, ConvBlock) else None
    *_, norm, relu = layers if isinstance(layers, nn.Sequential) else (None, None)
    if not isinstance(norm, (nn.BatchNorm2d, nn.GroupNorm)) or not isinstance(relu, nn.ReLU):
        raise ValueError("only a network that ends in a norm and a ReLU can be calibrated")
    with torch.no_grad():
        norm.weight.div_(temperature)
        norm.bias.div_(temperature)
