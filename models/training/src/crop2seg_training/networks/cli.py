"""``crop2seg-train networks``: what there is, and what it costs."""

from __future__ import annotations

import argparse


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser(
        "networks", help="list the networks: parameters, multiply-adds per pixel and date"
    )
    parser.add_argument("--dates", type=int, default=30, help="of the season that is counted")
    parser.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line per network."""
    from crop2seg_training.networks.cost import multiply_adds
    from crop2seg_training.networks.registry import (
        NETWORK_NAMES,
        build_network,
        configure,
        parameter_count,
    )

    print(f"{'network':<14} {'parameters':>12} {'multiply-adds per pixel and date':>34}")
    for name in NETWORK_NAMES:
        dates = max(arguments.dates, 4)
        network = build_network(name, configure(name, max_temp=dates))
        cost = multiply_adds(network, dates)
        print(f"{name:<14} {parameter_count(network):>12,} {cost:>34,.0f}")
    return 0
