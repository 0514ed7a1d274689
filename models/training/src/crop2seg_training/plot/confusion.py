"""Confusion matrices: counts with totals, shares of each label, and counts on a log scale."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crop2seg_training.plot.style import figure, short

_DARK = 0.5  # of the colour scale, above which numbers are written in white


def shown_classes(scores: dict[str, Any]) -> list[int]:
    """Positions in `confusion` of the classes that were labelled or answered."""
    counts = np.array(scores["confusion"])
    lost = np.array(scores["unanswered"])
    return [int(i) for i in np.flatnonzero(counts.sum(0) + counts.sum(1) + lost)]


def draw_confusion(path: Path, scores: dict[str, Any], names: Sequence[str], title: str) -> None:
    """Counts, with row and column of totals, recall, precision and F1 of each class."""
    shown = shown_classes(scores)
    counts = np.array(scores["confusion"], dtype=float)[np.ix_(shown, shown)]
    labels = [short(names[scores["classes"][i]]) for i in shown]
    size = len(shown)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    with figure(path, 3.5 + 0.75 * size, 2.5 + 0.55 * size) as (_, axes):
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for row in range(size):
            for column in range(size):
                colour = "white" if shares[row, column] > _DARK else "black"
                axes.text(
                    column, row, f"{counts[row, column]:.0f}",
                    ha="center", va="center", color=colour, fontsize=7,
                )  # fmt: skip
        axes.set_xticks(range(size), labels, rotation=45, ha="right", fontsize=8)
        axes.set_yticks(
            range(size),
            [_with_recall(label, i, scores) for label, i in zip(labels, shown)],
            fontsize=8,
        )
        axes.set_xlabel("answer")
        axes.set_ylabel("label (recall)")
        top = axes.secondary_xaxis("top")
        top.set_xticks(
            range(size),
            [_measure(scores, i, "precision") for i in shown],
            fontsize=7,
        )
        top.set_xlabel("precision")
        side = axes.secondary_yaxis("right")
        side.set_yticks(range(size), [_measure(scores, i, "f1") for i in shown], fontsize=7)
        side.set_ylabel("F1")
        axes.set_title(
            f"{title}: {scores['pixels']} pixels, accuracy {_number(scores['overallAccuracy'])}, "
            f"macro F1 {_number(scores['macroF1'])}",
            fontsize=9,
        )


def draw_shares(
    path: Path, scores: dict[str, Any], names: Sequence[str], title: str, logarithmic: bool
) -> None:
    """The matrix as shares of each label, or as counts on a logarithmic scale."""
    shown = shown_classes(scores)
    counts = np.array(scores["confusion"], dtype=float)[np.ix_(shown, shown)]
    labels = [short(names[scores["classes"][i]]) for i in shown]
    values = np.log10(counts + 1) if logarithmic else counts / np.maximum(counts.sum(1), 1)[:, None]
    with figure(path, 2.5 + 0.5 * len(shown), 2 + 0.45 * len(shown)) as (drawn, axes):
        image = axes.imshow(values, cmap="viridis", aspect="auto")
        drawn.colorbar(image, ax=axes, label="log10(pixels + 1)" if logarithmic else "share")
        axes.set_xticks(range(len(shown)), labels, rotation=45, ha="right", fontsize=8)
        axes.set_yticks(range(len(shown)), labels, fontsize=8)
        axes.set_xlabel("answer")
        axes.set_ylabel("label")
        axes.set_title(title, fontsize=9)


def draw_class_bars(path: Path, scores: dict[str, Any], names: Sequence[str]) -> None:
    """IoU, precision and recall of each class; `scores` are regions by the name of their model."""
    models = list(scores)
    codes = sorted({int(c) for entry in scores.values() for c in entry["perClass"]})
    measures = ("iou", "precision", "recall")
    layout = {"nrows": len(measures), "sharex": True, "squeeze": False}
    width = 0.8 / len(models)
    with figure(path, 3 + 0.6 * len(codes), 7, **layout) as (_, axes):
        for row, measure in enumerate(measures):
            for place, model in enumerate(models):
                per_class = scores[model]["perClass"]
                values = [per_class.get(str(code), {}).get(measure) or 0.0 for code in codes]
                offset = (place - (len(models) - 1) / 2) * width
                axes[row, 0].bar(np.arange(len(codes)) + offset, values, width, label=model)
            axes[row, 0].set_ylabel(measure)
            axes[row, 0].set_ylim(0, 1)
        axes[0, 0].legend(fontsize=8)
        axes[-1, 0].set_xticks(
            range(len(codes)), [short(names[c]) for c in codes], rotation=45, ha="right", fontsize=8
        )


def _with_recall(label: str, position: int, scores: dict[str, Any]) -> str:
    return f"{label} ({_measure(scores, position, 'recall')})"


def _measure(scores: dict[str, Any], position: int, measure: str) -> str:
    code = str(scores["classes"][position])
    return _number(scores["perClass"].get(code, {}).get(measure))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
