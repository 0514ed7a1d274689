"""Pictures of data, training and judgement. Door of this room; needs matplotlib when called."""

from crop2seg_training.plot.learning import draw_learning
from crop2seg_training.plot.report import draw_report
from crop2seg_training.plot.style import MissingPlotsError

__all__ = ["MissingPlotsError", "draw_learning", "draw_report"]
