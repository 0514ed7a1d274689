"""Training a network, in a folder of its own."""

from __future__ import annotations

import json
import signal
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import FrameType

import numpy as np
import torch
from tqdm import tqdm

from crop2seg_training.allocator import keep_freed_memory
from crop2seg_training.evaluate.judge import judge
from crop2seg_training.evaluate.metrics import MapScores
from crop2seg_training.evaluate.network import predict_with
from crop2seg_training.export.trained import TrainedNetwork
from crop2seg_training.train.auxiliary import make_auxiliary
from crop2seg_training.train.averaging import AveragedWeights
from crop2seg_training.train.budget import make_budget
from crop2seg_training.train.checkpoint import Progress, load_checkpoint, save_checkpoint
from crop2seg_training.train.config import TrainConfig
from crop2seg_training.train.frozen import to_training_mode
from crop2seg_training.train.objective import make_objective
from crop2seg_training.train.prepare import (
    device_of,
    make_network,
    make_optimiser,
    with_heads,
)
from crop2seg_training.train.records import Journal, write_run_report, write_training_record
from crop2seg_training.train.step import learning_rate, score_series, train_step
from crop2seg_training.train.stream import read_batches
from crop2seg_training.train.validation import make_validation

LOG_EVERY = 20  # steps
SAVE_SECONDS = 120.0
PER_CENT = 100.0


