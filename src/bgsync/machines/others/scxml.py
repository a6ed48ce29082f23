"""SCXML (https://www.w3.org/TR/scxml/), read as a chart. A document type, and so any entity, is refused."""

from __future__ import annotations

from typing import NoReturn
from xml.etree import ElementTree

from bgsync.machines.others.chart import ALWAYS, DEEPEST, Arrow, Chart, Node
from bgsync.machines.table import MachineError

_STATES = ("state", "parallel", "final")
_IGNORED = {"datamodel", "initial", "transition", "history", "onentry", "onexit", "donedata", "invoke", "script"}


class _Builder(ElementTree.TreeBuilder):
    def doctype(self, *_: object) -> NoReturn:
        raise MachineError("it has a document type, which may hide entities; take it out")


def read_scxml(text: bytes, place: str) -> Chart:
    """Read a document. Raises MachineError for what is no SCXML, and for a target that is no state."""
    try:
        top = ElementTree.fromstring(text, ElementTree.XMLParser(target=_Builder()))
    except MachineError as error:
        raise MachineError(f"{place}: {error}") from None
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise MachineError(f"{place}: {error}; write well-formed XML") from None
    if _kind(top) != "scxml":
        raise MachineError(f"{place}: the outermost element is {_kind(top)!r}, and not 'scxml'; write SCXML")
    return _Reader(place).read(top)


def _kind(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


class _Reader:
    """Reads one document."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.chart = Chart(Node(""))
        self.known: dict[str, Node] = {}
        """The states, and those which stand for what is remembered, by their ids."""
        self.elements: dict[Node, ElementTree.Element] = {}

    def read(self, top: ElementTree.Element) -> Chart:
        """Read the states, and then what leads from each to another."""
        self._states(top, self.chart.root)
        for node in [self.chart.root, *self.chart.root.all()]:
            for history in (each for each in self.elements[node] if _kind(each) == "history"):
                self._history(node, history)
        events = dict.fromkeys(
            event
            for each in top.iter()
            if _kind(each) == "transition"
            for event in self._events(each)
            if not event.endswith("*")
        )
        for node in [self.chart.root, *self.chart.root.all()]:
            self._rest(node, list(events))
        return self.chart

    def _states(self, element: ElementTree.Element, node: Node) -> None:
        pending = [(element, node, 0)]
        while pending:
            element, node, depth = pending.pop()
            if depth > DEEPEST:
                raise MachineError(f"{self.place}: more than {DEEPEST} states in each other; flatten the chart")
            self.elements[node] = element
            for each in element:
                if (kind := _kind(each)) in _STATES:
                    name = each.get("id") or f"{kind} {len(self.known) + 1}"
                    child = Node(name, node, parallel=kind == "parallel", final=kind == "final")
                    child.done = f"done.state.{name}"
                    if name in self.known:
                        raise MachineError(f"{self.place}: two states have the id {name!r}; rename one of them")
                    self.known[name] = child
                    node.children.append(child)
                    pending.append((each, child, depth + 1))
                elif kind not in _IGNORED:
                    self.chart.leave_out(f"<{kind}>")

    def _history(self, node: Node, history: ElementTree.Element) -> None:
        default = next((each.get("target") for each in history if _kind(each) == "transition"), None)
        name = history.get("id") or ""
        self.known[name] = self._target(default, node) or node if default else node
        self.chart.leave_out(f"the history {name!r}: it leads to {self.known[name].path!r}")

    def _rest(self, node: Node, events: list[str]) -> None:
        element = self.elements[node]
        if first := element.get("initial"):
            node.initial = self._target(first, node)
        for each in element:
            kind = _kind(each)
            if kind == "initial":
                node.initial = self._target(next((one.get("target") for one in each), None), node)
            elif kind == "onentry":
                node.raised += self._raised(each)
            elif kind == "transition":
                target, condition = each.get("target"), each.get("cond")
                for event in self._events(each):
                    prefix = event.removesuffix("*").removesuffix(".")
                    matched = [known for known in events if known == prefix or known.startswith(f"{prefix}.")]
                    for one in [e for e in events if e != ALWAYS] if not prefix else matched or [prefix]:
                        node.arrows.append(
                            Arrow(
                                one,
                                self._target(target, node) if target else None,
                                (condition,) if condition else (),
                                raised=self._raised(each),
                            )
                        )
            elif kind in ("onexit", "donedata", "invoke", "script", "datamodel"):
                self.chart.leave_out(f"<{kind}>")

    @staticmethod
    def _events(transition: ElementTree.Element) -> list[str]:
        return (transition.get("event") or "").split() or [ALWAYS]

    def _raised(self, element: ElementTree.Element) -> tuple[str, ...]:
        for each in element:
            if _kind(each) != "raise":
                self.chart.leave_out(f"<{_kind(each)}>")
        return tuple(each.get("event") or "" for each in element if _kind(each) == "raise")

    def _target(self, ids: str | None, node: Node) -> Node | None:
        named = (ids or "").split()
        if len(named) > 1:
            self.chart.leave_out(f"from {node.path or 'the chart'!r} all targets but the first of {' '.join(named)!r}")
        for name in named[:1]:
            if name not in self.known:
                raise MachineError(
                    f"{self.place}: {name!r} is a target of {node.path!r}, and no state; add or correct it"
                )
            return self.known[name]
        return None
