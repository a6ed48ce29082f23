"""A machine with what is promised of it, found where a user says."""

import ast
import asyncio
import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from transitions import Machine
from transitions.core import listify

from bgsync.files import no_file
from bgsync.machines.behaviour import Behaviour, behaviour_of
from bgsync.machines.check import LIMIT, MachineReport, check_machine, running
from bgsync.machines.data import attributes_of
from bgsync.machines.live import Live
from bgsync.machines.others import ChartMachine, is_chart, is_statemachine, read_chart, read_statemachine
from bgsync.machines.others import machine_of as machine_of_chart
from bgsync.machines.promises import Promises
from bgsync.machines.pulls import machine_of, triggers_of
from bgsync.machines.table import MachineError, refuse


@dataclass(frozen=True)
class Loaded:
    """A machine, and what its file says of it."""

    machine: Machine
    promises: Promises = field(default_factory=Promises)
    beside: tuple[Machine, ...] = ()  # further machines of the same model
    holders: tuple[Any, ...] = ()  # what holds the machine, if it is no module
    arguments: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    chosen: Sequence[str] | Callable[[Any], Hashable] | None = None
    setup: tuple[str, ...] = ()  # lines of Python that make `machine`

    def check(self, **options: Any) -> MachineReport:
        """Check the machine for what its file says; `options` are those of `check_machine`, and come before that."""
        promised = {each.name: getattr(self.promises, each.name) for each in fields(self.promises)}
        return check_machine(self.machine, **{**promised, "setup": self.setup, **self._how, **options})

    def running(self, **options: Any) -> AbstractContextManager[Live]:
        """Run the machine as its file says; `options` are those of `bgsync.machines.check.running`."""
        return running(self.machine, **{**self._how, **options})

    def behaviour(self, *, limit: int | None = None, **options: Any) -> Behaviour:
        """Give all that the machine does, up to `limit` configurations; `options` are those of `running`."""
        with self.running(**options) as live:
            return behaviour_of(live, self.setup, LIMIT if limit is None else limit)

    @property
    def _how(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("beside", "holders", "arguments", "chosen")}


def load_machine(spec: str) -> Loaded:
    """Load the machine that `path/to/file.py:a.b.c` or `module:a.b.c` names, with what the file promises of it.

    The name leads to a Machine, to an object that holds one, to a model of one, or to a class or function that makes
    any of these without arguments; to one of `python-statemachine`, too. A file of SCXML or XState is named alone.
    Beside a name the file may have lists `invariants`, `never`, `eventually` and `leads_to`, a dict `arguments` and
    `data`. The file is run: load what you trust. Raises MachineError.
    """
    if is_chart(spec):
        return Loaded(read_chart(Path(spec)), setup=_reading(spec))
    place, _, name = spec.rpartition(":")
    if not place or not name:
        raise MachineError(f"{spec!r} names no machine; write path/to/file.py:name")
    with _duplicates() as twice:
        module = _run_module(place) if is_module(place) else run_file(Path(place))
        value, expression, holders = _follow(place, module, name)
        machine, expression = _machine_in(f"{place}:{name}", value, expression, holders)
    for owner, state in twice:
        if owner is machine:
            raise MachineError(f"{place}:{name}: state {state!r} is declared twice; remove or rename one")
    root = name.split(".")[0]
    home = module.__name__ if not module.__name__.startswith("_bgsync") else Path(place).stem
    made = (f"from {home} import {root}", *([f"machine = {expression}"] if expression != "machine" else []))
    return Loaded(
        machine,
        _promises(place, module),
        _beside(machine, [module, *holders]),
        tuple(each for each in holders if not isinstance(each, (Machine, type))),
        _arguments(place, module, machine),
        _chosen(place, module),
        _reading(spec) if isinstance(machine, ChartMachine) else made,
    )


def _reading(spec: str) -> tuple[str, ...]:
    """Give the lines that read a machine which `transitions` itself has not made."""
    return "from bgsync.machines.loading import load_machine", f"machine = load_machine({spec!r}).machine"


def machine_in(value: Any, name: str = "machine") -> Loaded:
    """Give the machine that a value is, makes, holds, or is a model of. Raises MachineError."""
    holders: list[Any] = []
    machine, _ = _machine_in(name, value, name, holders)
    kept = tuple(each for each in holders if not isinstance(each, (Machine, type)))
    return Loaded(machine, beside=_beside(machine, holders), holders=kept)


def is_module(place: str) -> bool:
    """Tell whether a place is written as a module, and not as a file."""
    return not place.endswith(".py") and all(part.isidentifier() for part in place.split("."))


