"""From the source of a spec to what was read of it, with the content's words for the environment."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bgsync.prose.ledger import Ledger
from bgsync.prose.ledger import ledger as make_ledger
from bgsync.prose.page.reader import ReadError, read_document
from bgsync.prose.reading import Reading, read_spec
from bgsync.prose.sidecar import ReadAs, beside, check_used, load_sidecar
from bgsync.prose.surroundings import Vocabulary
from bgsync.sources import Source


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage in cycles: reading makes trees, and the search takes a tenth of its time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def vocabulary() -> Vocabulary:
    """Give the content's words for the environment."""
    words = importlib.import_module("model.vocabulary")
    return Vocabulary(
        words.PREDICATES,
        words.PRESENCE,
        words.VALUES,
        words.PHRASES,
        words.WINDOW_CLIENTS,
        words.OCCASIONS,
        words.CHOICES,
        words.SINGLE,
    )


@_uncollected()
def read_text(source: Source, sidecar: Path | None = None) -> Reading:
    """Read a source, with its sidecar if one is given or stands beside it. Raises ReadError, SidecarError."""
    fired = importlib.import_module("model.service_worker").FIRE_FUNCTIONAL_EVENT
    path = Path(source.name)
    chosen = sidecar or (beside(path) if beside(path).is_file() else None)
    entries: dict[str, ReadAs] = load_sidecar(chosen) if chosen else {}
    read_as = {key: entry.read_as for key, entry in entries.items()}
    try:
        document = read_document(source.text, source.name)
        reading = read_spec(document, vocabulary(), fired, revision=source.revision, read_as=read_as)
    except RecursionError:
        raise ReadError(f"{source.name}: steps are nested too deep to be read: break them up") from None
    if chosen:
        sentences = reading.outside.texts | {one.origin.key: one.sentence.text for one in reading.sentences}
        check_used(str(chosen), entries, reading.annotated, sentences)
    if not reading.spec.title:
        reading.spec = replace(reading.spec, title=source.name)
    return reading


@_uncollected()
def ledger(reading: Reading) -> Ledger:
    """Account for every normative sentence of a reading."""
    return make_ledger(reading, vocabulary())
