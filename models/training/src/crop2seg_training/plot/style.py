"""Opening figures without a display, and the colours and names of the classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crop2seg_training.data.nomenclature import CLASS_COLOURS, CLASS_NAMES

DPI = 120
LONGEST_NAME = 18  # characters on an axis
_FALLBACK = "tab20"  # colours of other class schemes


class MissingPlotsError(RuntimeError):
    """matplotlib is not installed."""


@contextmanager
def figure(path: Path, width: float, height: float, **layout: Any) -> Iterator[tuple[Any, Any]]:
    """A figure and its axes of a size in inches, written to `path` as PNG at the end.

    `layout` goes to matplotlib's `subplots`. Raises MissingPlotsError without matplotlib.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingPlotsError(
            "Plots need matplotlib: pip install 'crop2seg-training[report]', or Debian's "
            "python3-matplotlib. --no-plots writes the JSON alone."
        ) from error
    drawn = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.subplots(**layout)
    yield drawn, axes
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.savefig(path)


def class_colour(code: int, names: Sequence[str] = CLASS_NAMES) -> Any:
    """Colour of a class: the legend's, or one of a palette for other schemes."""
    if tuple(names) == CLASS_NAMES:
        return CLASS_COLOURS[code]
    from matplotlib import colormaps

    palette = colormaps[_FALLBACK]
    return palette(code % palette.N)


def short(name: str) -> str:
    """A class name that fits an axis."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
