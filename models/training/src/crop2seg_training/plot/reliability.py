"""Reliability: how often the answers of a confidence are right, and how many there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crop2seg_training.plot.style import figure


def draw_reliability(path: Path, calibrations: dict[str, Any]) -> None:
    """Curves and strength of the bins; `calibrations` are scores by the name of their model."""
    layout = {"nrows": 2, "sharex": True, "height_ratios": [3, 1]}
    with figure(path, 5, 6, **layout) as (_, axes):
        axes[0].plot([0, 1], [0, 1], color="grey", linestyle=":", label="perfect")
        for name, scores in calibrations.items():
            pairs = [
                (confidence, accuracy, share)
                for confidence, accuracy, share in zip(
                    scores["confidence"], scores["accuracy"], scores["share"]
                )
                if confidence is not None
            ]
            error = scores["expectedCalibrationError"]
            label = name if error is None else f"{name}, expected error {error:.3f}"
            axes[0].plot([p[0] for p in pairs], [p[1] for p in pairs], marker="o", label=label)
            axes[1].plot([p[0] for p in pairs], [p[2] for p in pairs], marker="o")
        axes[0].set_ylabel("accuracy")
        axes[0].legend(fontsize=8)
        axes[1].set_ylabel("share of pixels")
        axes[1].set_xlabel("confidence")
        axes[1].set_xlim(0, 1)
