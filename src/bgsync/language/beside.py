"""Two specs for one and the same worker: what the other one does beside a spec, as far as they can meet.

What is followed is the spec's own list of objects. Of the other one all algorithms and rules are there: they are called
with the same keys, on the same queues, and read the same environment. Its own objects are not followed, so what depends
on them is a free choice: it does all that it could do, and more. What holds beside that holds beside the other one.
"""

from dataclasses import replace
from typing import TypeVar

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Algorithm, LanguageError, Rule, Spec
from bgsync.language.rewrite import rewrite

Part = TypeVar("Part", Algorithm, Rule)


def beside(spec: Spec, other: Spec) -> Spec:
    """Give a spec with the algorithms and rules of another one; those of a name that it has, too, are renamed.

    Where both are about one type, the other one is for another owner of such a list, with a list and queues of its own.
    Raises LanguageError where their events are fired by different algorithms.
    """
    if spec.firing is not None and other.firing not in (None, spec.firing):
        by = f"{spec.firing.name!r}, those of {other.title} by {other.firing.name!r}"
        raise LanguageError(f"the events of {spec.title} are fired by {by}: name one for the same worker")
    other = _of_another(other) if other.type.name == spec.type.name else other
    taken = {name for name, _ in spec.bodies()}
    if spec.firing is not None and spec.firing == other.firing:
        taken -= {spec.firing.name}
    names = {name: f"{name} of {other.type.name}" for name, _ in other.bodies() if name in taken}
    types = tuple(kind for kind in (other.type, *other.others) if kind.name != spec.type.name)
    return replace(
        spec,
        algorithms=(*spec.algorithms, *(_renamed(part, names) for part in other.algorithms)),
        rules=(*spec.rules, *(_renamed(rule, names) for rule in other.rules)),
        firing=spec.firing or other.firing,
        methods=(*spec.methods, *(names.get(name, name) for name in other.methods)),
        others=(*spec.others, *types),
        read=True,
    )


def _of_another(spec: Spec) -> Spec:
    """Give a spec as it runs for another owner: its type, its list and its queues are others."""
    queues = {each.queue for each in spec.statements() if isinstance(each, s.Enqueue)}
    own = {spec.type.name, spec.type.list_name, *(part.name for part in queues if isinstance(part, _NAMED))}

    def change(part: e.Expr) -> e.Expr:
        if isinstance(part, e.New):
            return replace(part, type=_another(part.type)) if part.type in own else part
        return replace(part, name=_another(part.name)) if isinstance(part, _NAMED) and part.name in own else part

    algorithms = tuple(replace(a, steps=tuple(rewrite(each, change) for each in a.steps)) for a in spec.algorithms)
    rules = tuple(replace(rule, steps=tuple(rewrite(each, change) for each in rule.steps)) for rule in spec.rules)
    kind = replace(spec.type, name=_another(spec.type.name), list_name=_another(spec.type.list_name))
    return replace(spec, type=kind, algorithms=algorithms, rules=rules)


_NAMED = (e.ListOf, e.Associated, e.Field)


def _another(name: str) -> str:
    return f"another {name}"


def _renamed(part: Part, names: dict[str, str]) -> Part:
    body = tuple(_statement(each, names) for each in part.steps)
    return replace(part, name=names.get(part.name, part.name), steps=body)


def _statement(statement: s.Statement, names: dict[str, str]) -> s.Statement:
    """Give a statement that stands in, and calls, algorithms by their new names."""
    origin, inner = statement.origin, traversal.body_of(statement)
    parts: dict[str, object] = {}
    if origin is not None and origin.algorithm in names:
        parts["origin"] = replace(origin, algorithm=names[origin.algorithm])
    if inner:
        parts["body"] = tuple(_statement(each, names) for each in inner)
    if isinstance(statement, s.Call) and statement.algorithm in names:
        parts["algorithm"] = names[statement.algorithm]
    return replace(statement, **parts) if parts else statement  # type: ignore[arg-type]  # they are fields of it