def run_file(path: Path) -> ModuleType:
    """Run a file as a module of a private name: no bytecode is written, so an edited file is never stale.

    Its siblings can be imported as when Python runs it, and relatively where it lies in a package. Raises MachineError.
    """
    if kind := no_file(path):
        raise MachineError(f"{path}: {kind}, where a file is needed; name a file")
    try:
        source = path.read_bytes()
    except OSError as error:
        raise MachineError(f"{path}: cannot be read ({error.strerror}); correct the path") from None
    private = f"_bgsync_machine_{hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]}"
    module = ModuleType(private)
    module.__file__ = str(path)
    folders = [path.absolute().parent, *_roots(path.absolute())]
    if package := _package(path.absolute(), source):
        module.__package__ = ".".join(package)
        folders.append(path.absolute().parents[len(package)])
    sys.modules[private] = module  # dataclasses and pickle look a module up by name
    with _importing([*folders, Path.cwd()]):
        try:
            if package:
                importlib.import_module(module.__package__ or "")
            exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
        except (Exception, SystemExit) as error:
            del sys.modules[private]
            _refuse_import(str(path), error, path)
    return module


def _roots(path: Path) -> list[Path]:
    """Give the folder from which the package of a file is imported, if it lies in one."""
    inside = path.parent
    while (inside / "__init__.py").exists():
        inside = inside.parent
    return [] if inside == path.parent else [inside]


