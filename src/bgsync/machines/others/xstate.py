"""The configuration of an XState machine as JSON, read as a chart: of versions 4 and 5."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bgsync.machines.others.chart import ALWAYS, DEEPEST, Arrow, Chart, Node
from bgsync.machines.table import MachineError


def read_xstate(text: bytes, place: str) -> Chart:
    """Read a configuration. Raises MachineError for what is none, and for a target that is no state."""
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MachineError(f"{place}: {error}; write JSON") from None
    if not isinstance(config, dict) or not isinstance(config.get("states"), dict):
        raise MachineError(f"{place}: there is no object 'states'; name the configuration of an XState machine")
    return _Reader(place).read(config)


class _Reader:
    """Reads one configuration."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.chart = Chart(Node(""))
        self.configs: dict[Node, dict[str, Any]] = {}
        self.ids: dict[str, Node] = {}
        self.remembered: set[Node] = set()
        """History states: they are none, and stand for what they lead to."""

    def read(self, config: dict[str, Any]) -> Chart:
        """Read the states, and then what leads from each to another."""
        root = self.chart.root
        self._states(config, root, 0)
        nodes = [root, *root.all()]
        for node in nodes:
            if isinstance(first := self.configs[node].get("initial"), str):
                node.initial = self._child(node, first, f"initial of {node.path or 'the machine'}")
            for kind in ("exit", "context", "activities", "data", "output"):
                if kind in self.configs[node]:
                    self.chart.leave_out(f"'{kind}'")
            node.raised = self._raised(self.configs[node].get("entry"))
        for node in nodes:
            node.arrows = list(self._arrows(node))
        for node in nodes:
            node.children = [each for each in node.children if each not in self.remembered]
        return self.chart

    def _states(self, config: dict[str, Any], node: Node, depth: int) -> None:
        if depth > DEEPEST:
            raise MachineError(f"{self.place}: more than {DEEPEST} states in each other; flatten the machine")
        kind = config.get("type")
        node.parallel, node.final = kind == "parallel", kind == "final"
        self.configs[node] = config
        name = config.get("id")
        node.done = f"done.state.{name or node.path}"
        if isinstance(name, str):
            self.ids[name] = node
        if kind == "history":
            self.remembered.add(node)
            self.chart.leave_out(f"the history {node.path!r}: it leads to the default")
        for key, inner in _object(config.get("states")).items():
            child = Node(key, node)
            node.children.append(child)
            self._states(_object(inner), child, depth + 1)

    def _arrows(self, node: Node) -> Iterator[Arrow]:
        config = self.configs[node]
        found: list[tuple[str, Any]] = []
        for event, given in _object(config.get("on")).items():
            found.append((event or ALWAYS, given))
        found.append((ALWAYS, config.get("always", [])))
        found += [(f"after {delay}", given) for delay, given in _object(config.get("after")).items()]
        found.append((node.done, config.get("onDone", [])))
        for each in _list(config.get("invoke")):
            source = _object(each).get("id") or _named(_object(each).get("src", "?"))
            found += [(f"done.invoke.{source}", _object(each).get("onDone", []))]
            found += [(f"error.platform.{source}", _object(each).get("onError", []))]
        events = {event for other in self.configs.values() for event in _object(other.get("on"))}
        for event, given in sorted(found, key=lambda each: each[0] == "*"):
            names = [event] if event != "*" else sorted(events - set(_object(config.get("on"))) - {""})
            for one in _list(given) if given is not None else [None]:
                for name in names:
                    yield self._arrow(node, name, one)

    def _arrow(self, node: Node, event: str, given: Any) -> Arrow:
        told = _object(given) if not isinstance(given, str) else {"target": given}
        targets = _list(told.get("target"))
        if len(targets) > 1:
            self.chart.leave_out(f"from {node.path!r} all targets of {event!r} but the first")
        guard = told.get("guard", told.get("cond"))
        target = self._target(node, str(targets[0]), event) if targets else None
        conditions = (_named(guard),) if guard is not None else ()
        return Arrow(event, target, conditions, raised=self._raised(told.get("actions")))

    def _raised(self, actions: Any) -> tuple[str, ...]:
        raised = []
        for each in _list(actions):
            params = _object(_object(each).get("params"))
            event = _object(each).get("event", params.get("event"))
            if _named(each).removeprefix("xstate.") == "raise" and event is not None:
                raised.append(_named(event))
            else:
                self.chart.leave_out("actions")
        return tuple(raised)

    def _target(self, node: Node, target: str, event: str) -> Node:
        """Give where a target leads to; a history state stands for its default, as where nothing is remembered."""
        found = self._resolved(node, target, event)
        passed: set[Node] = set()
        while found in self.remembered and found.parent is not None:
            passed.add(found)
            default = self.configs[found].get("target")
            after = self._resolved(found, default, "history") if isinstance(default, str) else found.parent
            found = found.parent if after in passed else after
        return found

    def _resolved(self, node: Node, target: str, event: str) -> Node:
        where = f"{event!r} of {node.path or 'the machine'!r}"
        if target.startswith("#"):
            whole = target[1:]
            parts = whole.split(".")
            names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
            found = next((name for name in names if name in self.ids), None)
            if found is None:
                raise MachineError(f"{self.place}: {target!r}, the target of {where}, is no state; correct it")
            return self._child(self.ids[found], whole[len(found) + 1 :], where)
        inside = node if target.startswith(".") or node.parent is None else node.parent
        return self._child(inside, target.removeprefix("."), where)

    def _child(self, node: Node, path: str, where: str) -> Node:
        for name in filter(None, path.split(".")):
            child = next((each for each in node.children if each.name == name), None)
            if child is None:
                raise MachineError(f"{self.place}: {path!r}, the target of {where}, is no state; correct it")
            node = child
        return node


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _named(value: Any) -> str:
    """Name a guard, an action or an event: each is a name, or an object with a type."""
    if isinstance(value, dict):
        parts = [value.get("type", value.get("name")), *(_list(value.get("params")) if "params" in value else [])]
        return " ".join(str(each) for each in parts if each is not None) or json.dumps(value, sort_keys=True)
    return str(value)
