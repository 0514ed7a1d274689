"""Every network of the registry, and every option that changes one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from crop2seg_training.cli import main
from crop2seg_training.networks import NETWORK_NAMES, build_network, configure, parameter_count
from crop2seg_training.networks.aggregate import aggregate
from crop2seg_training.networks.cost import multiply_adds
from crop2seg_training.networks.positional import day_of_year

DATES, SIZE = 5, 16
ATTENTION_NETWORKS = ("timeunet", "wtae", "utae")
# Specification, sections 2.2 to 2.5; the two networks that had 20 classes are counted with 20.
PARAMETERS = {
    "timeunet": (1_052_589, {}),
    "wtae": (1_114_157, {}),
    "utae": (1_085_805, {}),
    "unet3d": (1_551_631, {}),
    "convlstm": (1_001_455, {}),
    "convgru": (948_255, {}),
    "uconvlstm": (1_520_540, {"classes": 20}),
}
MORE_PARAMETERS = {
    "add_linear": (True, 65_792),
    "use_doy": (True, 5_856),
    "use_abs_rel_enc": (True, 5_856),
    "num_queries": (2, 64),
    "boundary_head": (True, 9_894),
}
SEPARABLE = {"timeunet": 509_639, "wtae": 571_207, "utae": 542_855}
SQUEEZE = {"timeunet": 3_584, "wtae": 6_656, "utae": 3_584}


def small(name: str, **changes: Any) -> torch.nn.Module:
    """A network in evaluation mode; `unet_naive` for few dates, which its size hangs on."""
    torch.manual_seed(7)
    return build_network(name, configure(name, **({"max_temp": 6} | changes))).eval()


def season(batch: int = 2, dates: int = DATES) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(batch, dates, 10, SIZE, SIZE, generator=generator)
    return x, torch.linspace(10, 300, dates).repeat(batch, 1)


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_the_predecessors(name: str) -> None:
    expected, changes = PARAMETERS[name]
    assert parameter_count(build_network(name, configure(name, **changes))) == expected


def test_naive_unet_has_its_published_size() -> None:
    naive = build_network("unet_naive", configure("unet_naive", classes=20, max_temp=61))
    assert round(parameter_count(naive) / 1e6, 1) == 15.9


@pytest.mark.parametrize("option", MORE_PARAMETERS)
@pytest.mark.parametrize("name", ATTENTION_NETWORKS)
def test_options_add_what_they_did(name: str, option: str) -> None:
    value, more = MORE_PARAMETERS[option]
    changed = parameter_count(build_network(name, configure(name, **{option: value})))
    assert changed - parameter_count(build_network(name)) == more


@pytest.mark.parametrize("name", ATTENTION_NETWORKS)
def test_separable_and_squeezed_sizes(name: str) -> None:
    separable = build_network(name, configure(name, conv_type="depthwise_separable"))
    assert parameter_count(separable) == SEPARABLE[name]
    squeezed = build_network(name, configure(name, add_squeeze=True))
    assert parameter_count(squeezed) - parameter_count(build_network(name)) == SQUEEZE[name]


def test_keys_of_options() -> None:
    config = configure(
        "timeunet", add_squeeze=True, add_linear=True, use_abs_rel_enc=True, boundary_head=True
    )
    state = build_network("timeunet", config).state_dict()
    for key, shape in {
        "in_conv.conv.conv.6.sae.1.weight": (4, 64),
        "down_blocks.2.sae.sae.3.weight": (128, 8),
        "temporal_encoder.positional_encoder.fc.weight": (256, 256),
        "temporal_encoder.positional_encoder_abs.fc.weight": (16, 365),
        "boundary_conv.conv.conv.3.weight": (2, 32, 3, 3),
        "boundary_conv.conv.conv.4.running_var": (2,),
    }.items():
        assert tuple(state[key].shape) == shape, key


@pytest.mark.parametrize("classes", [15, 20])
@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_every_network_learns(name: str, classes: int) -> None:
    network = small(name, classes=classes)
    x, days = season()
    x[1, -1] = 0.0
    logits = network(x, days)
    assert logits.shape == (2, classes, SIZE, SIZE)
    logits.square().mean().backward()
    # A bias before a norm over all it shifts has no gradient; weights all have.
    still = [
        key
        for key, p in network.named_parameters()
        if key.endswith("weight") and (p.grad is None or not p.grad.abs().sum() > 0)
    ]
    assert not still


@pytest.mark.parametrize("name", ["convlstm", "convgru", "uconvlstm"])
def test_padding_does_not_move_a_recurrent_network(name: str) -> None:
    network = small(name)
    x, days = season()
    x[1, -2:] = 0.0
    with torch.no_grad():
        padded, alone = network(x, days)[1:], network(x[1:, :-2], days[1:, :-2])
    torch.testing.assert_close(padded, alone, rtol=0, atol=1e-5)


def test_recurrent_networks_look_at_the_order_of_dates() -> None:
    x, days = season(batch=1)
    for name in ("convlstm", "convgru", "uconvlstm"):
        network = small(name)
        with torch.no_grad():
            assert (network(x, days) - network(x.flip(1), days)).abs().max() > 1e-4


def test_networks_say_how_many_dates_they_take() -> None:
    x, days = season(batch=1, dates=7)
    with pytest.raises(ValueError, match="unet3d needs 4 dates or more, not 3"):
        small("unet3d")(x[:, :3], days[:, :3])
    with pytest.raises(ValueError, match="built for 6 dates, not 7"):
        small("unet_naive")(x, days)


OPTIONS: list[dict[str, Any]] = [
    {"num_queries": 3},
    {"add_linear": True},
    {"use_doy": True},
    {"use_doy": True, "add_linear": True},
    {"use_abs_rel_enc": True},
    {"add_squeeze": True},
    {"conv_type": "depthwise_separable"},
    {"use_mbconv": True},
    {"encoder_norm": "batch"},
    {"encoder_norm": "instance"},
    {"padding_mode": "zeros"},
    {"agg_mode": "att_mean"},
    {"agg_mode": "mean"},
    {"str_conv_k": 2, "str_conv_p": 0},
    {"out_conv": (32, 24)},
    {"encoder_widths": (32, 64, 128), "decoder_widths": (16, 32, 128), "heads": 8},
]
NARROW: dict[str, Any] = {
    "encoder_widths": (16, 16, 16, 32),
    "decoder_widths": (16, 16, 16, 32),
    "heads": 4,
    "model_width": 64,
}
"""Options do not hang on widths; narrow networks are tried in seconds."""
WITHOUT_PART = {("timeunet", "agg_mode")}


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("name", ATTENTION_NETWORKS)
def test_options_work_and_both_formulations_agree(name: str, options: dict[str, Any]) -> None:
    changed = NARROW | options
    folded = small(name, **changed).double()
    direct = small(name, formulation="direct", **changed).double()
    direct.load_state_dict(folded.state_dict())
    plain = small(name, **NARROW).double()
    x, days = season()
    x[1, -1] = 0.0
    with torch.no_grad():
        found, expected, usual = (
            n.forward_parts(x.double(), days) for n in (folded, direct, plain)
        )
    torch.testing.assert_close(found.logits, expected.logits, rtol=0, atol=1e-8)
    torch.testing.assert_close(
        found.attention.sum(2), torch.ones_like(found.attention[:, :, 0]), rtol=0, atol=1e-8
    )
    if not any((name, option) in WITHOUT_PART for option in options):
        assert (found.logits - usual.logits).abs().max() > 1e-6, "the option has no effect"


def test_day_of_year_turns_at_new_year() -> None:
    days = torch.tensor([0, 121, 122, 364, 365])  # 1 September, 31 December, 1 January, 31 August
    assert day_of_year(days).tolist() == [244, 365, 1, 243, 244]
    network = small("timeunet", use_doy=True)
    with torch.no_grad():
        logits = network(season(batch=1)[0], days[None].float())
    assert torch.isfinite(logits).all()


def test_aggregation_modes() -> None:
    features = torch.rand(2, 3, 4, 8, 8)
    attention = torch.softmax(torch.randn(2, 2, 3, 2, 2), dim=2)
    padding = torch.tensor([[False] * 3, [False, False, True]])
    features[1, 2] = 0
    mean = aggregate(features, attention, "mean", padding)
    torch.testing.assert_close(mean[0], features[0].mean(0))
    torch.testing.assert_close(mean[1], features[1, :2].mean(0))
    same = attention[:1].expand(2, -1, -1, -1, -1)
    torch.testing.assert_close(
        aggregate(features, same, "att_group", None), aggregate(features, same, "att_mean", None)
    )
    flat = torch.full_like(attention, 1 / 3)
    torch.testing.assert_close(aggregate(features, flat, "att_group", None)[0], features[0].mean(0))
    small_maps = features[..., :1, :1]
    pooled = aggregate(small_maps, attention, "att_mean", None)
    weight = attention.mean((0, 3, 4))[:, :, None, None, None]
    torch.testing.assert_close(pooled, (small_maps * weight).sum(1))


@pytest.mark.parametrize("name", [*ATTENTION_NETWORKS, "uconvlstm", "unet_naive"])
def test_boundary_head(name: str) -> None:
    with torch.no_grad():
        x, days = season()
        found = small(name, boundary_head=True).forward_parts(x, days).boundary
        assert small(name).forward_parts(x, days).boundary is None
    assert found is not None and found.shape == (2, 2, SIZE, SIZE)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="convlstm has no decoder"):
        build_network("convlstm", configure("convlstm", boundary_head=True))
    with pytest.raises(ValueError, match="unknown network 'mlp'"):
        configure("mlp")
    with pytest.raises(ValueError, match="agg_mode is 'median'; known are att_group"):
        configure("utae", agg_mode="median")


def test_lite_needs_a_third_of_the_work() -> None:
    full, lite = (multiply_adds(build_network(name)) for name in ("timeunet", "timeunet-lite"))
    # The encoder's convolutions are 42 624; the rest is the attention and a share of the U-Net.
    assert 48_000 < full < 53_000
    assert full >= 3 * lite


def test_command_lists_every_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["networks", "--dates", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(NETWORK_NAMES)
    assert "1,052,589" in lines[1]
