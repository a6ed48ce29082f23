"""What grows by itself: time goes on, and a counter that is only incremented passes every bound.

A comparison with what grows has an outcome in the end, whatever the numbers are: "the due time is greater than now" is
false again and again, if it is asked again and again. Which outcome that is, is read off the two sides of the
comparison; a side that is neither time nor such a counter is taken to stand still.
"""

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Spec

_TIME = re.compile(r"\bnow\b|\bcurrent\b.*\b(?:time|date|timestamp)\b", re.IGNORECASE)
"""How a text calls the time that it is."""

TIME = ""
"""The name of what grows without a step of the text."""


@dataclass(frozen=True)
class Growth:
    """What grows in a spec."""

    counters: frozenset[str]
    """What is incremented and set to nothing else: members once their object is made, `|variables|` once let."""
    clocks: frozenset[str]
    """The variables that are nothing but the time that it is."""

    def is_time(self, expression: e.Expr) -> bool:
        """Whether a value is the time that it is."""
        return any(trend == (TIME, 1) for trend in self.trends(expression))

    def times(self, condition: e.Expr) -> tuple[str, ...]:
        """Name what a comparison with the time that it is compares with it: members, and what is found by a key."""
        if not isinstance(condition, e.Compare) or (self.comes_to(condition) or ("no time",))[0] != TIME:
            return ()
        found = (_holder(part) for side in (condition.left, condition.right) for part in e.parts(side))
        return tuple(sorted({name for name in found if name}))

    def trends(self, expression: e.Expr) -> Iterator[tuple[str, int]]:
        """Give what makes a value greater (1) or smaller (-1), each by its name."""
        match expression:
            case e.Input(text=text) | e.Apply(name=text, arguments=()) if _TIME.search(text):
                yield TIME, 1
            case e.Var(name=name) if name in self.clocks:
                yield TIME, 1
            case e.Field(name=name) if name in self.counters:
                yield name, 1
            case e.Var(name=name) if variable(name) in self.counters:
                yield variable(name), 1
            case e.Arithmetic(operator="+" | "-" as operator, left=left, right=right):
                yield from self.trends(left)
                for name, way in self.trends(right):
                    yield name, way if operator == "+" else -way

    def comes_to(self, condition: e.Expr) -> tuple[str, bool] | None:
        """Say what makes a comparison come to which outcome; None where nothing does, or more than one thing."""
        if not isinstance(condition, e.Compare):
            return None
        difference = e.Arithmetic("-", condition.left, condition.right)
        trends = dict.fromkeys(self.trends(difference))
        if len(trends) != 1:
            return None
        (name, way), *_ = trends
        return name, (way > 0) == (condition.operator in (">", ">="))


def _holder(expression: e.Expr) -> str:
    """Name the member or collection in which a value is kept; "" for any other value."""
    match expression:
        case e.Field(name=name) | e.Item(collection=e.ListOf(name=name) | e.Field(name=name)):
            return name
        case _:
            return ""


def variable(name: str) -> str:
    """Name a variable that counts, other than a member is."""
    return f"|{name}|"


def whose(counter: str, tag: Hashable) -> Hashable:
    """Give what has to begin anew for a counter to do so: the object with a tag, or the counter, if a variable."""
    return counter if counter.startswith("|") else tag


def growth(spec: Spec) -> Growth:
    """Find what grows in a spec."""
    grown, otherwise, bound = set[str](), set[str](), dict[str, set[bool]]()
    otherwise |= {variable(name) for part in spec.algorithms for name in part.parameters}
    for _, body in spec.bodies():
        every = list(traversal.walk(body))
        made = {one.name for one in every if isinstance(one, s.Let) and isinstance(one.value, e.New)}
        for statement in every:
            match statement:
                case s.Increment(target=e.Field(name=name)):
                    grown.add(name)
                case s.Increment(target=e.Var(name=name)):
                    grown.add(variable(name))
                case s.ForEach(name=name):
                    otherwise.add(variable(name))
                case s.Set(target=e.Field(owner=e.Var(name=owner), name=name)) if owner not in made:
                    otherwise.add(name)
                case s.Set(target=e.Field(name=name, owner=owner)) if not isinstance(owner, e.Var):
                    otherwise.add(name)
                case s.Let(name=name, value=value) | s.Set(target=e.Var(name=name), value=value):
                    text = (
                        value.text if isinstance(value, e.Input) else value.name if isinstance(value, e.Apply) else ""
                    )
                    bound.setdefault(name, set()).add(bool(_TIME.search(text)))
                    if isinstance(statement, s.Set):
                        otherwise.add(variable(name))
    return Growth(frozenset(grown - otherwise), frozenset(name for name, told in bound.items() if told == {True}))
