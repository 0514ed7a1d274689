"""What a run writes down: a line for every few steps, and a summary for the model card."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from crop2seg_training.evaluate.metrics import MapScores
from crop2seg_training.evaluate.report import make_report, write_json
from crop2seg_training.plot import MissingPlotsError, draw_learning, draw_report
from crop2seg_training.train.checkpoint import Progress
from crop2seg_training.train.config import SIMULATED, TrainConfig
from crop2seg_training.train.validation import Validation

SIMULATED_SUMMARY = (
    "Trained on simulated Sentinel-2 scenes. The fields are painted with real parcel series of "
    "France and Belgium (ESA WorldCereal), shifted and mixed, and with class curves to which real "
    "spectra were lent."
)


class Journal:
    """`metrics.jsonl`: one JSON object a line, printed as well."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def clear(self) -> None:
        """Begins anew."""
        self.path.unlink(missing_ok=True)

    def forget_after(self, step: int) -> None:
        """Drops what was written after the state that a resumed run goes on from."""
        if not self.path.is_file():
            return
        lines = self.path.read_text().splitlines()
        kept = [line for line in lines if json.loads(line)["step"] <= step]
        self.path.write_text("".join(line + "\n" for line in kept))

    def log(self, progress: Progress, **values: Any) -> None:
        """Appends a line."""
        head = {"step": progress.step, "minutes": round(progress.seconds / 60, 2)}
        line = json.dumps(head | values)
        with self.path.open("a") as file:
            file.write(line + "\n")
        tqdm.write(line)

    def log_step(self, progress: Progress, loss: float, accuracy: float, lr: float) -> None:
        """Means over the last steps."""
        self.log(progress, loss=round(loss, 4), accuracy=round(accuracy, 4), lr=round(lr, 6))

    def log_validation(self, progress: Progress, scores: MapScores) -> None:
        """Scores of a validation."""
        f1 = {code: entry["f1"] for code, entry in scores["all"]["perClass"].items()}
        self.log(
            progress,
            validation=True,
            accuracy=scores["all"]["overallAccuracy"],
            crop_accuracy=scores["crops"]["overallAccuracy"],
            macro_f1=scores["all"]["macroF1"],
            mean_iou=scores["all"]["macroIou"],
            f1={code: None if value is None else round(value, 3) for code, value in f1.items()},
        )


def write_training_record(
    path: Path,
    config: TrainConfig,
    progress: Progress,
    finished: bool,
    about: str,
    scores: MapScores | None,
) -> None:
    """Writes the summary of a run; the export puts part of it on the card."""
    simulated = config.data == SIMULATED
    teacher = f" Taught by {Path(config.teacher).name}." if config.teacher else ""
    start = f" Fine-tuned from {Path(config.start_from).name}." if config.start_from else ""
    of_files = f"Trained on {config.data.partition(':')[0]} data."
    summary = {
        "simulated": simulated,
        "summary": (SIMULATED_SUMMARY if simulated else of_files) + start + teacher,
        "seed": config.seed,
        "steps": progress.step,
        "samples": progress.samples,
        "minutes": round(progress.seconds / 60, 1),
        "hardware": f"{platform.machine()}, {_hardware(config)}, PyTorch {torch.__version__}",
        "finished": finished,
        "bestMeanIou": progress.best if progress.best >= 0 else None,
        "config": asdict(config),
        "validation": {"dataset": about, **(scores or {})},
    }
    path.write_text(json.dumps(summary, indent=1) + "\n")


def write_run_report(
    out: Path, validation: Validation, config: TrainConfig, judged: dict[str, dict[str, Any]]
) -> None:
    """Writes the report of the last state on the validation data, and pictures of it and the run.

    Without matplotlib the report is written and the lack of pictures is told.
    """
    kind = "simulated" if config.data == SIMULATED else "real"
    about = {"network": f"{config.model}, {validation.about}"}
    data = ("validation", kind)
    report = make_report(data, validation.scheme, "crop2seg-train train", judged, about)
    write_json(out / "evaluation-validation.json", report)
    try:
        draw_report(report, out)
        draw_learning(out / "learning.png", {out.name: out})
    except MissingPlotsError as error:
        tqdm.write(f"No pictures: {error}")


def _hardware(config: TrainConfig) -> str:
    uses_gpu = config.device.startswith("cuda") or (
        config.device == "auto" and torch.cuda.is_available()
    )
    return torch.cuda.get_device_name() if uses_gpu else f"{config.threads} CPU threads"
