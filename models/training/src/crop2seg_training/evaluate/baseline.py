"""The baseline as a predictor beside a network."""

from __future__ import annotations

from functools import lru_cache, partial

from crop2seg_training.baseline import fit_forest, predict_forest
from crop2seg_training.data import load_parcels
from crop2seg_training.evaluate.judge import Predictor


@lru_cache(maxsize=2)
def baseline(held_out: bool) -> tuple[Predictor, str]:
    """The forest and a line on it.

    `held_out`: fitted without the parcels that are held out by location, to be judged on them;
    otherwise on all parcels, because the data set judged has none of them.
    """
    training = load_parcels("training")
    parts = [training] if held_out else [training, load_parcels("validation")]
    forest = fit_forest(parts)
    about = (
        f"random forest, {forest.model.n_estimators} trees on NDVI, NDWI and red-edge curves of "
        f"{forest.parcels} real parcels; out-of-bag accuracy {forest.oob_accuracy:.3f}"
    )
    return partial(predict_forest, forest), about
