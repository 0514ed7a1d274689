"""The one error of this room."""

from __future__ import annotations


class BadInputError(ValueError):
    """Files or options that do not make a model: what is wrong, and what to do next."""

    def __init__(self, cause: str, next_step: str, detail: str = "") -> None:
        middle = f"\n{detail}\n" if detail else " "
        super().__init__(f"{cause}{middle}{next_step}")
