"""A report: scores of several predictors on several data sets, as JSON and for a model card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from crop2seg_training.data.nomenclature import ClassScheme
from crop2seg_training.datasets.record import LabelledSet
from crop2seg_training.evaluate.judge import Predictor, judge

FORMAT = "crop2seg-evaluation/1"
CARD_REGIONS = {"all": "all labelled pixels", "crops": "crop pixels"}
_CARD_CLASS_KEYS = ("iou", "precision", "recall", "f1")


def evaluate_set(
    predictors: dict[str, Predictor], data: LabelledSet, command: str, about: dict[str, Any]
) -> dict[str, Any]:
    """The report of one data set; `about` is a line on each predictor."""
    with tqdm(total=len(data.entries), desc=data.name, unit="series", disable=None) as bar:

        def advance(name: str) -> None:
            bar.update()

        judgements = judge(predictors, data, data.scheme, advance)
    return make_report((data.name, data.kind), data.scheme, command, judgements, about)


def make_report(
    data: tuple[str, str],
    scheme: ClassScheme,
    command: str,
    judgements: dict[str, dict[str, Any]],
    about: dict[str, Any],
) -> dict[str, Any]:
    """A report of judgements by model; `data` is name and kind of the data set."""
    return {
        "format": FORMAT,
        "dataset": data[0],
        "kind": data[1],
        "scheme": scheme.name,
        "classes": list(scheme.classes),
        "command": command,
        "models": {name: {"about": about[name], **judged} for name, judged in judgements.items()},
    }


def card_records(reports: Sequence[dict[str, Any]], model: str) -> list[dict[str, Any]]:
    """Accuracy records of a model card: everywhere and over crops, a data set each."""
    records = []
    for report in reports:
        scores = report["models"][model]["regions"]["all"]
        for part, region in CARD_REGIONS.items():
            entry = scores[part]
            records.append(
                {
                    "dataset": report["dataset"],
                    "kind": report["kind"],
                    "region": region,
                    "overallAccuracy": entry["overallAccuracy"],
                    "macroF1": entry["macroF1"],
                    "pixels": entry["pixels"],
                    "perClass": {
                        code: {key: values[key] for key in _CARD_CLASS_KEYS}
                        for code, values in entry["perClass"].items()
                    },
                    "command": report["command"],
                }
            )
    return records


def summary_lines(report: dict[str, Any]) -> list[str]:
    """A line for each predictor: the figures that people ask for first."""
    lines = []
    for name, judged in report["models"].items():
        crops, whole = (judged["regions"]["all"][part] for part in ("crops", "all"))
        error = judged["calibration"]["expectedCalibrationError"]
        lines.append(
            f"{report['dataset']:>18} {name:>10}: crops {_share(crops['overallAccuracy'])} "
            f"(macro F1 {_share(crops['macroF1'])}), all {_share(whole['overallAccuracy'])} "
            f"(macro F1 {_share(whole['macroF1'])}), top 2 "
            f"{_share(judged['top2']['crops']['overallAccuracy'])}, calibration error "
            f"{_share(error)}"
        )
    return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def write_json(path: Path, content: Any) -> None:
    """Writes a report; NaN is refused, because browsers cannot read it."""
    path.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
