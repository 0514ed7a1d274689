"""Training a network on simulated scenes."""

from __future__ import annotations

import json
import platform
import signal
import time
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch

from crop2seg_training.allocator import keep_freed_memory
from crop2seg_training.evaluate.metrics import MapScores
from crop2seg_training.train.checkpoint import Progress, load_checkpoint, save_checkpoint
from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.prepare import make_network, make_optimiser
from crop2seg_training.train.step import learning_rate, make_loss, score_scenes, train_step
from crop2seg_training.train.stream import read_batches, validation_scenes

LOG_EVERY = 20  # steps
SAVE_SECONDS = 120.0
SUMMARY = (
    "Trained on simulated Sentinel-2 scenes. The fields are painted with real parcel series of "
    "France and Belgium (ESA WorldCereal), shifted and mixed, and with class curves to which real "
    "spectra were lent."
)


class Run:
    """One training run in its folder: `config.json`, `metrics.jsonl`, `checkpoint.pt`."""

    def __init__(self, config: TrainConfig, out: Path, resume: bool) -> None:
        self.config, self.out = config, out
        keep_freed_memory()
        torch.set_num_threads(config.threads)
        self.network = make_network(config)
        self.optimiser = make_optimiser(self.network, config)
        self.loss_of = make_loss(config)
        self.progress = Progress()
        self.stopping = False
        out.mkdir(parents=True, exist_ok=True)
        if resume:
            self.progress = load_checkpoint(self.checkpoint, self.network, self.optimiser)
        else:
            config.save(out / "config.json")
            (out / "metrics.jsonl").unlink(missing_ok=True)
        self.scenes = validation_scenes(config)

    @property
    def checkpoint(self) -> Path:
        """Where the state is saved."""
        return self.out / "checkpoint.pt"

    def share(self) -> float:
        """Share of the budget that is used."""
        if self.config.steps is not None:
            return self.progress.step / self.config.steps
        return self.progress.seconds / (self.config.minutes * 60)

    def log(self, **values: Any) -> None:
        """Appends a line to `metrics.jsonl` and prints it."""
        minutes = round(self.progress.seconds / 60, 2)
        line = json.dumps({"step": self.progress.step, "minutes": minutes} | values)
        with (self.out / "metrics.jsonl").open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """Signal handler: ends after the current step, with the state saved."""
        self.stopping = True

    def validate(self) -> MapScores:
        """Scores on the held-out simulated scenes, logged."""
        scores = score_scenes(self.network, self.scenes)
        f1 = {code: entry["f1"] for code, entry in scores["all"]["perClass"].items()}
        self.log(
            validation=True,
            accuracy=scores["all"]["overallAccuracy"],
            crop_accuracy=scores["crops"]["overallAccuracy"],
            macro_f1=scores["all"]["macroF1"],
            f1={code: None if value is None else round(value, 3) for code, value in f1.items()},
        )
        return scores

    def save(self) -> None:
        """Saves the state."""
        save_checkpoint(self.checkpoint, self.network, self.optimiser, self.progress)

    def train(self, until: int | None = None) -> None:
        """Trains until the budget is used, a step number is reached or a signal asks to stop."""
        self.network.train()
        start, used = time.monotonic(), self.progress.seconds
        saved = validated = self.progress.seconds
        losses: list[tuple[float, float]] = []
        batches = read_batches(self.config, self.progress.step)
        try:
            while self.share() < 1 and not self.stopping and self.progress.step != until:
                for group in self.optimiser.param_groups:
                    group["lr"] = learning_rate(self.config, self.share())
                batch = next(batches)
                losses.append(
                    train_step(
                        self.network, self.optimiser, self.loss_of, batch, self.config.clip_norm
                    )
                )
                self.progress.step += 1
                self.progress.seconds = used + time.monotonic() - start
                if self.progress.step % LOG_EVERY == 0:
                    loss, accuracy = np.mean(losses, axis=0)
                    lr = self.optimiser.param_groups[0]["lr"]
                    self.log(loss=round(loss, 4), accuracy=round(accuracy, 4), lr=round(lr, 6))
                    losses.clear()
                if self.progress.seconds - saved > SAVE_SECONDS:
                    self.save()
                    saved = self.progress.seconds
                if self.progress.seconds - validated > self.config.validate_minutes * 60:
                    self.validate()
                    validated = self.progress.seconds
        finally:
            batches.close()
            self.save()

    def finish(self) -> None:
        """Validates a last time and writes `training.json`, from which a card is written."""
        summary = {
            "simulated": True,
            "summary": SUMMARY,
            "seed": self.config.seed,
            "steps": self.progress.step,
            "samples": self.progress.step * self.config.batch_size,
            "minutes": round(self.progress.seconds / 60, 1),
            "hardware": f"{platform.machine()}, {self.config.threads} CPU threads, "
            f"PyTorch {torch.__version__}",
            "finished": self.share() >= 1,
            "config": asdict(self.config),
            "validation": {
                "dataset": f"simulated, {len(self.scenes)} scenes of held-out seeds and parcels",
                **self.validate(),
            },
        }
        (self.out / "training.json").write_text(json.dumps(summary, indent=1) + "\n")


def run_training(config: TrainConfig, out: Path, resume: bool = False) -> None:
    """Trains and writes everything under `out`. SIGTERM and Ctrl-C save and stop."""
    run = Run(config, out, resume)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, run.stop)
    run.train()
    run.finish()
