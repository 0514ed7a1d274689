"""The networks against the predecessor's outputs."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from crop2seg_training.networks import NetworkConfig, SeriesNetwork, build_network, parameter_count
from crop2seg_training.networks.config import Formulation
from golden_recipe import PADDED_DATES, series, uniform, weight
from reference_arithmetic import ReferenceArithmetic

REFERENCE = Path(
    os.environ.get(
        "CROP2SEG_REFERENCE", Path(__file__).resolve().parents[3] / ".." / "shared" / "reference"
    )
)
GOLDEN = REFERENCE / "golden"
TOLERANCE = 1e-4
# Seven of the 65 536 values of Time-Unet's temporal array are more than 1e-4 off the exact answer,
# the worst 3.2e-4: its last norm enlarges rounding up to 300-fold where a group of four values is
# nearly constant. Only who rounds as the predecessor did meets them.
EXACT_TEMPORAL_TOLERANCE = 4e-4
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


def differences(name: str, actual: dict[str, Tensor]) -> dict[str, float]:
    """Largest absolute difference to each of the predecessor's arrays."""
    with np.load(GOLDEN / f"{FILES[name]}.npz") as expected:
        assert set(expected.files) <= set(actual)
        return {k: float(np.abs(actual[k].numpy() - expected[k]).max()) for k in expected.files}


def direct_outputs(name: str, network: SeriesNetwork) -> dict[str, Tensor]:
    """Float32 outputs in the predecessor's arithmetic, which the last temporal norm depends on.

    Libraries round otherwise on other processors: U-TAE's temporal array is then up to 1.5e-4 off.
    """
    with ReferenceArithmetic() if name != "wtae" else nullcontext():
        return outputs(network, torch.float32)


@needs_golden
@each_network
def test_float32_outputs(name: str) -> None:
    found = differences(name, direct_outputs(name, golden_network(name, "direct")))
    assert max(found.values()) <= TOLERANCE, found


@needs_golden
@each_network
def test_exact_outputs(name: str) -> None:
    found = differences(name, outputs(golden_network(name, "folded"), torch.float64))
    temporal = found.pop("temporal_out_b1", 0.0)
    assert temporal <= (EXACT_TEMPORAL_TOLERANCE if name == "timeunet" else TOLERANCE)
    assert max(found.values()) <= TOLERANCE, found


@needs_golden
@pytest.mark.parametrize("key", ["in_conv.conv.conv.3.weight", "temporal_encoder.inconv.weight"])
def test_a_wrong_network_is_noticed(key: str) -> None:
    """One output channel of one layer, changed by a tenth, shows in every array."""
    network = golden_network("timeunet", "folded")
    with torch.no_grad():
        network.get_parameter(key)[0] *= 1.1
    found = differences("timeunet", outputs(network, torch.float32))
    assert min(found.values()) > TOLERANCE, found


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
