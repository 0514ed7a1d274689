"""The networks against the predecessor's outputs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from crop2seg_training.networks import SeriesNetwork, build_network, parameter_count
from golden_recipe import PADDED_DATES, series, uniform, weight

REFERENCE = Path(
    os.environ.get(
        "CROP2SEG_REFERENCE", Path(__file__).resolve().parents[3] / ".." / "shared" / "reference"
    )
)
GOLDEN = REFERENCE / "golden"
TOLERANCE = 1e-4
# Time-Unet normalises groups of four values of a single vector; where such a group is nearly
# constant, float32 rounding grows up to 300-fold. The predecessor's own float32 arrays are 3.2e-4
# (temporal output) and 9.7e-5 (logits) away from the exact answer, so float32 cannot come closer.
TEMPORAL_TOLERANCE = 1e-3
TIMEUNET_FLOAT32_TOLERANCE = 2e-4
FILES = {"timeunet": "timeunet_v1", "wtae": "wtae", "utae": "utae"}
PARAMETERS = {"timeunet": 1_052_589, "wtae": 1_114_157, "utae": 1_085_805}
TENSORS = {"timeunet": 158, "wtae": 185, "utae": 158}

needs_golden = pytest.mark.skipif(
    not GOLDEN.is_dir(), reason=f"the predecessor's golden arrays are not at {GOLDEN}"
)
each_network = pytest.mark.parametrize("name", FILES)


def golden_network(name: str) -> SeriesNetwork:
    network = build_network(name)
    state = {
        key: torch.from_numpy(weight(key, tuple(value.shape)).copy())
        for key, value in network.state_dict().items()
    }
    network.load_state_dict(state, strict=True)
    return network.eval()


def test_recipe_starts_as_specified() -> None:
    np.testing.assert_allclose(uniform("input", 3), [0.04398329, 0.10627623, 0.07063025], atol=1e-8)


@each_network
def test_sizes(name: str) -> None:
    network = build_network(name)
    assert parameter_count(network) == PARAMETERS[name]
    assert len(network.state_dict()) == TENSORS[name]


@needs_golden
@each_network
def test_state_dict_keys_shapes_and_order(name: str) -> None:
    expected = json.loads((GOLDEN / f"{FILES[name]}.state_dict.json").read_text())
    actual = [[key, list(value.shape)] for key, value in build_network(name).state_dict().items()]
    assert actual == expected


def tolerance(name: str, key: str, dtype: torch.dtype) -> float:
    if name != "timeunet" or key.startswith("att"):
        return TOLERANCE
    if key.startswith("temporal"):
        return TEMPORAL_TOLERANCE
    return TIMEUNET_FLOAT32_TOLERANCE if dtype == torch.float32 else TOLERANCE


@needs_golden
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
@each_network
def test_outputs(name: str, dtype: torch.dtype) -> None:
    network = golden_network(name).to(dtype)
    (x, days), (padded, padded_days) = (
        tuple(torch.from_numpy(array).to(dtype) for array in series(batch)) for batch in (1, 2)
    )
    kept = PADDED_DATES[0]
    with torch.no_grad():
        single = network.forward_parts(x, days)
        actual = {
            "logits_b1": single.logits,
            "att_b1": single.attention,
            "temporal_out_b1": single.temporal,
            "logits_b2_padded": network(padded, padded_days),
            "logits_b2_second_unpadded": network(padded[1:, :kept], padded_days[1:, :kept]),
        }
    with np.load(GOLDEN / f"{FILES[name]}.npz") as expected:
        assert set(expected.files) <= set(actual)
        for key in expected.files:
            limit = tolerance(name, key, dtype)
            np.testing.assert_allclose(
                actual[key].numpy(), expected[key], rtol=0, atol=limit, err_msg=f"{name} {key}"
            )


def test_unknown_network_is_named() -> None:
    with pytest.raises(ValueError, match="unknown network 'mlp'"):
        build_network("mlp")
