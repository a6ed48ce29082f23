"""Promises in a few words: an expression of Python in which states and the attributes of the model have names."""

import ast
import builtins
import difflib
from collections.abc import Callable
from typing import Any

from transitions import Machine

from bgsync.machines.library import active_states, frozen
from bgsync.machines.table import MachineError, states_of


def worded(machine: Machine, model: Any, words: str) -> Callable[[Any, Any], Any]:
    """Make words a function of the state and the model, such as `waiting and tries > 3`.

    The name of a state is true while the machine is in it; `state` is what the machine is in; other names are those of
    the model's attributes, and what is built into Python. Raises MachineError for what is no expression, and for a name
    that is none of these.
    """
    states = set(states_of(machine))
    try:
        tree = ast.parse(words, mode="eval")
        code = compile(tree, "<promise>", "eval")
    except (SyntaxError, ValueError) as error:
        raise MachineError(f"promise {words!r}: {error}; write a state's name or an expression of Python") from None
    names = names_in(tree)
    for name in names:
        if not (name in states or name == "state" or hasattr(model, name) or hasattr(builtins, name)):
            close = difflib.get_close_matches(name, [*states, *dir(model)], 1)
            hint = f"did you mean {close[0]!r}?" if close else "correct the name"
            raise MachineError(f"promise {words!r}: {name!r} is no state and no attribute of the model; {hint}")

    def holds(state: Any, model: Any) -> Any:
        active = active_states(machine, frozen(getattr(model, machine.model_attribute)))
        known = {"state": state, **{name: name in active for name in names if name in states}}
        known.update({name: getattr(model, name) for name in names if name not in known and hasattr(model, name)})
        return eval(code, known)  # it stands in the user's own file, which is run anyway

    holds.__name__ = words
    return holds


def names_in(tree: ast.AST) -> list[str]:
    """Give the names of an expression that it does not make itself."""
    nodes = list(ast.walk(tree))
    own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return list(dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name) and node.id not in own))
