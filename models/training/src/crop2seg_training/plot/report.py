"""All pictures of one evaluation report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crop2seg_training.plot.confusion import draw_class_bars, draw_confusion, draw_shares
from crop2seg_training.plot.reliability import draw_reliability


def draw_report(report: dict[str, Any], folder: Path) -> list[Path]:
    """Confusion matrices of each model, bars by class, reliability; the files written.

    `report` is what `crop2seg-train evaluate` wrote. Raises MissingPlotsError without matplotlib.
    """
    names, dataset, models = report["classes"], report["dataset"], report["models"]
    written = []
    for model, judged in models.items():
        scores = judged["regions"]["all"]["all"]
        stem, title = f"{dataset}-{model}", f"{dataset}, {model}"
        path = folder / f"confusion-{stem}.png"
        draw_confusion(path, scores, names, title)
        shares = folder / f"confusion-share-{stem}.png"
        draw_shares(shares, scores, names, f"{title}: share of each label", False)
        logs = folder / f"confusion-log-{stem}.png"
        draw_shares(logs, scores, names, f"{title}: pixels", True)
        written += [path, shares, logs]
    bars, reliability = folder / f"classes-{dataset}.png", folder / f"reliability-{dataset}.png"
    draw_class_bars(bars, {m: v["regions"]["all"]["all"] for m, v in models.items()}, names)
    draw_reliability(reliability, {m: v["calibration"] for m, v in models.items()})
    return [*written, bars, reliability]
