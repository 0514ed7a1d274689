"""What the browser relies on: names, shapes and free sizes of the stage graphs."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch

from crop2seg_training.export.staged import StageInputs, open_stages
from crop2seg_training.export.variants import VARIANTS
from exported import Exported

FULL, HALF, QUARTER = ([1, 64, f"rows{level}", f"columns{level}"] for level in range(3))
COARSE = ["dates", "pixels", 128]
MAPS = [1, 16, "coarse_rows", "coarse_columns"]
Shapes = dict[str, list[int | str]]


def _of_pixels(channels: int) -> dict[str, tuple[Shapes, Shapes]]:
    """What a Time-Unet of so many feature channels hands from stage to stage."""
    return {
        "encoder": (
            {"pixels": [1, 10, "rows", "columns"]},
            {"features": ["pixels", channels]},
        ),
        "attention": (
            {"features": ["dates", "pixels", channels], "days": ["dates"]},
            {"embedding": ["pixels", channels]},
        ),
        "decoder": (
            {"embedding": ["rows", "columns", channels]},
            {"logits": [1, 15, "rows", "columns"]},
        ),
    }


CONTRACT = {
    "timeunet-lite": _of_pixels(32),
    "timeunet": _of_pixels(64),
    "wtae": {
        "encoder": (
            {"pixels": [1, 10, "rows", "columns"]},
            {"features": ["pixels", 128], "skip0": FULL},
        ),
        "attention": (
            {"features": COARSE, "days": ["dates"]},
            {"weights": ["dates", 16, "pixels"]},
        ),
        "aggregate": ({"weights": MAPS, "skip0": FULL, "sum0": FULL}, {"total0": FULL}),
        "decoder": ({"total0": FULL}, {"logits": [1, 15, "rows", "columns"]}),
    },
    "utae": {
        "encoder": (
            {"pixels": [1, 10, "rows", "columns"]},
            {"features": ["pixels", 128], "skip0": FULL, "skip1": HALF, "skip2": QUARTER},
        ),
        "attention": (
            {"features": COARSE, "days": ["dates"]},
            {"embedding": ["pixels", 128], "weights": ["dates", 16, "pixels"]},
        ),
        "aggregate": (
            {
                "weights": MAPS, "skip0": FULL, "sum0": FULL, "skip1": HALF, "sum1": HALF,
                "skip2": QUARTER, "sum2": QUARTER,
            },
            {"total0": FULL, "total1": HALF, "total2": QUARTER},
        ),
        "decoder": (
            {
                "embedding": ["coarse_rows", "coarse_columns", 128],
                "total0": FULL, "total1": HALF, "total2": QUARTER,
            },
            {"logits": [1, 15, "rows", "columns"]},
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize("precision", VARIANTS)
def test_stage_contract(exported: Exported, precision: str) -> None:
    def shapes(values: object) -> dict[str, list[object]]:
        assert all(v.type.tensor_type.elem_type == onnx.TensorProto.FLOAT for v in values)
        return {
            v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
            for v in values
        }

    card = exported.card
    models = {stage: onnx.load(path) for stage, path in exported.paths(precision).items()}
    actual = {s: (shapes(m.graph.input), shapes(m.graph.output)) for s, m in models.items()}
    assert actual == CONTRACT[card["architecture"]]
    assert {m.opset_import[0].version for m in models.values()} == {17}
    for stage, (inputs, outputs) in actual.items():
        assert card["stages"][stage]["inputs"] == list(inputs)
        assert card["stages"][stage]["outputs"] == list(outputs)
    features = actual["encoder"][1]["features"][1]
    assert card["input"]["featureChannels"] == features


@pytest.mark.parametrize(("dates", "rows", "columns"), [(1, 16, 16), (3, 40, 56)])
def test_stages_take_any_size(exported: Exported, dates: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(dates)
    x = rng.normal(size=(dates, 10, rows, columns)).astype(np.float32)
    days = np.sort(rng.integers(0, 425, dates)).astype(np.float32)
    with torch.no_grad():
        expected = exported.network(torch.from_numpy(x[None]), torch.from_numpy(days[None]))[0]
    actual = open_stages(exported.paths()).run(StageInputs(x, days))
    assert actual.shape == (15, rows, columns)
    assert np.abs(actual - expected.numpy()).max() <= 1e-3