def _package(path: Path, source: bytes) -> list[str]:
    """Give the package that a file belongs to, if it imports relatively."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    levels = [node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    if not levels:
        return []
    folders = [path.parent, *path.parent.parents]
    roots = _roots(path)
    inside = [folder for folder in folders if roots and roots[0] in folder.parents]
    count = max(*levels, len(inside))
    return [folder.name for folder in folders[:count]][::-1]


def _run_module(name: str) -> ModuleType:
    with _importing([Path.cwd()]):
        try:
            return importlib.import_module(name)
        except (Exception, SystemExit) as error:
            _refuse_import(name, error, None)


def _refuse_import(place: str, error: BaseException, path: Path | None) -> NoReturn:
    repair = "make the file import cleanly"
    if isinstance(error, ModuleNotFoundError):
        repair = "install it, or put its folder on PYTHONPATH"
    refuse(place, error, repair, path)


@contextmanager
def _importing(folders: list[Path]) -> Iterator[None]:
    """Let what lies in some folders be imported, and write no bytecode."""
    before, sys.path[:] = sys.path[:], [*map(str, folders), *sys.path]
    wrote, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.path[:], sys.dont_write_bytecode = before, wrote


def _follow(place: str, module: ModuleType, name: str) -> tuple[Any, str, list[Any]]:
    """Follow a dotted name: its value, how it is written, and the objects on the way."""
    value: Any = module
    expression, holders = "", list[Any]()
    for part in name.split("."):
        if value is not module and not isinstance(value, Machine) and not hasattr(value, part) and callable(value):
            value, expression = _made(f"{place}:{expression}", value), f"{expression}()"
            holders.append(value)
        try:
            found = getattr(value, part)
        except AttributeError:
            raise MachineError(f"{place}: there is no {name!r}; {_hint(module)}") from None
        except Exception as error:
            refuse(f"{place}:{name}", error, "make it give a machine")
        if value is not module and value not in holders:
            holders.append(value)
        value, expression = found, f"{expression}.{part}" if expression else part
    return value, expression, holders


def _hint(module: ModuleType) -> str:
    names = []
    for key, value in sorted(vars(module).items()):
        if isinstance(value, Machine):
            names.append(key)
        elif not key.startswith("_") and not isinstance(value, (type, ModuleType)) and not callable(value):
            names += [f"{key}.{part}" for part, _ in _held(value)]
    return f"name one of its machines ({', '.join(names)})" if names else "define it there"


def _made(place: str, maker: Any) -> Any:
    """Call what is called without arguments."""
    path = Path(place.rpartition(":")[0])
    try:
        made = maker()
        return asyncio.run(made) if inspect.iscoroutine(made) else made
    except (Exception, SystemExit) as error:
        refuse(f"{place}()", error, "make it build a machine without arguments", path)


def _machine_in(place: str, value: Any, expression: str, holders: list[Any]) -> tuple[Machine, str]:
    """Give the machine that a value is, makes, holds, or is a model of."""
    if isinstance(value, Machine):
        return value, expression
    if is_statemachine(value):
        return machine_of_chart(read_statemachine(value), place), expression
    if not isinstance(value, ModuleType) and callable(value) and not _held(value):
        value, expression = _made(place, value), f"{expression}()"
        if isinstance(value, Machine) or is_statemachine(value):
            return _machine_in(place, value, expression, holders)
    holders.append(value)
    held = _held(value)
    machines = list({id(machine): (name, machine) for name, machine in held}.values())
    if not machines:
        machines = [("", machine) for machine in _modelled_by(value)]
        if not machines:
            kind = type(value).__name__
            what = "" if isinstance(value, (int, str, float, list, dict, tuple)) else ", which holds none"
            message = f"{place.rpartition(':')[2]!r} is of type {kind}{what}; name a transitions.Machine, or its maker"
            raise MachineError(f"{place.rpartition(':')[0]}: {message}")
        return machines[0][1], f"{expression}.trigger.func.__self__" if expression else expression
    first = machines[0][1]
    if any(not _share(first, machine) for _, machine in machines):
        names = ", ".join(f"{place}.{name}" for name, _ in machines)
        raise MachineError(f"{place}: holds several machines; name one of {names}")
    return first, f"{expression}.{machines[0][0]}"


def _held(value: Any) -> list[tuple[str, Machine]]:
    """Give the machines that an object has as attributes."""
    pairs = [*attributes_of(value)]
    if not isinstance(value, type):
        known = {name for name, _ in pairs}
        pairs += [(n, each) for kind in type(value).__mro__ for n, each in vars(kind).items() if n not in known]
    return [(name, each) for name, each in pairs if isinstance(each, Machine)]


def _modelled_by(value: Any) -> list[Machine]:
    found = [machine_of(each) for _, each in attributes_of(value)]
    return list({id(each): each for each in found if each is not None}.values())


def _share(one: Machine, other: Machine) -> bool:
    return any(model is another for model in one.models for another in other.models)


def _beside(machine: Machine, places: list[Any]) -> tuple[Machine, ...]:
    """Give the other machines of the same model: those that the model, the holders and the file know."""
    known = [each for place in [*machine.models, *places] for _, each in _held(place)]
    known += [each for model in machine.models for each in _modelled_by(model)]
    others = {id(each): each for each in known if each is not machine and _share(machine, each)}
    return tuple(others.values())


def _promises(place: str, module: ModuleType) -> Promises:
    def listed(name: str, of: str, fits: Callable[[Any], bool]) -> tuple[Any, ...]:
        given = getattr(module, name, ())
        if not isinstance(given, (list, tuple)) or not all(fits(each) for each in given):
            raise MachineError(f"{place}: {name!r} is no list of {of}")
        return tuple(given)

    def predicate(each: Any) -> bool:
        return callable(each) or isinstance(each, str)

    def pair(each: Any) -> bool:
        return isinstance(each, (list, tuple)) and len(each) == 2 and all(map(predicate, each))

    return Promises(
        listed("invariants", "functions; list functions state -> bool, or words", predicate),
        listed("never", "functions, names of states or words", predicate),
        listed("eventually", "functions, names of states or words", predicate),
        listed("leads_to", "pairs; list pairs (before, after) of functions, names of states or words", pair),
    )


def _arguments(place: str, module: ModuleType, machine: Machine) -> Mapping[str, Sequence[Any]]:
    given = getattr(module, "arguments", {})
    if not isinstance(given, dict):
        return {}
    triggers = set(triggers_of(machine))
    others = {trigger for _, each in _held(module) for trigger in triggers_of(each)}
    out: dict[str, Sequence[Any]] = {}
    for trigger, values in given.items():
        if trigger not in triggers | others:
            known = ", ".join(sorted(each for each in triggers if not str(each).startswith("to_")))
            raise MachineError(f"{place}: 'arguments' names {trigger!r}, which is no trigger; name one of {known}")
        if trigger in triggers:
            out[trigger] = _drawn(values) if hasattr(values, "example") else list(values)
    return out


def _drawn(strategy: Any, count: int = 20) -> list[Any]:
    """Draw values of a Hypothesis strategy, the same each time."""
    from hypothesis import HealthCheck, Phase, given, settings

    drawn: list[Any] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(strategy)
    def draw(value: Any) -> None:
        if value not in drawn:
            drawn.append(value)

    draw()
    return drawn


def _chosen(place: str, module: ModuleType) -> Any:
    chosen = getattr(module, "data", None)
    if callable(chosen) or chosen is None:
        return chosen
    names = isinstance(chosen, (list, tuple)) and all(isinstance(each, str) for each in chosen)
    return tuple(chosen) if names else None


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
