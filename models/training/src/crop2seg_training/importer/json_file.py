"""Reading JSON files that people hand over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crop2seg_training.importer.problem import BadInputError


def read_object(path: Path, next_step: str) -> dict[str, Any]:
    """The JSON object in ``path``. Raises BadInputError with ``next_step``."""
    content = read_json(path, next_step)
    if not isinstance(content, dict):
        raise BadInputError(f"{path} holds no JSON object.", next_step)
    return content


def read_json(path: Path, next_step: str) -> Any:
    """The JSON value in ``path``. Raises BadInputError with ``next_step``."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputError(f"{path} cannot be read ({error.strerror}).", next_step) from error
    except ValueError as error:  # malformed JSON or another encoding than UTF-8
        raise BadInputError(f"{path} is not JSON ({error}).", next_step) from error
