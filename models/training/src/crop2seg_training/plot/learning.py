"""How runs went: loss, learning rate and validation, from their `metrics.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crop2seg_training.plot.style import figure

PANELS = (("loss", "loss"), ("lr", "learning rate"), ("accuracy", "accuracy"), ("f1", "macro F1"))


def read_metrics(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lines of training and lines of validation."""
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    validations = [line for line in lines if line.get("validation")]
    return [line for line in lines if not line.get("validation")], validations


def draw_learning(path: Path, runs: dict[str, Path]) -> None:
    """Curves of runs by name; each is a folder with `metrics.jsonl`."""
    layout = {"nrows": 2, "ncols": 2, "sharex": True}
    with figure(path, 10, 6.5, **layout) as (_, axes):
        for number, (name, folder) in enumerate(runs.items()):
            trained, validated = read_metrics(folder / "metrics.jsonl")
            colour = f"C{number % 10}"
            steps = [line["step"] for line in trained]
            for axis, key in zip(axes.flat, ("loss", "lr", "accuracy")):
                # Points too: a short run has one line, of which no curve can be drawn.
                values = [line[key] for line in trained]
                axis.plot(steps, values, color=colour, marker=".", markersize=3, label=name)
            for axis, key in ((axes[1, 0], "accuracy"), (axes[1, 1], "macro_f1")):
                axis.plot(
                    [line["step"] for line in validated],
                    [line[key] for line in validated],
                    color=colour, marker="o", linestyle="--", label=f"{name}, validation",
                )  # fmt: skip
        for axis, (_, title) in zip(axes.flat, PANELS):
            axis.set_title(title, fontsize=9)
            axis.grid(alpha=0.3)
        axes[0, 0].legend(fontsize=8)
        axes[1, 0].legend(fontsize=8)
        for axis in axes[1]:
            axis.set_xlabel("step")
