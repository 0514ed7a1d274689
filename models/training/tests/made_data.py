"""Tiny data sets in the layouts of S2TSCzCrop and PASTIS, whose classes show in the pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from crop2seg_training.datasets.s2tsczcrop import NORM_FILE, TO_STORED_ORDER

SIZE = 16
# Day of each acquisition, by number of the patch: lengths differ.
CALENDAR = ("20180915", "20181020", "20190410", "20190515", "20190620", "20190801", "20190910")
CLASSES = (1, 4, 6)
NARROW = {"encoder_widths": [16, 16], "decoder_widths": [16, 16], "heads": 4, "model_width": 16}
"""Sizes of a network that tests can afford to train."""


def made_series(
    number: int, classes: tuple[int, ...] = CLASSES
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """DN [T, 10, 16, 16] in model order, labels [16, 16] and dates of patch `number`.

    The left half is Background, the right half one of the classes, green in a month of its own.
    """
    rng = np.random.default_rng(number)
    dates = CALENDAR[: 5 + number % 3]
    dn = rng.integers(900, 1100, (len(dates), 10, SIZE, SIZE))
    place = number % len(classes)
    labels = np.zeros((SIZE, SIZE), np.uint8)
    labels[:, SIZE // 2 :] = classes[place]
    dn[place + 1, 6, :, SIZE // 2 :] += 3000
    return dn.astype(np.uint16), labels, dates


def write_s2tsczcrop(folder: Path, count: int = 8, parts: bool = True) -> Path:
    """A data set of `count` patches, each eighth one removed; the folder."""
    for name in ("DATA_S2", "ANNOTATIONS"):
        (folder / name).mkdir(parents=True)
    records = []
    for number in range(count):
        dn, labels, dates = made_series(number)
        with (folder / "DATA_S2" / f"S2_{number}").open("wb") as file:
            np.save(file, dn[:, list(TO_STORED_ORDER)])
        with (folder / "ANNOTATIONS" / f"TARGET_{number}").open("wb") as file:
            np.save(file, labels)
        record = {
            "ID_PATCH": number,
            "ID_WITHIN_TILE": 82 * (number // 4) + number % 4,
            "TILE": "T33UVR",
            "dates-S2": {str(i): int(day) for i, day in enumerate(dates)},
            "Snow_Cloud_Cover": {str(i): 0.5 * (i == 1) for i in range(len(dates))},
            "Status": "REMOVED" if number % 8 == 7 else "OK",
        }
        if parts:
            record["set"] = ("train", "train", "train", "val", "test")[number % 5]
        records.append(record)
    (folder / "metadata.json").write_text(json.dumps(records))
    norm = {"mean": list(range(1, 11)), "std": list(range(11, 21))}
    (folder / NORM_FILE).write_text(json.dumps({"train": norm}))
    return folder


def write_pastis(folder: Path, count: int = 5) -> Path:
    """A data set of `count` patches in as many folds; the folder."""
    for name in ("DATA_S2", "ANNOTATIONS", "INSTANCE_ANNOTATIONS"):
        (folder / name).mkdir(parents=True)
    features = []
    for number in range(count):
        dn, labels, dates = made_series(number, (1, 2, 19))
        np.save(folder / "DATA_S2" / f"S2_{number}.npy", dn.astype(np.int16))
        np.save(folder / "ANNOTATIONS" / f"TARGET_{number}.npy", np.stack([labels] * 3))
        np.save(folder / "INSTANCE_ANNOTATIONS" / f"INSTANCES_{number}.npy", labels.astype(int))
        corner = 1280.0 * number
        square = [[corner, 0.0], [corner + 1280, 0.0], [corner + 1280, 1280.0], [corner, 0.0]]
        properties = {
            "ID_PATCH": number,
            "TILE": "t30uxv",
            "Fold": number % 5 + 1,
            "dates-S2": json.dumps({str(i): int(day) for i, day in enumerate(dates)}),
        }
        geometry = {"type": "MultiPolygon", "coordinates": [[square]]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    (folder / "metadata.geojson").write_text(json.dumps({"features": features}))
    norm = {"mean": [1000.0] * 10, "std": [500.0] * 10}
    (folder / NORM_FILE).write_text(json.dumps({f"Fold_{fold}": norm for fold in range(1, 6)}))
    return folder
