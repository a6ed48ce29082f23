"""From the source of a spec to what was read of it, and to the content that it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bgsync.contents import Content, ContentError, shipped
from bgsync.garbage import uncollected
from bgsync.language.reaching import unreached as unreached_algorithms
from bgsync.prose.heads import not_read
from bgsync.prose.ledger import Ledger
from bgsync.prose.ledger import ledger as make_ledger
from bgsync.prose.page.reader import ReadError, read_document
from bgsync.prose.reading import Reading, read_spec
from bgsync.prose.sidecar import ReadAs, beside, check_used, load_sidecar
from bgsync.sources import Source


class Text(NamedTuple):
    """A text that was read, the content that it is about, and why it is that one."""

    reading: Reading
    content: Content
    why: str


@uncollected()
def read(source: Source, sidecar: Path | None = None, content: Content | None = None) -> Text:
    """Read a source as a text about a content, or about the first shipped one that fits what it defines.

    A sidecar is taken where one is given or stands beside it. Raises ReadError, SidecarError.
    """
    if content is not None:
        return Text(_read(source, sidecar, content), content, "it was named")
    known: list[tuple[Content, Reading]] = []
    for each in shipped():
        same = (
            reading for other, reading in known if (other.vocabulary, other.firing) == (each.vocabulary, each.firing)
        )
        reading = next(same, None) or _read(source, sidecar, each)
        known.append((each, reading))
        why = each.fits(reading.spec)
        if why:
            return Text(reading, each, why)
    raise ContentError(f"{source.name}: it is about none of the contents: name one with --content")


def read_text(source: Source, sidecar: Path | None = None, content: Content | None = None) -> Reading:
    """Read a source, as `read` does."""
    return read(source, sidecar, content).reading


def _read(source: Source, sidecar: Path | None, content: Content) -> Reading:
    path = source.path or Path(source.name)
    chosen = sidecar or (beside(path) if beside(path).is_file() else None)
    entries: dict[str, ReadAs] = load_sidecar(chosen) if chosen else {}
    read_as = {key: entry.read_as for key, entry in entries.items()}
    try:
        document = read_document(source.text, source.name)
        reading = read_spec(document, content.vocabulary, content.firing, revision=source.revision, read_as=read_as)
    except RecursionError:
        raise ReadError(f"{source.name}: steps are nested too deep to be read: break them up") from None
    if chosen:
        sentences = reading.outside.texts | {one.origin.key: one.sentence.text for one in reading.sentences}
        check_used(str(chosen), entries, reading.annotated, sentences)
    if not reading.spec.title:
        reading.spec = replace(reading.spec, title=source.name)
    return reading


def unreached(reading: Reading) -> dict[str, str]:
    """Give the algorithms of a text that nothing reaches, each with the reason."""
    heads = {head.name: why for text, head in reading.heads if (why := not_read(text, head))}
    return unreached_algorithms(reading.spec, heads)


@uncollected()
def ledger(text: Text) -> Ledger:
    """Account for every normative sentence of a text."""
    return make_ledger(text.reading, text.content.vocabulary)
