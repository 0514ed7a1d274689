"""Where in the season a network looks: attention over time, by class and by head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from crop2seg_training.data.normalisation import network_input
from crop2seg_training.datasets.record import LabelledSeries
from crop2seg_training.evaluate.network import padded
from crop2seg_training.export.trained import TrainedNetwork
from crop2seg_training.plot.data import MONTHS
from crop2seg_training.plot.style import class_colour, figure, short


def attention_by_class(
    trained: TrainedNetwork, series: LabelledSeries
) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """Attention [heads, dates] over all pixels, and [dates] of each class, mean over heads.

    Networks that attend at a coarser scale give each pixel the weights of its cell. Raises
    ValueError for a network without attention.
    """
    bands = trained.network.config.bands
    x = torch.from_numpy(network_input(series.dn, trained.normalisation, bands))[None]
    days = torch.from_numpy(series.days.astype(np.float32))[None]
    fitting = padded(x, trained.network.config.size_multiple)
    with torch.no_grad():
        parts = trained.network.forward_parts(fitting, days)
    weights = getattr(parts, "attention", None)
    if weights is None:
        raise ValueError(f"{trained.name} has no attention over time")
    maps = weights[:, 0].numpy()  # [heads, dates, rows, columns]
    rows, columns = series.labels.shape
    scale_y, scale_x = (fitting.shape[axis] // maps.shape[axis - 1] for axis in (3, 4))
    full = maps.mean(0).repeat(scale_y, 1).repeat(scale_x, 2)[:, :rows, :columns]
    classes = trained.network.config.classes
    codes = [int(code) for code in np.unique(series.labels) if code < classes]
    return maps.mean((2, 3)), {code: full[:, series.labels == code].mean(1) for code in codes}


def draw_attention(
    path: Path, trained: TrainedNetwork, series: LabelledSeries, names: Sequence[str]
) -> None:
    """Curves by class above, heads below; a vertical line is an acquisition."""
    by_head, by_class = attention_by_class(trained, series)
    with figure(path, 10, 7, nrows=2, height_ratios=[2, 1]) as (drawn, axes):
        even = 1 / len(series.days)
        axes[0].axhline(even, color="grey", linestyle=":", label="even")
        for code, curve in by_class.items():
            axes[0].plot(
                series.days, curve, marker="o", markersize=3,
                color="black" if code == 0 else class_colour(code, names), label=short(names[code]),
            )  # fmt: skip
        for day in series.days:
            axes[0].axvline(day, color="grey", linewidth=0.3)
        axes[0].set_xticks(list(MONTHS.values()), [name.strip() for name in MONTHS])
        axes[0].set_ylabel("attention, mean of heads")
        axes[0].set_title(f"{trained.name} on {series.name}", fontsize=9)
        axes[0].legend(fontsize=7, ncols=2)
        image = axes[1].imshow(by_head, aspect="auto", cmap="magma")
        drawn.colorbar(image, ax=axes[1], label="attention")
        axes[1].set_xlabel("acquisition")
        axes[1].set_ylabel("head")
        axes[1].locator_params(integer=True)
