"""`dataset`: parts apart on the ground, normalisation, weights; and training on what it wrote."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from crop2seg_training.cli import main
from crop2seg_training.data.nomenclature import CROP2SEG, PASTIS
from crop2seg_training.datasets import DatasetError, Entry, LabelledSeries, Place
from crop2seg_training.datasets.s2tsczcrop import read_norm
from crop2seg_training.datasets.split import random_split, spatial_split, worth_keeping
from crop2seg_training.datasets.statistics import measure, norm_of, pooled_norm
from crop2seg_training.datasets.weights import class_weights, sample_weight
from made_data import write_pastis, write_s2tsczcrop

SIDE = 82


def tile_entries(density: float, seed: int = 1) -> tuple[Entry, ...]:
    """Patches of two tiles, a share `density` of all that there could be."""
    rng = np.random.default_rng(seed)
    return tuple(
        Entry(f"{tile}-{row}-{column}", Place(tile, row, column))
        for tile in ("T33UVR", "T33UWR")
        for row in range(SIDE)
        for column in range(SIDE)
        if rng.random() < density
    )


@pytest.fixture(scope="module")
def split() -> dict[str, list[str]]:
    return spatial_split(tile_entries(0.6), seed=42)


def test_no_patch_has_a_neighbour_in_another_part(split: dict[str, list[str]]) -> None:
    where = {
        (name.split("-")[0], *map(int, name.split("-")[1:])): part
        for part in ("train", "val", "test")
        for name in split[part]
    }
    assert len(where) > 5000
    for (tile, row, column), part in where.items():
        for d_row in (-1, 0, 1):
            for d_column in (-1, 0, 1):
                assert where.get((tile, row + d_row, column + d_column), part) == part


def test_shares_are_near_70_15_15_and_every_patch_has_one_part(
    split: dict[str, list[str]],
) -> None:
    used = sum(len(split[part]) for part in ("train", "val", "test"))
    shares = {part: len(split[part]) / used for part in ("train", "val", "test")}
    assert shares["train"] == pytest.approx(0.70, abs=0.03)
    assert shares["val"] == pytest.approx(0.15, abs=0.03)
    names = [name for part in split.values() for name in part]
    assert sorted(names) == sorted(entry.name for entry in tile_entries(0.6))
    # 9 separators of 82 in each direction.
    assert len(split["unused"]) / len(names) == pytest.approx(1 - (73 / 82) ** 2, abs=0.02)


def test_what_touches_the_border_trains_and_the_seed_decides_the_rest(
    split: dict[str, list[str]],
) -> None:
    last = {name for part in ("val", "test") for name in split[part] if f"-{SIDE - 1}" in name}
    assert not last
    entries = tile_entries(0.6)
    assert spatial_split(entries, seed=42) == split
    assert spatial_split(entries, seed=43)["test"] != split["test"]
    with pytest.raises(DatasetError, match="1 entries have no place"):
        spatial_split((*entries, Entry("lost")), seed=1)


def test_random_split_takes_all() -> None:
    parts = random_split(tuple(Entry(str(i)) for i in range(20)), seed=1)
    assert [len(parts[part]) for part in ("train", "val", "test", "unused")] == [14, 3, 3, 0]


def test_statistics_by_hand() -> None:
    dn = np.zeros((2, 10, 1, 2), np.uint16)
    dn[:, 0, 0, :] = [[1, 3], [5, 7]]
    labels = np.array([[4, 255]], np.uint8)
    series = LabelledSeries("s", dn, np.array([1, 2], np.int32), labels)
    measured = measure(series, CROP2SEG)
    assert measured.pixels[4] == 1 and measured.pixels.sum() == 1
    assert measured.mean[0] == 4
    assert measured.std[0] == pytest.approx(np.sqrt(20 / 3))
    brighter = measure(LabelledSeries("b", dn + 10, series.days, labels), CROP2SEG)
    norm, pooled = norm_of([measured, brighter]), pooled_norm([measured, brighter])
    assert norm.mean[0] == pooled.mean[0] == 9
    assert norm.std[0] == pytest.approx(np.sqrt(20 / 3)), "mean of the deviations"
    assert pooled.std[0] == pytest.approx(np.sqrt(20 / 3 + 25)), "deviation of all"


def test_weights_count_the_rare_classes() -> None:
    weights = class_weights(CROP2SEG, np.ones(15))
    pixels = np.zeros(15, int)
    pixels[[0, 4]] = 10
    assert sample_weight(pixels, weights) == 1
    pixels[[9, 7]] = 1
    assert sample_weight(pixels, weights) == 14 + 5
    shares = np.full(20, 1000)
    shares[5] = 100
    others = class_weights(PASTIS, shares)
    assert others[5] > 0 and others[[0, 3, 19]].sum() == 0


def test_patches_of_common_classes_alone_are_not_worth_keeping() -> None:
    shares = np.zeros(15)
    shares[[0, 1, 4]] = 0.3, 0.35, 0.35
    assert not worth_keeping(shares)
    shares[9] = 0.001
    assert worth_keeping(shares)
    shares[9], shares[0] = 0, 0.1
    assert worth_keeping(shares)


def test_command_writes_what_training_reads(tmp_path: Path) -> None:
    folder = write_s2tsczcrop(tmp_path / "set", 14, parts=False)
    out = tmp_path / "made"
    source = f"s2tsczcrop:{folder}"
    assert main(["dataset", "--data", source, "--out", str(out), "--split", "random"]) == 0
    split = json.loads((out / "split.json").read_text())
    assert sum(len(names) for names in split.values()) == 13
    weights = json.loads((out / "weights.json").read_text())
    assert sorted(weights) == sorted(split["train"]) and min(weights.values()) == 1
    statistics = json.loads((out / "statistics.json").read_text())
    assert statistics["all"]["entries"] == 13 and statistics["all"]["dates"]["most"] == 7
    assert statistics["all"]["backgroundShare"] == 0.5
    assert statistics["parts"]["train"]["entries"] == len(split["train"])
    # Near infrared is the seventh band of the model and the fourth as stored; it holds the crop.
    norm = read_norm(out / "NORM_S2_patch.json")
    assert norm.std[6] > 3 * norm.std[0] and norm.mean[6] > norm.mean[0]
    arguments = [
        "train", "--out", str(tmp_path / "run"), "--data", source, "--steps", "2",
        "--split", str(out / "split.json"), "--weights", str(out / "weights.json"),
        "--norm", str(out / "NORM_S2_patch.json"), "--batch-size", "2", "--patch", "16",
        "--workers", "0", "--encoder_widths", "[16,16]", "--decoder_widths", "[16,16]",
        "--n_head", "4", "--d_model", "16", "--threads", "1",
    ]  # fmt: skip
    assert main(arguments) == 0
    assert (tmp_path / "run" / "checkpoint.pt").is_file()


def test_command_takes_the_folds_of_pastis(tmp_path: Path) -> None:
    source = f"pastis:{write_pastis(tmp_path / 'pastis')}"
    out = tmp_path / "made"
    assert main(["dataset", "--data", source, "--out", str(out), "--split", "own"]) == 0
    assert json.loads((out / "split.json").read_text())["test"] == ["4"]
    assert main(["dataset", "--data", source, "--out", str(out), "--separator", "1"]) == 1
