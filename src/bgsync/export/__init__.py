"""Models for other model checkers, generated from the product of components: a second opinion."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bgsync.export.model import Model

LANGUAGES = {
    "promela": (".pml", "for SPIN"),
    "murphi": (".m", "for rumur"),
    "smv": (".smv", "for NuSMV"),
    "tla": (".tla", "for TLC"),
}
"""What a model can be written in, which is a module of this package: how its files end, and for whom it is."""


class Write(Protocol):
    """Writes a model into a text; `file` is what it will be called."""

    def __call__(self, model: Model, file: str) -> str:
        """Write it."""
        ...


def writer(language: str) -> Write:
    """Give what writes a language."""
    written: Write = importlib.import_module(f"bgsync.export.{language}").written
    return written
