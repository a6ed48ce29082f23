"""The part `reader`: garbled sources, read twice."""

from __future__ import annotations

import random
from pathlib import Path

from bgsync.errors import BgsyncError
from bgsync.sources import Source
from bgsync.texts import ledger, read
from tests import specs
from tests.campaign.mutators import garbled, window
from tests.campaign.parts import Figures, HangError, Part, Problem, Settings, limited, unexpected

SECONDS = 10.0
"""How much processor time an input may take, read twice."""
OWN = {
    "print queue": specs.PRINT_QUEUE,
    "respec": specs.RESPEC,
    "sync": specs.SYNC,
    "periodic": specs.PERIODIC,
    "library": specs.LIBRARY,
}


def sources(folder: Path | None) -> dict[str, str]:
    """Give the texts that are edited: our own, and those in a folder."""
    files = sorted(f for f in folder.iterdir() if f.suffix in (".bs", ".html")) if folder is not None else []
    return OWN | {file.name: file.read_text(encoding="utf-8") for file in files}


def told(text: str) -> tuple[object, ...]:
    """Read a text, and give all that the reader says of it; or the error that it documents."""
    try:
        found = read(Source("campaign.bs", text))
        return found.content.name, found.reading.spec, ledger(found)
    except BgsyncError as error:
        return type(error).__name__, str(error)


class Reader(Part):
    """Reads garbled sources: no error but the documented ones, no hang, and the same twice."""

    name = "reader"
    about = "garbled sources through the reader: documented errors only, no hang, the same result twice"
    cases = 100_000

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.sources = sources(settings.specs)

    def one(self, chance: random.Random, case: int, figures: Figures) -> Problem | None:
        text = self.sources[chance.choice(sorted(self.sources))]
        if chance.random() < (0.8 if len(text) < 20_000 else 0.99):
            text = window(text, chance)
            figures["cut out of a text"] += 1
        return self.tried(garbled(text, chance), figures)

    def again(self, given: str, problem: Problem) -> Problem | None:
        return self.tried(given, Figures())

    def tried(self, text: str, figures: Figures) -> Problem | None:
        """Read a text twice."""
        try:
            with limited(SECONDS):
                first, second = told(text), told(text)
        except (Exception, HangError) as error:
            return unexpected(error, text)
        figures[f"refused: {first[0]}" if len(first) == 2 else f"read as {first[0]}"] += 1
        return None if first == second else Problem("two readings differ", text)
