"""What is to be mended in a text as it stands, before anything that follows from it is looked at.

Causes come before consequences: a sentence that is not understood, or a name that means nothing, before what it breaks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bgsync.compare.steps import AlgorithmChange, StepChange
from bgsync.judge.static import TEXT
from bgsync.judge.verdict import Location, Unread, Verdict
from bgsync.language import Spec
from bgsync.language.statements import Perform
from bgsync.plain import plain


@dataclass(frozen=True)
class Mend:
    """A place in the text that is wrong as it stands: what is wrong, and what may help."""

    location: Location
    said: str
    breaks: str = ""
    """The property of structure that it breaks for certain, "" where it is a sentence that is not understood."""
    help: str = ""
    hides: bool = False
    """Whether a step means nothing until it is mended, so that nobody knows what follows from it."""

    @property
    def step(self) -> str:
        """The step that it is about."""
        return f"{self.location.algorithm} {self.location.step}".strip()


def to_mend(unread: Iterable[Unread], verdicts: Iterable[Verdict]) -> list[Mend]:
    """Give what is wrong in a text as it stands, in its order; of a step with an unknown name, that name alone."""
    unread = list(unread)
    hidden = {one.location for one in unread}
    made = [
        Mend(place, verdict.message, verdict.property.split("/")[0], hides=place in hidden)
        for verdict in verdicts
        if verdict.granularity == TEXT and verdict.verdict == "violated"
        for place in verdict.locations[:1]
    ]
    named = {one.location for one in made if one.breaks in ("known-term", "defined-before-use")}
    made += [_not_understood(one) for one in unread if one.location not in named]
    return sorted(made, key=lambda one: (one.location.file, one.location.line, one.location.column, one.breaks))


def to_mend_after(changes: Sequence[AlgorithmChange], spec: Spec, found: Iterable[Mend]) -> list[Mend]:
    """Give what is to be mended after an edit: a sentence with what it was before, and calls of what was removed."""
    steps = [step for each in changes for step in each.steps]
    gone = {each.name: each for each in changes if each.kind == "removed"}
    made = []
    for statement in spec.statements():
        if isinstance(statement, Perform) and statement.name in gone and statement.origin is not None:
            places = [step.old for step in gone[statement.name].steps if step.old is not None]
            where = f" ({places[0].file}:{places[0].line})" if places else ""
            said = f"{statement.name!r} was removed by this edit{where}"
            made.append(Mend(Location.of(statement.origin), said, "known-term", hides=True))
    known = {one.location for one in made}
    others = (one for one in found if one.location not in known)
    made += [one if one.breaks else _with_what_it_was(one, steps) for one in others]
    return sorted(made, key=lambda one: (one.location.file, one.location.line, one.location.column, one.breaks))


def _with_what_it_was(one: Mend, steps: Sequence[StepChange]) -> Mend:
    mine = [step for step in steps if step.new and str(step.new) == one.step]
    before = [step for step in steps if step.old and (str(step.old) == one.step or step in mine)]
    same = any(step.old and step.new and step.old.sentence == step.new.sentence for step in mine)
    below = [step.old for step in steps if step.old and not step.new and str(step.old).startswith(f"{one.step}.")]
    if same and below:
        removed = ", ".join(f"{step} ({step.file}:{step.line})" for step in below)
        said = f"no step is left below it: this edit removed {removed}"
        return replace(one, said=said, breaks="well-nested", help="")
    was = next((step.old.sentence for step in before if step.old), "")
    return replace(one, help="; ".join(filter(None, [one.help, f"before the edit: “{plain(was)}”" if was else ""])))


def _not_understood(one: Unread) -> Mend:
    part = f"; not read: “{plain(one.part)}”" if one.part else ""
    nothing = 'if it does nothing that counts here, read_as = "nothing" says so: bgsync read --help'
    help = f"this would be understood: {plain(one.wordings[0])}" if one.wordings else nothing
    return Mend(one.location, f"not understood: “{plain(one.sentence)}”{part}", help=help, hides=True)
