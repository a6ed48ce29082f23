# ruff: noqa: E501  # sentences stand on one line
"""Algorithms that are made up, printed as prose in many wordings and markups, and read back: the same data."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import read_spec
from bgsync.prose.vocabulary import Vocabulary

NOTHING = Vocabulary()
STATES = ("queued", "printing", "jammed")
NAMES = ("job", "other", "first", "copy")
JOBS = e.ListOf("list of print jobs", e.Var("printer"))
Steps = tuple[s.Statement, ...]

variables = st.sampled_from(NAMES).map(e.Var)
states = variables.map(lambda job: e.Field(job, "job state"))
conditions = st.one_of(
    st.builds(lambda state, value: e.Is(state, value), states, st.sampled_from(STATES)),
    st.builds(lambda state, value: e.Not(e.Is(state, value)), states, st.sampled_from(STATES)),
    st.builds(lambda job: e.Is(job, None), variables),
    st.builds(lambda job: e.Contains(JOBS, job), variables),
    st.builds(lambda job: e.Not(e.Contains(JOBS, job)), variables),
    st.builds(lambda a, b: e.Compare(">", e.Field(a, "page count"), e.Field(b, "page count")), variables, variables),
)
joined = st.one_of(
    conditions,
    st.builds(e.And, conditions, conditions),
    st.builds(e.Or, conditions, st.builds(e.And, conditions, conditions)),
)
leaves = st.one_of(
    st.builds(lambda name, job: s.Let(name, e.Field(job, "page count")), st.sampled_from(NAMES), variables),
    st.builds(lambda name, x: s.Let(name, e.Find(JOBS, "page count", x)), st.sampled_from(NAMES), variables),
    st.builds(lambda name: s.Let(name, e.New("print job")), st.sampled_from(NAMES)),
    st.builds(lambda state, value: s.Set(state, value), states, st.sampled_from(STATES)),
    st.builds(lambda job: s.Add(job, JOBS), variables),
    st.builds(lambda job: s.Remove(job, JOBS), variables),
    st.builds(lambda job: s.Call("eject a page", (job,)), variables),
    st.builds(lambda p: s.Resolve(e.Var(p)), st.just("promise")),
    st.builds(lambda error: s.Reject(e.Var("promise"), error), st.sampled_from(("TypeError", "AbortError"))),
    st.builds(s.Abort),
    st.builds(s.Return, variables),
    st.builds(s.Assert, conditions),
)


def _flat(several: list[Steps]) -> Steps:
    return tuple(each for group in several for each in group)


def blocks(inner: st.SearchStrategy[Steps]) -> st.SearchStrategy[Steps]:
    bodies = st.lists(inner, min_size=1, max_size=3).map(_flat)
    alone: st.SearchStrategy[s.Statement] = st.one_of(
        st.builds(lambda c, body: s.If(c, body), joined, bodies),
        st.builds(lambda c, body: s.While(c, body), conditions, bodies),
        st.builds(lambda name, body: s.ForEach(name, JOBS, body), st.sampled_from(NAMES), bodies),
        st.builds(lambda body: s.InParallel(body), bodies),
        st.builds(
            lambda how, body: s.Upon((how,), e.Var("promise"), body), st.sampled_from(("fulfilled", "rejected")), bodies
        ),
    )
    either = st.builds(lambda c, body, other: (s.If(c, body), s.Else(other)), joined, bodies, bodies)
    return st.one_of(alone.map(lambda one: (one,)), either)


algorithms = st.lists(st.recursive(leaves.map(lambda one: (one,)), blocks, max_leaves=6), min_size=1, max_size=5).map(
    _flat
)


@dataclass
class Printer:
    """Prints statements as the source of a spec: each time in another wording."""

    random: Random
    markdown: bool

    def one(self, *wordings: str) -> str:
        return self.random.choice(wordings)

    def var(self, name: str) -> str:
        return self.one(f"|{name}|", f"<var>{name}</var>")

    def term(self, name: str) -> str:
        return self.one(f"[={name}=]", f"<a>{name}</a>")

    def value(self, value: e.Expr) -> str:
        match value:
            case None:
                return "null"
            case str():
                return self.term(value)
            case e.Var(name=name):
                return self.var(name)
            case e.Field(owner=owner, name=name) | e.ListOf(owner=owner, name=name):
                owned = self.value(owner)
                return self.one(
                    f"{owned}'s {self.term(name)}", f"the {self.term(name)} of {owned}",
                    f"the {self.term(name)} associated with {owned}", f"{owned}'s associated {self.term(name)}",
                )  # fmt: skip
            case e.Find(collection=collection, field=field, value=wanted):
                where = f"the {self.term('print job')} in {self.value(collection)} whose {self.term(field)}"
                absent = self.one(", or null", " if it exists, else null", ", if any, or null otherwise")
                return f"{where} {self.one('is', 'equals', 'is equal to')} {self.value(wanted)}{absent}"
            case e.New(type=name):
                return f"a new {self.term(name)}"
            case _:
                raise AssertionError(value)

    def condition(self, value: e.Expr) -> str:
        match value:
            case e.Not(operand=e.Is(left=left, right=right)):
                verb = self.one("is not", "does not equal", "is different from", "is no longer", "is not currently")
                return f"{self.value(left)} {verb} {self.value(right)}"
            case e.Is(left=left, right=right):
                return f"{self.value(left)} {self.one('is', 'equals', 'is now', 'is equal to')} {self.value(right)}"
            case e.Not(operand=e.Contains(collection=collection, item=item)):
                said, held = self.value(item), self.value(collection)
                return self.one(
                    f"{said} is not in {held}", f"{held} does not contain {said}", f"{said} is no longer part of {held}"
                )
            case e.Contains(collection=collection, item=item):
                said, held = self.value(item), self.value(collection)
                return self.one(f"{said} is in {held}", f"{held} contains {said}", f"{said} exists in {held}")
            case e.Compare(left=left, right=right):
                return (
                    f"{self.value(left)} {self.one('is greater than', 'exceeds', 'is more than')} {self.value(right)}"
                )
            case e.And(left=left, right=right):
                return f"{self.condition(left)}{self.one('', ',')} and {self.one('', 'if ')}{self.condition(right)}"
            case e.Or(left=left, right=right):
                return f"{self.condition(left)}{self.one('', ',')} or {self.condition(right)}".replace(", and", " and")
            case _:
                raise AssertionError(value)

    def leaf(self, statement: s.Statement) -> str:
        match statement:
            case s.Let(name=name, value=value):
                return f"let {self.var(name)} be {self.value(value)}"
            case s.Set(target=target, value=value):
                to = f"{self.value(target)} to {self.value(value)}"
                return self.one(f"set {to}", f"change {to}", f"update {to}", f"{to.replace(' to ', ' is set to ', 1)}")
            case s.Add(item=item, collection=where):
                into = f"{self.value(item)} to {self.value(where)}"
                return f"{self.one('add', 'append')} {into}"
            case s.Remove(item=item, collection=where):
                return f"{self.one('remove', 'delete')} {self.value(item)} from {self.value(where)}"
            case s.Call(algorithm=name, arguments=(argument,)):
                return f"{self.one('', 'run ', 'perform ')}{self.term(name)} {self.one('for', 'with', 'given')} {self.value(argument)}"
            case s.Resolve(promise=promise):
                return f"{self.one('resolve', 'fulfill')} {self.value(promise)}"
            case s.Reject(promise=promise, error=str() as error):
                named = self.one(
                    f"{{{{{error}}}}}", f'"{{{{{error}}}}}" {{{{DOMException}}}}', f"{{{{{error}}}}} exception"
                )
                return f"reject {self.value(promise)} with {self.one('a', 'a new')} {named}"
            case s.Abort():
                return self.one("abort these steps", "terminate these steps", "abort the rest of these steps")
            case s.Return(value=value):
                return f"return {self.value(value)}"
            case s.Assert(condition=condition):
                return f"assert: {self.condition(condition)}"
            case _:
                raise AssertionError(statement)

    def opening(self, statement: s.Statement) -> str:
        match statement:
            case s.If(condition=condition):
                return f"if {self.condition(condition)}"
            case s.While(condition=condition):
                return f"while {self.condition(condition)}"
            case s.ForEach(name=name, collection=where):
                kind = self.one("", f"{self.term('print job')} ")
                return f"for each {kind}{self.var(name)} {self.one('in', 'of')} {self.value(where)}"
            case s.InParallel():
                return "in parallel"
            case s.Else():
                return self.one("otherwise", "else")
            case s.Upon(outcomes=(how,), promise=promise):
                noun = {"fulfilled": self.one("fulfillment", "fulfilment"), "rejected": "rejection"}[how]
                held = self.value(promise)
                return self.one(f"upon {noun} of {held}", f"when {held} is {how}", f"if {held} was {how}")
            case _:
                raise AssertionError(statement)

    def steps(self, body: Steps, indent: int) -> str:
        pad = " " * (4 * indent)
        items = [self.item(statement, indent) for statement in body]
        if self.markdown:
            return "\n".join(f"{pad}{number}. {item}" for number, item in enumerate(items, start=1))
        return f"{pad}<ol>\n" + "\n".join(f"{pad}<li>{item}" for item in items) + f"\n{pad}</ol>"

    def item(self, statement: s.Statement, indent: int) -> str:
        body = traversal.body_of(statement)
        if not body:
            return _sentence(self.leaf(statement), ".")
        opened = self.opening(statement)
        if (
            isinstance(statement, s.Else)
            and len(body) == 1
            and isinstance(body[0], s.If)
            and self.random.random() < 0.7
        ):
            inner = self.item(body[0], indent)
            return f"{_sentence(opened, ', ')}{inner[0].lower()}{inner[1:]}"
        leaves = not any(traversal.body_of(inner) for inner in body)
        leaves = leaves and not any(isinstance(inner, s.Abort) for inner in body[:-1])  # "abort and x" does x first
        if leaves and len(body) <= 2 and self.random.random() < 0.5:
            then = "then " if isinstance(statement, s.If) and self.random.random() < 0.5 else ""
            return _sentence(f"{opened}, {then}{self.one(' and ', ', and ').join(map(self.leaf, body))}", ".")
        run = "" if isinstance(statement, s.InParallel | s.Else) else ", run these steps"
        then = ", then" if isinstance(statement, s.If) else run
        return _sentence(opened + self.one("", then), ":") + "\n" + self.steps(body, indent + 1)


def _sentence(text: str, end: str) -> str:
    return (text[0].upper() + text[1:] if text[0].isalpha() else text) + end


def document(body: Steps, seed: int, markdown: bool) -> str:
    """Print a spec with one algorithm."""
    given_states = ", ".join(f"<dfn for='print job'>{state}</dfn>" for state in STATES)
    return f"""<pre class=metadata>
