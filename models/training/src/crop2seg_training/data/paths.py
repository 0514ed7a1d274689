"""Finding the shared reference data."""

from __future__ import annotations

import os
from pathlib import Path

# models/training/src/crop2seg_training/data/paths.py -> repository root
_REPOSITORY = Path(__file__).resolve().parents[5]


class MissingDataError(FileNotFoundError):
    """Reference data that a command needs is not on this machine."""


def shared_data_folder() -> Path:
    """Folder of the reference data: $CROP2SEG_DATA, or `../shared/data` beside the repository.

    Raises MissingDataError with the next step when it is absent.
    """
    folder = Path(os.environ.get("CROP2SEG_DATA", _REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        raise MissingDataError(
            f"No reference data at {folder}. Set CROP2SEG_DATA to the folder that holds "
            "`parcel-series` and `calibration`."
        )
    return folder
