"""The networks against the predecessor's outputs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from crop2seg_training.networks import NetworkConfig, SeriesNetwork, build_network, parameter_count
from crop2seg_training.networks.config import Formulation
from golden_recipe import PADDED_DATES, series, uniform, weight

REFERENCE = Path(
    os.environ.get(
        "CROP2SEG_REFERENCE", Path(__file__).resolve().parents[3] / ".." / "shared" / "reference"
    )
)
GOLDEN = REFERENCE / "golden"
TOLERANCE = 1e-4
# Time-Unet normalises groups of four values of a single vector. Where such a group is nearly
# constant, rounding grows up to 300-fold: 7 of the 65 536 values of the predecessor's own array are
# more than 1e-4 off the exact answer, the worst 3.2e-4. Another matrix library gives other last
# digits to the two linear layers, and so other such values.
TEMPORAL_TOLERANCE = 4e-4
# The arrays come from PyTorch 1.13.1 with OpenBLAS's Haswell and oneDNN's AVX-512 kernels. Where
# the same are at work (README.md has the command), this variable asks for TOLERANCE everywhere.
SAME_ARITHMETIC = os.environ.get("CROP2SEG_GOLDEN_ARITHMETIC") == "1"
# Without AVX-512 the convolutions, too, round differently: up to 7.2e-4 in the temporal output and
# 2.2e-4 in the logits (oneDNN held to AVX2).
OTHER_PROCESSOR_TOLERANCE = 1e-3
CPU_INFO = Path("/proc/cpuinfo")
HAS_AVX512 = CPU_INFO.is_file() and "avx512f" in CPU_INFO.read_text()
# In float64 rounding is far below this even after Time-Unet's normalisation (measured: 7e-13).
AGREEMENT = 1e-10
FILES = {"timeunet": "timeunet_v1", "wtae": "wtae", "utae": "utae"}
PARAMETERS = {"timeunet": 1_052_589, "wtae": 1_114_157, "utae": 1_085_805}
TENSORS = {"timeunet": 158, "wtae": 185, "utae": 158}

needs_golden = pytest.mark.skipif(
    not GOLDEN.is_dir(), reason=f"the predecessor's golden arrays are not at {GOLDEN}"
)
each_network = pytest.mark.parametrize("name", FILES)


def golden_network(name: str, formulation: Formulation) -> SeriesNetwork:
    network = build_network(name, NetworkConfig(formulation=formulation))
    state = {
        key: torch.from_numpy(weight(key, tuple(value.shape)).copy())
        for key, value in network.state_dict().items()
    }
    network.load_state_dict(state, strict=True)
    return network.eval()


def outputs(network: SeriesNetwork, dtype: torch.dtype) -> dict[str, Tensor]:
    """The outputs under the names of the predecessor's arrays."""
    network = network.to(dtype)
    (x, days), (padded, padded_days) = (
        tuple(torch.from_numpy(array).to(dtype) for array in series(batch)) for batch in (1, 2)
    )
    kept = PADDED_DATES[0]
    with torch.no_grad():
        single = network.forward_parts(x, days)
        return {
            "logits_b1": single.logits,
            "att_b1": single.attention,
            "temporal_out_b1": single.temporal,
            "logits_b2_padded": network(padded, padded_days),
            "logits_b2_second_unpadded": network(padded[1:, :kept], padded_days[1:, :kept]),
        }


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
    if SAME_ARITHMETIC and dtype == torch.float32:
        return TOLERANCE
    if dtype == torch.float32 and not HAS_AVX512:
        return OTHER_PROCESSOR_TOLERANCE
    return TEMPORAL_TOLERANCE if (name, key) == ("timeunet", "temporal_out_b1") else TOLERANCE


@needs_golden
@pytest.mark.parametrize(
    ("formulation", "dtype"),
    [("direct", torch.float32), ("folded", torch.float64)],
    ids=["direct-float32", "folded-float64"],
)
@each_network
def test_outputs(name: str, formulation: Formulation, dtype: torch.dtype) -> None:
    actual = outputs(golden_network(name, formulation), dtype)
    with np.load(GOLDEN / f"{FILES[name]}.npz") as expected:
        assert set(expected.files) <= set(actual)
        for key in expected.files:
            limit = tolerance(name, key, dtype)
            np.testing.assert_allclose(
                actual[key].numpy(), expected[key], rtol=0, atol=limit, err_msg=f"{name} {key}"
            )


@each_network
def test_folded_and_direct_agree(name: str) -> None:
    folded, direct = (
        outputs(golden_network(name, formulation), torch.float64)
        for formulation in ("folded", "direct")
    )
    for key, expected in direct.items():
        torch.testing.assert_close(folded[key], expected, rtol=0, atol=AGREEMENT)


def test_unknown_network_is_named() -> None:
    with pytest.raises(ValueError, match="unknown network 'mlp'"):
        build_network("mlp")