Title: Print Queue
Markup Shorthands: markdown yes
Indent: 4
</pre>
<p>A <dfn>print job</dfn> has a <dfn for="print job">job state</dfn>, which is one of {given_states}. It is initially queued.</p>
<p>A [=print job=] has a <dfn for="print job">page count</dfn> (a number).</p>
<p>A <dfn>printer</dfn> has a <dfn>list of print jobs</dfn>, which is a list of [=print jobs=].</p>
<div algorithm>
To <dfn>eject a page</dfn> for |job|, run these steps:

1. Abort these steps.
</div>
<div algorithm>
To <dfn>serve</dfn> |printer|, |job|, |other|, |first|, |copy| and |promise|, run these steps:

{Printer(Random(seed), markdown).steps(body, 0)}
</div>
"""


@settings(max_examples=150, deadline=None, derandomize=True)
@given(algorithms, st.integers(0, 2**16), st.booleans())
def test_what_is_printed_in_any_wording_is_read_as_the_same_data(body: Steps, seed: int, markdown: bool) -> None:
    text = document(body, seed, markdown)
    reading = read_spec(read_document(text, "printer.bs"), NOTHING)
    bad = [(one.sentence.text, one.unread, one.lost) for one in reading.sentences if not one.understood]
    assert not bad, text
    assert reading.spec.algorithm("serve").steps == body, text
    assert reading.spec.type.list_name == "list of print jobs"
    assert next(member for member in reading.spec.type.members if member.name == "job state").values == STATES
