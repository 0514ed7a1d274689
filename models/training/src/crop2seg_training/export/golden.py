"""The golden tile: a small input whose right answer travels with the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from crop2seg_training.data import (
    BAND_MEAN,
    BAND_STD,
    BANDS,
    DEFAULT_NORMALISATION,
    Normalisation,
)
from crop2seg_training.networks import SeriesNetwork

GOLDEN_SIZE = 32
"""Rows and columns: small enough to run at start-up, large enough for all four levels."""
GOLDEN_DAYS = (197, 232, 270, 345)
"""Mid March, late April, late May, mid August: apart by uneven steps."""
GOLDEN_SEED = 20190901
_FIELD = 8
"""Edge of a made-up field in pixels."""
_TOLERANCE_PROBABILITY = 0.001


@dataclass(frozen=True)
class GoldenTile:
    """``dn [T, bands, rows, columns]`` uint16 and the day count of each date.

    ``valid [T, rows, columns]`` uint8 is 1 where a network that masks may look, 0 in the holes.
    """

    dn: npt.NDArray[np.uint16]
    days: tuple[int, ...]
    valid: npt.NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if self.dn.dtype != np.uint16 or self.dn.ndim != 4 or self.dn.shape[1] != len(BANDS):
            raise ValueError("a golden tile is uint16 [dates, 10 bands, rows, columns]")
        if len(self.days) != self.dn.shape[0]:
            raise ValueError("a golden tile has one day count per date")
        if self.valid is not None and self.valid.shape != (len(self.days), *self.dn.shape[2:]):
            raise ValueError("the validity of a golden tile is [dates, rows, columns]")


def made_tile(seed: int = GOLDEN_SEED) -> GoldenTile:
    """A seeded patchwork of fields with the spread of real DN, a cloud on the second date."""
    rng = np.random.default_rng(seed)
    count = GOLDEN_SIZE // _FIELD
    shape = (len(GOLDEN_DAYS), len(BANDS), count, count)
    # One factor for brightness, one for green against red: bands of real surfaces move together.
    brightness = rng.normal(size=(shape[0], 1, count, count))
    greenness = rng.normal(size=(shape[0], 1, count, count))
    slope = np.linspace(-1.0, 1.0, len(BANDS))[:, None, None]
    fields = 0.35 * (brightness + greenness * slope) + 0.1 * rng.normal(size=shape)
    pixels = fields.repeat(_FIELD, axis=2).repeat(_FIELD, axis=3)
    pixels += rng.normal(scale=0.05, size=pixels.shape)
    pixels[1, :, :12, 18:] += 2.5
    dn = BAND_MEAN[:, None, None] + BAND_STD[:, None, None] * pixels
    return GoldenTile(np.clip(np.rint(dn), 1, 10000).astype(np.uint16), GOLDEN_DAYS)


def read_tile(path: Path) -> GoldenTile:
    """Read a tile from ``.npz`` with ``dn [T, 10, rows, columns]`` uint16 and ``days [T]``.

    Of a larger scene, as ``crop2seg-train simulate`` writes it, the middle is taken, and as many
    dates as the made-up tile has, evenly spread.
    """
    with np.load(path, allow_pickle=False) as arrays:
        dn, days = arrays["dn"], arrays["days"]
    top, left = ((size - GOLDEN_SIZE) // 2 if size > GOLDEN_SIZE else 0 for size in dn.shape[-2:])
    kept = np.unique(np.linspace(0, len(days) - 1, len(GOLDEN_DAYS)).round().astype(int))
    middle = dn[kept, :, top : top + GOLDEN_SIZE, left : left + GOLDEN_SIZE]
    return GoldenTile(middle, tuple(int(day) for day in days[kept]))


def with_holes(tile: GoldenTile) -> GoldenTile:
    """The tile with holes of every kind that a network has to bear.

    One date lacks a half behind a slanted edge, another has a hole with clouds' round corners and
    single pixels out, the last sees nothing; and a corner is seen on no date at all.
    """
    dates, _, rows, columns = tile.dn.shape
    y, x = np.mgrid[0:rows, 0:columns]
    valid = np.ones((dates, rows, columns), np.uint8)
    valid[0][x + y // 3 > columns * 2 // 3] = 0
    valid[dates // 2][(y - rows / 3) ** 2 + (x - columns / 3) ** 2 < (rows / 5) ** 2] = 0
    valid[dates // 2][rows // 2 + 1 :: 5, 3::7] = 0
    if dates > 1:
        valid[-1] = 0
    valid[:, rows - rows // 5 :, : columns // 5] = 0
    return replace(tile, valid=valid)


def expected_logits(
    network: SeriesNetwork, tile: GoldenTile, normalisation: Normalisation = DEFAULT_NORMALISATION
) -> npt.NDArray[np.float32]:
    """Logits ``[classes, rows, columns]`` of the whole network in PyTorch, float32."""
    x = torch.from_numpy(normalisation.apply(tile.dn)).unsqueeze(0)
    days = torch.tensor([tile.days], dtype=torch.float32)
    valid = None if tile.valid is None else torch.from_numpy(tile.valid).float().unsqueeze(0)
    network.eval()
    with torch.no_grad():
        logits: npt.NDArray[np.float32] = network(x, days, valid)[0].numpy()
    return logits


def golden_entry(
    tile: GoldenTile, input_file: object, logits_file: object, valid_file: object | None = None
) -> dict[str, object]:
    """The card's ``golden`` section; files are described as :func:`folder.describe` does."""
    dates, _, rows, columns = tile.dn.shape
    return {
        "dates": dates,
        "rows": rows,
        "columns": columns,
        "days": list(tile.days),
        "input": input_file,
        "logits": logits_file,
        **({} if valid_file is None else {"valid": valid_file}),
        "toleranceProbability": _TOLERANCE_PROBABILITY,
    }
