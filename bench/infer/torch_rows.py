"""PyTorch's side of `npm run bench -- infer`: times of the networks as their authors write them, and the right answers.

Reads one JSON object from stdin: {"input": file, "dates": T, "days": [...], "size": 128, "threads": 2, "rounds": n,
"models": {name: {"architecture": ..., "weights": weights.npz, "logits": file to write}}}. The input file holds float32
[T, bands, size, size], normalised. Prints one JSON object: {"torch": version, "models": {name: {"asWritten": ms,
"noDummy": ms}}}.

"As written" differs from this repository's own networks in three places (behavioural specification, 2.1 to 2.4): keys
and values of the temporal attention are widened to 256 channels for every date; blocks that run per date are first run
on zeros of the whole input, just to learn the shape of their output; attention maps are enlarged for all dates at once.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from crop2seg_training.export import load_checkpoint, put_weights
from crop2seg_training.networks import build_network, configure, timeunet, utae, wtae
from crop2seg_training.networks.attention_direct import DirectTemporalAttention

dummy_pass = True


def per_date_as_written(block, x: Tensor, padding: Tensor | None) -> Tensor:
    """Each date through `block`, after a first pass over zeros. The series here have no padding."""
    flat = x.flatten(0, 1)
    if dummy_pass:
        block(torch.zeros_like(flat))
    out = block(flat)
    return out.view(*x.shape[:2], *out.shape[1:])


def aggregate_as_written(features: Tensor, attention: Tensor, mode: str, padding: Tensor | None) -> Tensor:
    """Weighted sum over the dates; attention of all dates is enlarged at once. No padding, grouped by head."""
    assert mode == "att_group" and padding is None
    heads, batch, dates = attention.shape[:3]
    rows, columns = features.shape[-2:]
    enlarged = nn.functional.interpolate(
        attention.reshape(heads * batch, dates, *attention.shape[-2:]),
        size=(rows, columns),
        mode="bilinear",
        align_corners=False,
    ).view(heads, batch, dates, 1, rows, columns)
    by_head = torch.stack(features.chunk(heads, dim=2))
    return torch.cat([part for part in (enlarged * by_head).sum(dim=2)], dim=1)


def weights_as_written(self: DirectTemporalAttention, x: Tensor, days: Tensor, padding, scale=None) -> Tensor:
    """W-TAE's attention: the weighted values are computed too, and thrown away."""
    wide = self._widen(x, days)
    attention = self._attend(wide, padding)
    torch.matmul(attention.unsqueeze(2), torch.stack(wide.chunk(self.config.heads, dim=-1)))
    return self._by_date(attention, x)


def write_as_the_authors_do() -> None:
    for module in (timeunet, utae, wtae):
        module.per_date = per_date_as_written
    for module in (utae, wtae):
        module.aggregate = aggregate_as_written
    DirectTemporalAttention.weights = weights_as_written


def main() -> None:
    global dummy_pass
    order = json.load(sys.stdin)
    torch.set_num_threads(order["threads"])
    shape = (1, order["dates"], -1, order["size"], order["size"])
    x = torch.from_numpy(np.fromfile(order["input"], np.float32)).view(shape)
    days = torch.tensor([order["days"]], dtype=torch.float32)
    write_as_the_authors_do()
    rows = {}
    for name, model in order["models"].items():
        config = configure(model["architecture"], formulation="direct")
        network = build_network(model["architecture"], config).eval()
        put_weights(network, load_checkpoint(Path(model["weights"])))
        times: dict[bool, list[float]] = {True: [], False: []}
        with torch.no_grad():
            network(x, days).numpy().astype("<f4").tofile(model["logits"])
            for _ in range(order["rounds"]):
                for dummy_pass in (True, False):
                    begin = time.perf_counter()
                    network(x, days)
                    times[dummy_pass].append((time.perf_counter() - begin) * 1000)
        rows[name] = {
            "asWritten": round(statistics.median(times[True]), 1),
            "noDummy": round(statistics.median(times[False]), 1),
        }
    print(json.dumps({"torch": torch.__version__, "models": rows}))


main()
