"""Whether two specs say the same: as data, or but for the names of variables and the words for what is open."""

from collections.abc import Hashable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Algorithm, Rule, Spec
from bgsync.language.rewrite import rewrite


def same_data(old: Spec, new: Spec) -> bool:
    """Whether all algorithms, rules and types are equal, so that the reading of the text did not change at all.

    Where sentences begin and end belongs to it, since a step is one action; numbers, places and words do not.
    """
    return _frame(old) == _frame(new) and _bodies(old) == _bodies(new)


def same_but_for_names(old: Spec, new: Spec) -> bool:
    """Whether the specs are equal up to the names of variables and the wording of choices and inputs.

    Only where every statement is of a kind whose variables are known here; elsewhere it is False.
    """
    if _frame(old) != _frame(new) or not (_is_plain(old) and _is_plain(new)):
        return False
    return _renamed(old) == _renamed(new)


def alike_but_for_names(old: object, new: object) -> bool:
    """Whether two pieces of a spec, such as conditions, are equal up to the names of variables and of what is open."""
    return but_for_names(old) == but_for_names(new)


def but_for_names(part: object) -> Hashable:
    """Give what a piece of a spec says, which is equal to that of another one with other names for its variables."""
    return _plain(part, {}, {})


def leaving_words_open(spec: Spec) -> Spec:
    """Give a spec without its words for what is open, and without the types that are not followed.

    The built-in model has words of its own for what a text leaves to the user agent.
    """

    def opened(expression: e.Expr) -> e.Expr:
        return e.Input("open", expression.reads) if isinstance(expression, e.Input) else expression

    def body(part: Any) -> Any:
        return replace(part, steps=tuple(rewrite(statement, opened) for statement in part.steps))

    return replace(
        spec, others=(), algorithms=tuple(map(body, spec.algorithms)), rules=tuple(map(body, spec.rules)), read=True
    )


def _frame(spec: Spec) -> tuple[Any, ...]:
    fired = spec.firing
    signatures = sorted((a.name, len(a.parameters), a.returns is not None) for a in spec.algorithms)
    rules = sorted((rule.name, rule.machine, rule.trigger, rule.level) for rule in spec.rules)
    return spec.type, spec.others, {*spec.requires}, sorted(spec.methods), fired and fired.name, signatures, rules


def _parts(spec: Spec) -> list[Algorithm | Rule]:
    extra = (spec.firing,) if spec.firing else ()
    return sorted((*spec.algorithms, *extra, *spec.rules), key=lambda part: (part.name, isinstance(part, Rule)))


def _bodies(spec: Spec) -> list[tuple[Any, ...]]:
    return [
        (getattr(part, "parameters", ()), getattr(part, "returns", None), part.steps, _sentences(part.steps))
        for part in _parts(spec)
    ]


def _sentences(body: tuple[s.Statement, ...]) -> tuple[int, ...]:
    """Give, for every statement, the number of its step in the order of the text; an atomic block is no action."""
    met: dict[tuple[str, tuple[int, ...]], int] = {}
    return tuple(
        met.setdefault((o.algorithm, o.path), len(met))
        for st in traversal.walk(body)
        if (o := st.origin) is not None and not isinstance(st, s.Atomically)
    )


_VARIABLES = {
    (s.Let, "name"),
    (s.ForEach, "name"),
    (s.FireEvent, "bind"),
    (s.Upon, "bind"),
    (s.Call, "bind"),
    (e.Var, "name"),
}
"""The fields that hold the name of a variable."""

_PLAIN = (
    s.Let, s.Set, s.If, s.Else, s.ForEach, s.While, s.Add, s.Remove, s.Resolve, s.Reject, s.Assert, s.Return, s.Abort,
    s.Continue, s.Wait, s.InParallel, s.Atomically, s.Upon, s.FireEvent, s.QueueTask, s.Dispatch,
    s.RunPostDispatchSteps, s.Call, s.Increment, s.Steps, s.Empty, s.Throw, s.Break, s.WaitUntil, s.Perform,
    e.Var, e.Field, e.ListOf, e.Associated, e.Find, e.New, e.Contains, e.Environment, e.Population, e.Choice, e.Is,
    e.Not, e.And, e.Or, e.Input, e.Apply, e.Item, e.Sequence, e.Conditional, e.Arithmetic, e.Compare,
)  # fmt: skip
"""The kinds whose only variables are in those fields, and in what they hold of these kinds."""


def _is_plain(spec: Spec) -> bool:
    return all(isinstance(part, _PLAIN) for body in _parts(spec) for part in _nodes(body.steps))


def _nodes(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
    elif is_dataclass(value) and not isinstance(value, type):
        yield value
        for each in fields(value):
            if each.compare:
                yield from _nodes(getattr(value, each.name))


def _renamed(spec: Spec) -> list[tuple[Any, ...]]:
    """Give every body with its variables, and the choices and inputs of the spec, numbered in the order of the text."""
    choices: dict[str, int] = {}
    result = []
    for part in _parts(spec):
        names: dict[str, int] = {}
        parameters = tuple(names.setdefault(name, len(names)) for name in getattr(part, "parameters", ()))
        returns = getattr(part, "returns", None)
        promise = returns and names.setdefault(returns, len(names))
        result.append((parameters, promise, _plain(part.steps, names, choices), _sentences(part.steps)))
    return result


def _plain(value: object, names: dict[str, int], choices: dict[str, int]) -> Hashable:
    if isinstance(value, tuple):
        return tuple(_plain(item, names, choices) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    told: list[Hashable] = [type(value)]
    for each in fields(value):
        held = getattr(value, each.name)
        if not each.compare:
            continue
        if (type(value), each.name) in _VARIABLES:
            told.append(held and names.setdefault(held, len(names)))
        elif isinstance(value, e.Choice | e.Input) and each.name in ("name", "text"):
            told.append(choices.setdefault(str(held), len(choices)))
        elif isinstance(value, s.Wait) and isinstance(held, str):
            told.append("a while")
        else:
            told.append(_plain(held, names, choices))
    return tuple(told)
