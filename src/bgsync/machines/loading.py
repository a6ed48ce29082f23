"""A machine and its invariants, loaded from a user's file."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from transitions import Machine
from transitions.core import listify

from bgsync.files import no_file
from bgsync.machines.check import Invariant, refuse
from bgsync.machines.table import MachineError


def load_machine(spec: str) -> tuple[Machine, tuple[Invariant, ...]]:
    """Load the machine that `path/to/file.py:name` names, and the list `invariants` of that file, if any.

    `name` is a Machine, or is called without arguments to give one. The file is run: load what you trust.
    Raises MachineError when there is no such file or name, when the file or the call raises, when the result
    is no Machine or declares a state twice, and when `invariants` is no list of functions.
    """
    file, _, name = spec.rpartition(":")
    path = Path(file)
    if not file or not name:
        raise MachineError(f"{spec!r} names no machine; write path/to/file.py:name")
    with _duplicates() as twice:
        module = run_file(path)
        if not hasattr(module, name):
            there = sorted(key for key, value in vars(module).items() if isinstance(value, Machine))
            hint = f"name one of its machines ({', '.join(there)})" if there else "define it there"
            raise MachineError(f"{path}: there is no {name!r}; {hint}")
        value = getattr(module, name)
        if not isinstance(value, Machine) and callable(value):
            try:
                value = value()
            except (Exception, SystemExit) as error:
                refuse(f"{path}:{name}()", error, "make it build a machine without arguments", path)
    if not isinstance(value, Machine):
        kind = type(value).__name__
        raise MachineError(f"{path}: {name!r} is of type {kind}; name a transitions.Machine, or its maker")
    for owner, state in twice:
        if owner is value:
            raise MachineError(f"{path}:{name}: state {state!r} is declared twice; remove or rename one")
    invariants = getattr(module, "invariants", ())
    if not isinstance(invariants, (list, tuple)) or not all(callable(each) for each in invariants):
        raise MachineError(f"{path}: 'invariants' is no list of functions; list functions state -> bool")
    return value, tuple(invariants)


def run_file(path: Path) -> ModuleType:
    """Run a file as a module of a private name: no bytecode is written, so an edited file is never stale.

    Raises MachineError.
    """
    private = f"_bgsync_machine_{hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]}"
    if kind := no_file(path):
        raise MachineError(f"{path}: {kind}, where a file is needed; name a file")
    try:
        source = path.read_bytes()
    except OSError as error:
        raise MachineError(f"{path}: cannot be read ({error.strerror}); correct the path") from None
    module = ModuleType(private)
    module.__file__ = str(path)
    sys.modules[private] = module  # dataclasses and pickle look a module up by name
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[private]
        repair = "make the file import cleanly"
        if isinstance(error, ModuleNotFoundError):
            repair = "install it, or put its folder on PYTHONPATH"
        refuse(str(path), error, repair, path)
    return module


@contextmanager
def _duplicates() -> Iterator[list[tuple[Machine, str]]]:
    """Note each state declared twice while machines are built.

    A built machine no longer shows it, and the user's code builds it with any class and in any way: so the one method
    that every flat machine calls for its states is replaced meanwhile.
    """
    twice: list[tuple[Machine, str]] = []
    add_states = Machine.add_states

    def noting(self: Machine, states: Any, *args: Any, **options: Any) -> None:
        known = set(self.states) - {self.initial}  # `initial=` may name a state that is declared later
        for each in listify(states) or ():
            state = each["name"] if isinstance(each, dict) else each
            name = str(getattr(state, "name", state))
            if name in known:
                twice.append((self, name))
            known.add(name)
        add_states(self, states, *args, **options)

    Machine.add_states = noting  # type: ignore[method-assign]
    try:
        yield twice
    finally:
        Machine.add_states = add_states  # type: ignore[method-assign]
