"""Where numbers come from: paths, nomenclature, real parcel series and published class curves."""

from crop2seg_training.data.nomenclature import (
    BANDS,
    CLASS_COUNT,
    CLASS_NAMES,
    CROP2SEG,
    IGNORED_CLASS,
    PASTIS,
    SCHEMES,
    ClassScheme,
)
from crop2seg_training.data.normalisation import (
    BAND_MEAN,
    BAND_STD,
    DEFAULT_NORMALISATION,
    Normalisation,
    normalise,
)
from crop2seg_training.data.parcels import ParcelSeries, load_parcels
from crop2seg_training.data.paths import MissingDataError, shared_data_folder
from crop2seg_training.data.profiles import NdviProfile, load_profiles

__all__ = [
    "BANDS",
    "BAND_MEAN",
    "BAND_STD",
    "CLASS_COUNT",
    "CLASS_NAMES",
    "CROP2SEG",
    "DEFAULT_NORMALISATION",
    "IGNORED_CLASS",
    "PASTIS",
    "SCHEMES",
    "ClassScheme",
    "MissingDataError",
    "NdviProfile",
    "Normalisation",
    "ParcelSeries",
    "load_parcels",
    "load_profiles",
    "normalise",
    "shared_data_folder",
]
