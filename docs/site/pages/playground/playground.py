"""What the playground says of a text: what each sentence was read as, what is wrong as it stands, and the lifecycle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bgsync.draw.places import Place, places
from bgsync.errors import BgsyncError
from bgsync.judge.property import declared_states
from bgsync.judge.static import notes, structure_verdicts
from bgsync.judge.structure import by_place
from bgsync.judge.structure.text import seen
from bgsync.language import Spec, say, say_value
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.suggest import all_suggestions
from bgsync.report.mend import to_mend
from bgsync.sources import Source
from bgsync.sources.text import decode
from bgsync.texts import Text, ledger, read, unreached

NAME = "text.bs"
HELPED = 50
"""To how many sentences that are not understood a wording is offered."""


def told(text: str) -> str:
    """Say what is read and found in a text, as JSON; or why it cannot be read."""
    try:
        source = Source(NAME, decode(text.encode("utf-8", "surrogatepass"), NAME))
        return json.dumps(_told(read(source)))
    except (BgsyncError, RecursionError) as error:
        return json.dumps({"problem": str(error) or type(error).__name__})


def _told(text: Text) -> dict[str, Any]:
    reading, book = text.reading, ledger(text)
    missed = [one for one in reading.sentences if not one.understood]
    helped = all_suggestions(missed[:HELPED], reading.lexicon)
    total, understood, _ = book.numbers
    return {
        "title": reading.spec.title,
        "content": text.content.name,
        "why": text.why,
        "total": total,
        "understood": understood,
        "sentences": [
            {
                "where": each.where,
                "line": each.place.line,
                "sentence": each.sentence,
                "status": each.status,
                "how": each.how,
                "wordings": list(helped[each.key].wordings) if each.key in helped else [],
            }
            for each in book.entries
        ],
        "findings": list(_findings(text)),
        "unreached": unreached(reading),
        "lifecycle": _lifecycle(reading.spec),
    }


def _findings(text: Text) -> Iterator[dict[str, Any]]:
    """Give what is to be mended, and then what is worth a look."""
    found = by_place(list(seen(text.reading)))
    for mend in to_mend((), structure_verdicts(found)):  # a sentence that is not read stands in the ledger
        line, step = mend.location.line, mend.step
        yield {"level": "broken", "line": line, "step": step, "said": mend.said, "of": mend.breaks}
    noted = notes(found)
    for note in noted:
        place = note.location
        step = f"{place.algorithm} {place.step}".strip()
        yield {"level": "note", "line": place.line, "step": step, "said": note.message, "of": note.property}
    known = {(note.location.line, note.message) for note in noted}
    for defect in text.reading.document.defects:
        if (defect.place.line, defect.message) not in known:
            yield {"level": "note", "line": defect.place.line, "step": "", "said": defect.message, "of": "markup"}


def _lifecycle(spec: Spec) -> dict[str, Any]:
    """Give the states that a text declares, and the steps that change one, as they stand there."""
    states = list(declared_states(spec))
    member = next((each.name for each in spec.type.members if each.values is not None), None)
    rows = [_row(place) for place in places(spec) if _changes(place, member)] if states else []
    return {"name": spec.type.name, "states": states, "rows": rows}


def _changes(place: Place, member: str | None) -> bool:
    match place.statement:
        case s.Set(target=e.Field(name=name)):
            return name == member
        case s.Remove():
            return True
    return False


def _row(place: Place) -> dict[str, str]:
    statement = place.statement
    becomes = say_value(statement.value) if isinstance(statement, s.Set) else "gone"
    return {
        "becomes": becomes,
        "step": str(statement.origin),
        "when": place.trigger,
        "if": place.guard,
        "by": say(statement),
    }