class Run:
    """One training run in its folder: `config.json`, `metrics.jsonl`, `checkpoint.pt`, `best.pt`.

    `best.pt` is the state of the validation with the highest mean IoU so far. At the end come
    `training.json`, `evaluation-validation.json` and pictures.
    """

    def __init__(self, config: TrainConfig, out: Path, resume: bool) -> None:
        self.config, self.out = with_heads(config), out
        keep_freed_memory()
        torch.set_num_threads(config.threads)
        self.device = device_of(config)
        # A resumed run has its own weights: those it once started from need not be there any more.
        self.network = make_network(replace(config, start_from=None) if resume else config)
        self.auxiliary = make_auxiliary(self.config, self.network)
        self.optimiser = make_optimiser(self.network, config, self.auxiliary)
        self.averaged = (
            AveragedWeights(self.network, config.averaging) if config.averaging else None
        )
        self.validation = make_validation(config)
        self.budget = make_budget(config, self.validation.steps_per_epoch)
        self.objective = make_objective(
            config, self.validation.scheme.ignored, self.device, self.auxiliary
        )
        self.progress = Progress()
        self.stopping = False
        out.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(out / "metrics.jsonl")
        if resume:
            self.progress = load_checkpoint(
                self.checkpoint, self.network, self.optimiser, self.auxiliary, self.averaged
            )
            self.journal.forget_after(self.progress.step)
        else:
            self.journal.clear()
        self.config.save(out / "config.json")

    @property
    def checkpoint(self) -> Path:
        """Where the state is saved."""
        return self.out / "checkpoint.pt"

    def share(self) -> float:
        """Share of the budget that is used."""
        return self.budget.share(self.progress)

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """Signal handler: ends after the current step, with the state saved."""
        self.stopping = True

    def validate(self) -> MapScores | None:
        """Scores on what is kept for validation, logged; None where nothing is."""
        if self.validation.count == 0:
            return None
        with self._judged_weights():
            scores = score_series(
                TrainedNetwork("", self.network, self.config.norm, self.config.rules),
                self.validation.series(),
                self.validation.scheme,
                self.device,
            )
        to_training_mode(self.network, self.config.freeze)
        self.journal.log_validation(self.progress, scores)
        return scores

    def _judged_weights(self) -> AbstractContextManager[None]:
        """The context in which the network has the weights that count: averaged, or its own."""
        return nullcontext() if self.averaged is None else self.averaged.used_by(self.network)

    def _judge_progress(self) -> None:
        """Validates; keeps the best state, and stops a run that has not been better for long."""
        scores = self.validate()
        if scores is None:
            return
        value = scores["all"]["macroIou"] or 0.0
        if value > self.progress.best:
            self.progress.best, self.progress.waited = value, 0
            self._write(self.out / "best.pt")
        else:
            self.progress.waited += 1
            patience = self.config.patience
            self.stopping |= patience is not None and self.progress.waited >= patience

    def _write(self, path: Path) -> None:
        save_checkpoint(
            path, self.network, self.optimiser, self.progress, self.auxiliary, self.averaged
        )

    def save(self) -> None:
        """Saves the state."""
        self._write(self.checkpoint)

    def train(self, until: int | None = None) -> None:
        """Trains until the budget is used, a step number is reached or a signal asks to stop."""
        to_training_mode(self.network, self.config.freeze)
        start, used = time.monotonic(), self.progress.seconds
        saved, validated = self.progress.seconds, replace(self.progress)
        losses: list[tuple[float, float]] = []
        batches = read_batches(self.config, self.progress.step)
        bar = tqdm(total=PER_CENT, unit="%", bar_format="{l_bar}{bar}| {elapsed}", disable=None)
        try:
            while self.share() < 1 and not self.stopping and self.progress.step != until:
                for group in self.optimiser.param_groups:
                    group["lr"] = learning_rate(self.config, self.share())
                batch = next(batches)
                losses.append(
                    train_step(
                        self.network,
                        self.optimiser,
                        self.objective,
                        batch,
                        self.config.clip_norm,
                    )
                )
                if self.averaged is not None:
                    self.averaged.add(self.network)
                self.progress.step += 1
                self.progress.samples += len(batch.dn)
                self.progress.seconds = used + time.monotonic() - start
                bar.update(min(PER_CENT, self.share() * PER_CENT) - bar.n)
                if self.progress.step % LOG_EVERY == 0:
                    loss, accuracy = np.mean(losses, axis=0)
                    self.journal.log_step(
                        self.progress, loss, accuracy, self.optimiser.param_groups[0]["lr"]
                    )
                    losses.clear()
                if self.budget.validation_is_due(self.progress, validated):
                    self._judge_progress()
                    validated = replace(self.progress)
                if self.progress.seconds - saved > SAVE_SECONDS:
                    self.save()
                    saved = self.progress.seconds
        finally:
            bar.close()
            batches.close()
            self.save()

    def finish(self) -> None:
        """Judges the last state and writes its report, and `training.json` for a card."""
        scores: MapScores | None = None
        if self.validation.count:
            self.network.eval()
            trained = TrainedNetwork(
                self.config.model, self.network, self.config.norm, self.config.rules
            )
            predict = predict_with(trained, str(self.device))
            with self._judged_weights():
                judged = judge(
                    {"network": predict}, self.validation.series(), self.validation.scheme
                )
            scores = judged["network"]["regions"]["all"]
            self.journal.log_validation(self.progress, scores)
            write_run_report(self.out, self.validation, self.config, judged)
        write_training_record(
            self.out / "training.json",
            self.config,
            self.progress,
            finished=self.share() >= 1,
            about=self.validation.about,
            scores=scores,
        )


def refuse_other_run(config: TrainConfig, out: Path) -> None:
    """Raises ValueError where a folder holds a run of another network, which would be lost."""
    saved = out / "config.json"
    if saved.is_file():
        other = json.loads(saved.read_text(encoding="utf-8")).get("model")
        if other != config.model:
            raise ValueError(f"{out} holds a run of {other}: give another --out, or remove it")


def run_training(config: TrainConfig, out: Path, resume: bool = False) -> None:
    """Trains and writes everything under `out`. SIGTERM and Ctrl-C save and stop.

    Raises ValueError where `out` holds a run of another network.
    """
    refuse_other_run(config, out)
    run = Run(config, out, resume)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, run.stop)
    run.train()
    run.finish()
