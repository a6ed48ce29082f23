"""Models for other model checkers, generated from the product of components: a second opinion; and graphs."""

from __future__ import annotations

from collections.abc import Callable
from pkgutil import resolve_name
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from bgsync.export.liveness import Fair
    from bgsync.export.model import Model


class Language(NamedTuple):
    """What a model can be written in: how its files end, for whom it is, and what writes it, as module:name."""

    ending: str
    purpose: str
    writer: str


LANGUAGES = {
    "promela": Language(".pml", "for SPIN", "bgsync.export.promela:written"),
    "murphi": Language(".m", "for rumur", "bgsync.export.murphi:written"),
    "smv": Language(".smv", "for NuSMV", "bgsync.export.smv:written"),
    "tla": Language(".tla", "for TLC", "bgsync.export.tla:written"),
}
WITH_FAIRNESS = {"promela": "bgsync.export.promela_liveness:written"}
"""What writes a model with a property of endless runs, as module:name, for the languages that have fairness."""


class GraphFormat(NamedTuple):
    """What a graph of networkx can be written in: what writes it, as module:name, and how its files end."""

    writer: str
    endings: tuple[str, ...]


GRAPHS = {
    "graphml": GraphFormat("bgsync.export.graph:to_graphml", (".graphml", ".xml")),
    "json": GraphFormat("bgsync.export.graph:to_json", (".json",)),
    "dot": GraphFormat("bgsync.export.graph:to_dot", (".dot", ".gv")),
}


class Write(Protocol):
    """Writes a model into a text; `file` is what it will be called."""

    def __call__(self, model: Model, file: str) -> str:
        """Write it."""
        ...


def writer(language: str) -> Write:
    """Give what writes a language."""
    written: Write = resolve_name(LANGUAGES[language].writer)
    return written


def fair_writer(language: str) -> Callable[[Fair, str], str]:
    """Give what writes a property of endless runs into a language of `WITH_FAIRNESS`."""
    written: Callable[[Fair, str], str] = resolve_name(WITH_FAIRNESS[language])
    return written
