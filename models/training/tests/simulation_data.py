"""Shared by the tests of simulation, sample and training."""

from __future__ import annotations

import pytest

from crop2seg_training.data import MissingDataError, shared_data_folder


def _missing() -> str:
    try:
        folder = shared_data_folder()
    except MissingDataError as error:
        return str(error)
    return "" if (folder / "parcel-series").is_dir() else f"no parcel-series in {folder}"


needs_parcels = pytest.mark.skipif(bool(_missing()), reason=f"reference data absent: {_missing()}")
"""Skips a test, naming the reason, where the reference data is not on the machine."""
