"""Steps that something runs later, never or several times: what ends them ends nothing around them.

A variable or a member holds them ("let |later| be these steps"), or an algorithm is handed them ("fetch |x| with
`processResponse` set to the following steps, given |y|").
"""

from __future__ import annotations

from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say_value
from bgsync.prose.grammar.assignments import both, let, set_
from bgsync.prose.grammar.effects import Following, Statements, call, following
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.phrases import Phrases, Plain

STEPS_BELOW = e.Input("steps below")
"""What a variable holds that names steps."""
_ACTION = "action|algorithm|function|callback|operation"
_GIVEN = ",? given|with|taking {taken}"


_STEPS = (Following(),)


def _run_later(what: str, taken: tuple[str, ...] = (), body: Statements = _STEPS) -> Statements:
    given = tuple(s.Let(name, e.Input(f"what {what} is given as {name}")) for name in taken)
    return (s.Whenever(e.Input(f"{what} is run"), (*given, *body)),)


def _add_steps(p: Phrases, steps: Any, where: e.Expr) -> Statements:
    """Abort steps of a signal, say."""
    return (s.Whenever(e.Input(f"what was added to {say_value(where)} is run", (where,)), _STEPS),)


def _steps_of(p: Phrases, name: Any, steps: Any, taken: tuple[str, ...] = ()) -> Statements:
    return (*let(p, name, STEPS_BELOW), *_run_later(p.words.said(1, 2), taken))


def _steps_given(p: Phrases, name: Any, taken: tuple[str, ...], steps: Any) -> Statements:
    return _steps_of(p, name, steps, taken)


def _closure(p: Phrases, name: Any, body: Statements, taken: tuple[str, ...] = ()) -> Any:
    """Steps that a variable holds, told in one sentence."""
    held = name.name if isinstance(name, e.Var) else str(name)
    return None if following(body) else (*let(p, name, STEPS_BELOW), *_run_later(held, taken, body))


def _returning(p: Phrases, name: Any, value: e.Expr, taken: tuple[str, ...] = ()) -> Any:
    return None if isinstance(value, Plain) else _closure(p, name, (s.Return(value),), taken)


def _giving(p: Phrases, name: Any, taken: tuple[str, ...], value: e.Expr) -> Any:
    return _returning(p, name, value, taken)


def _set_steps(p: Phrases, target: e.Expr, steps: Any, taken: tuple[str, ...] = ()) -> Any:
    return both(set_(p, target, STEPS_BELOW), _run_later(say_value(target), taken))


def _handed(p: Phrases, called: Any, what: str, taken: tuple[str, ...] = ()) -> Any:
    """What is handed to an algorithm, which is started with it."""
    return both(call(p, called), _run_later(f"{what} of {called[0]}", taken))


def _handed_steps(p: Phrases, called: Any, steps: Any, taken: tuple[str, ...] = ()) -> Any:
    return _handed(p, called, "steps", taken)


def _handed_promising(p: Phrases, called: Any, what: str, promise: e.Expr, _: Any) -> Any:
    """Steps in parallel for whoever runs them; a new promise is what those get."""
    if not isinstance(promise, e.Var):
        return None
    made, owed = s.Let(promise.name, e.New("promise")), s.Return(promise)
    return both(call(p, called), _run_later(f"{what} of {called[0]}", (), (made, s.InParallel(_STEPS), owed)))


def _handed_as(p: Phrases, called: Any, name: str, steps: Any, taken: tuple[str, ...] = ()) -> Any:
    return _handed(p, called, name, taken)


def _reaction(p: Phrases, promise: e.Expr, what: str, taken: tuple[str, ...] = ()) -> Any:
    """Steps that run upon what a promise comes to."""
    settles = _SETTLES.get(what.partition(" ")[0])
    held = isinstance(promise, e.Var | e.Field | e.Associated)
    return (s.Upon((settles,), promise, _STEPS, "".join(taken)),) if settles and held and len(taken) < 2 else None


_SETTLES = {"fulfillment": "fulfilled", "fulfilment": "fulfilled", "rejection": "rejected"}


def _named(value: e.Expr) -> tuple[str, ...]:
    return (value.name,) if isinstance(value, e.Var) else ()


TAKEN = Category(
    [
        form("{var}", lambda p, value: _named(value)),
        form("{kind} {var}", lambda p, kind, value: _named(value)),
        form("{var} argument|parameter", lambda p, value: _named(value)),
        form("{typed}", lambda p, name: (name,), 1),
        form("arguments|argument|parameters|parameter {taken}", 0),
        form("{taken} ,? and {taken}", lambda p, a, b: a + b),
        form("{taken} , {taken}", lambda p, a, b: a + b),
    ]
)
"""The variables that steps are given when they are run."""
LATER = Category(
    [
        form("let {word} be {steps}", _steps_of),
        form(f"let {{word}} be {{steps}} {_GIVEN}", _steps_of),
        form(f"let {{word}} be {_ACTION} that|which ,? given {{taken}} ,? runs|performs {{steps}}", _steps_given),
        form("set {noun} to {steps}", _set_steps),
        form(f"set {{noun}} to {{steps}} {_GIVEN}", _set_steps),
        form("add|append {steps} to {noun}", _add_steps),
        form(f"let {{word}} be {_ACTION} to {{sequence}}", _closure),
        form(f"let {{word}} be {_ACTION} that|which returns {{value}}", _returning),
        form(f"let {{word}} be {_ACTION} that|which takes {{taken}} and returns {{value}}", _giving),
        form("react to {noun} ,? with|using {handed}", _reaction),
        form(f"react to {{noun}} ,? with|using {{handed}} {_GIVEN}", _reaction),
        form("{call} ,? with|and|using {handed}", _handed, 2),
        form(f"{{call}} ,? with|and|using {{handed}} {_GIVEN}", _handed, 2),
        form(f"{{call}} ,? with|and {{steps}} {_GIVEN}", _handed_steps, 2),
        form(
            "{call} ,? given|with {acting} that|which returns new promise {var} and runs|performs {steps} in parallel",
            _handed_promising,
            2,
        ),
        form("{call} ,? with|and {parameter} set to {steps}", _handed_as, 2),
        form(f"{{call}} ,? with|and {{parameter}} set to {{steps}} {_GIVEN}", _handed_as, 2),
    ]
)
ACTING = Category([form(_ACTION, lambda p: "steps"), form(f"{{loose}} {_ACTION}", lambda p, what: f"{what} steps")])
"""What is handed over as steps."""
TABLES: dict[str, Category] = {"taken": TAKEN, "later": LATER, "acting": ACTING}
