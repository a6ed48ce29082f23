"""Findings of structure about one algorithm of a library that lends books."""

from bgsync.judge.structure import Finding, Known, findings
from bgsync.language import (
    Field,
    Input,
    ListOf,
    Member,
    ObjectType,
    Spec,
    algorithm,
    v,
)
from bgsync.language.statements import Steps

FILE = "library.py"

LOAN = ObjectType(
    "loan",
    "shelf of loans",
    (Member("status", ("open", "overdue", "returned"), initial="open"), Member("title", type="DOMString")),
    unique="title",
)
READER = ObjectType("reader", "", (Member("name"),))
SHELF = ListOf("shelf of loans")
ENDS = Input("the library closes")


def judged(body: Steps, *parameters: str, returns: str | None = None, known: Known | None = None) -> list[str]:
    """Give the findings on an algorithm, each by its property and step."""
    return [step_of(each) for each in found(body, *parameters, returns=returns, known=known) if each.origin.path]


def found(body: Steps, *parameters: str, returns: str | None = None, known: Known | None = None) -> tuple[Finding, ...]:
    """Give all findings on an algorithm, and on the types of the library."""
    lend = algorithm("lend", parameters, body, returns=returns, file=FILE)
    spec = Spec("Library", "", LOAN, (lend,), methods=(), others=(READER,), read=True)
    return findings(spec, known)


def step_of(each: Finding) -> str:
    """Give a finding as `property` or `property (note)`, with its step."""
    return f"{each.property} {each.origin.step}" + (" (note)" if each.level == "note" else "")


def status(loan: str) -> Field:
    """Give a member of what a variable holds."""
    return Field(getattr(v, loan), "status")
