"""An endless, reproducible stream of batches, made in worker processes.

Chunk number i depends on the run's settings and on i alone; worker w of n makes chunks w, w + n,
... and the reader takes them in turn. So batch k is the same in every run, and a resumed run starts
at batch k without making the ones before it again.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator, Sequence
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from queue import Empty
from typing import cast

from crop2seg_training.allocator import keep_freed_memory
from crop2seg_training.train.batch import Batch
from crop2seg_training.train.config import SIMULATED, TrainConfig
from crop2seg_training.train.file_chunks import make_file_chunk
from crop2seg_training.train.kept_chunks import make_scene_chunk

QUEUE_CHUNKS = 3  # chunks a worker may be ahead; one of scenes is about 40 MB
WORKER_CHECK_SECONDS = 5.0


def make_chunk(config: TrainConfig, number: int) -> list[Batch]:
    """The batches of one chunk of the run's data."""
    if config.data == SIMULATED:
        return make_scene_chunk(config, number)
    return make_file_chunk(config, number)


def batches_per_chunk(config: TrainConfig) -> int:
    """Batches that one chunk yields."""
    return config.scene_batches_per_chunk if config.data == SIMULATED else 1


def _work(config: TrainConfig, first: int, step: int, queue: Queue[list[Batch]]) -> None:
    keep_freed_memory()
    number = first
    while True:
        queue.put(make_chunk(config, number))
        number += step


def _next_chunk(queue: Queue[list[Batch]], processes: Sequence[BaseProcess]) -> list[Batch]:
    """Next chunk of a worker; notices a worker that died instead of waiting for ever."""
    while True:
        try:
            return queue.get(timeout=WORKER_CHECK_SECONDS)
        except Empty:
            dead = [process for process in processes if process.exitcode is not None]
            if dead:
                raise RuntimeError(
                    f"a loading worker stopped with exit code {dead[0].exitcode}; "
                    "its message is above"
                ) from None


def read_batches(config: TrainConfig, start: int) -> Generator[Batch, None, None]:
    """Batches from number `start` on, without end. Workers stop when the iterator is closed."""
    first_chunk, skip = divmod(start, batches_per_chunk(config))
    if config.workers == 0:
        number = first_chunk
        while True:
            yield from make_chunk(config, number)[skip:]
            number, skip = number + 1, 0
    context = multiprocessing.get_context("spawn")
    queues = [
        cast("Queue[list[Batch]]", context.Queue(maxsize=QUEUE_CHUNKS))
        for _ in range(config.workers)
    ]
    processes = [
        context.Process(
            target=_work,
            args=(config, first_chunk + worker, config.workers, queues[worker]),
            daemon=True,
        )
        for worker in range(config.workers)
    ]
    for process in processes:
        process.start()
    try:
        turn = 0
        while True:
            chunk = _next_chunk(queues[turn % config.workers], processes)
            yield from chunk[skip:]
            turn, skip = turn + 1, 0
    finally:
        for process in processes:
            process.terminate()
