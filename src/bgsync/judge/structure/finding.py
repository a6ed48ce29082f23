"""What a finding of structure is, what each kind of finding means, and what is known beside the spec itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bgsync.language import Spec
from bgsync.language import statements as s
from bgsync.prose.close import close

ERROR, NOTE = "error", "note"


@dataclass(frozen=True)
class Finding:
    """What is wrong with the text at one place, seen without exploring.

    Level: `error` for what is wrong however it is read, `note` for what is harmless or has more than one reading.
    """

    property: str
    message: str
    origin: s.Origin
    level: str = ERROR


@dataclass(frozen=True)
class Structure:
    """A property of structure: an id, one sentence, why it matters, what it rests on."""

    id: str
    sentence: str
    why: str
    reference: str


PROPERTIES = (
    Structure(
        "defined-before-use",
        "Every variable has a value on every path to where it is read.",
        "Two implementers give a variable that nothing binds two different meanings; mostly it is a misspelt name.",
        "Infra, section 3.5: variables are declared with let",
    ),
    Structure(
        "receiver",
        "A member is read and set only on an object of the type that has it, and an algorithm gets what it is for.",
        "A state that is set on the wrong object changes nothing, and the state that was meant is never entered.",
        "the definitions of the members and algorithms, and the links to them",
    ),
    Structure(
        "dead-state",
        "Every declared value of a member is entered by some step.",
        "A state that no step enters is either forgotten somewhere, or promises what does not exist.",
        "the declaration of the member's values",
    ),
    Structure(
        "well-nested",
        "Steps, their substeps and their otherwise fit together.",
        "A list at the wrong depth, or an otherwise that can belong to two conditions, changes what the steps do.",
        "the markup of the lists",
    ),
    Structure(
        "abort-scope",
        "What ends at an abort does not depend on how `these steps` is read.",
        "Where the readings differ, what is skipped in one browser happens in another.",
        "Infra, section 3.6 does not say how far an abort in an asynchronous block reaches",
    ),
    Structure(
        "exit",
        "A loop that is to end can end, and no steps that run on their own leave it, repeat it or share its variables.",
        "Steps that run in parallel cannot end the loop that started them: what was to happen once happens for ever.",
        "Infra, section 3.6: iteration, break and continue",
    ),
    Structure(
        "collection",
        "Lists, maps and single objects are each used as what they are.",
        "An item that is put into a map without a key has no place there.",
        "Infra, section 5: lists, sets, structs and maps",
    ),
    Structure(
        "known-term",
        "Every name in a step or in the IDL is one that the text defines or links to.",
        "A misspelt or unlinked name means nothing, or what each reader takes it for.",
        "the definitions of the text, and its anchors",
    ),
    Structure(
        "contradiction",
        "What the steps do agrees with what the text declares; no promise is settled twice, and no outcome forgotten.",
        "A value that a member cannot have is never equal to it; a promise that is never settled waits for ever.",
        "the declarations of the text; Web IDL and Promises Guide for promises",
    ),
    Structure(
        "missing-task",
        "Steps that run in parallel touch what script can see only in a task that they queue.",
        "Script runs one task at a time: what it holds changes between its tasks, or browsers differ in what it sees.",
        "HTML, dealing with tasks from other specifications",
    ),
)


@dataclass(frozen=True)
class Known:
    """What a text tells beside the spec that was read from it. All names of types and lists are in lower case."""

    types: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Algorithm and variable to the type of the variable, where the head or the variable itself says it."""
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Algorithm to the variables that its head binds."""
    maps: Mapping[str, str] = field(default_factory=dict)
    """List that is a map to the type of its keys."""
    owners: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """List to the types that have one."""
    items: Mapping[str, str] = field(default_factory=dict)
    """List to the type of its items."""
    open: frozenset[str] = frozenset()
    """Types that may have more members than the text says: interfaces, which inherit."""
    interfaces: frozenset[str] = frozenset()
    """The interfaces that the text declares."""
    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Algorithm of another spec to the types that it takes; that of functional events, to what they are fired on."""
    links: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Key of a sentence and member to the types that the sentence links the member to."""
    places: Mapping[tuple[str, str], s.Origin] = field(default_factory=dict)
    """Member and value to where the text declares it; the value is empty for the member itself."""


def hint(name: str, names: Iterable[str]) -> str:
    """Say which name may have been meant."""
    found = close(name, names)
    return f"; did you mean {found!r}?" if found else ""


def place(statement: s.Statement) -> s.Origin:
    """Give the origin of a built statement."""
    assert statement.origin is not None
    return statement.origin


def declared_at(spec: Spec, known: Known, member: str, value: str = "") -> s.Origin:
    """Give the place of a declaration; the beginning of the file when it is not known."""
    for key in ((member.lower(), value.lower()), (member.lower(), "")):
        if key in known.places:
            return known.places[key]
    origins = (statement.origin for statement in spec.statements() if statement.origin is not None)
    file = next((origin.file for origin in origins), "")
    return s.Origin(spec.type.name, (), file, 1, 1, f"a {spec.type.name} has a {member}", member)


def step(statement: s.Statement) -> str:
    """Say which step a statement is."""
    number = place(statement).step
    return f"step {number}" if number else "the step"
