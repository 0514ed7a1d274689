"""How tensors differ from those of a network, in a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Shape = tuple[int, ...]
ROWS = 20
"""Lines of a table; one wrong width already changes dozens of tensors."""
_HEAD = ("tensor", "expected", "found")


class Difference(NamedTuple):
    """Tensors that are not as expected, in the network's order, unexpected ones last."""

    rows: tuple[tuple[str, str, str], ...]
    missing: int
    unexpected: int
    misshapen: int

    def counts(self) -> str:
        """How many of each kind there are."""
        return (
            f"{self.missing} missing, {self.unexpected} unexpected, "
            f"{self.misshapen} of another shape"
        )

    def table(self) -> str:
        """The first rows in aligned columns, and how many more there are."""
        shown = (_HEAD, *self.rows[:ROWS])
        widths = [max(len(row[column]) for row in shown) for column in range(len(_HEAD) - 1)]
        lines = [
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[-1]])
            for row in shown
        ]
        more = len(self.rows) - ROWS
        return "\n".join([*lines, *([f"... and {more} more"] if more > 0 else [])])


def difference(expected: Mapping[str, Shape], found: Mapping[str, Shape]) -> Difference:
    """Compare shapes by key."""
    missing = [(key, _text(expected[key]), "missing") for key in expected if key not in found]
    misshapen = [
        (key, _text(shape), _text(found[key]))
        for key, shape in expected.items()
        if key in found and found[key] != shape
    ]
    unexpected = [(key, "no such tensor", _text(found[key])) for key in found.keys() - expected]
    place = {key: number for number, key in enumerate(expected)}
    rows = sorted([*missing, *misshapen], key=lambda row: place[row[0]])
    return Difference((*rows, *sorted(unexpected)), len(missing), len(unexpected), len(misshapen))


def _text(shape: Shape) -> str:
    return " x ".join(str(size) for size in shape) or "one number"
