"""One algorithm as a flow of its numbered steps: branches, loops, waits, what is started apart, and where it ends.

Every step is one box with its number and its sentence. What stands in one sentence stays in one box: "if it is late,
abort these steps" is a test with an end behind it, not two steps. Steps that are run on their own (in parallel, when a
promise settles, after an event was dispatched) hang on a broken line that says when; they end by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bgsync.draw.colours import NO_HUES, Hues, hue_of
from bgsync.draw.diagram import Diagram, Edge, EdgeKind, Node, NodeKind
from bgsync.draw.links import Link
from bgsync.language import Origin, Spec, Statement, say, traversal, walk
from bgsync.language import statements as s

ENDS: dict[type[Statement], str] = {s.Abort: "abort", s.Return: "return", s.Throw: "throw"}


@dataclass(frozen=True)
class Exit:
    """A way out of a step that leads to whatever comes next."""

    source: str
    label: str = ""
    kind: EdgeKind = "normal"

    def but(self, label: str, kind: EdgeKind | None = None) -> Exit:
        """Give it with one more condition."""
        return Exit(self.source, ", ".join(filter(None, (self.label, label))), kind or self.kind)


@dataclass
class Loop:
    """A loop that is being drawn: its head, and the ways out of it by "break"."""

    head: str
    broken: list[Exit] = field(default_factory=list)


Ways = tuple[list[Exit], list[Exit]]
"""The ways on, and those where the last condition does not hold."""


def flow_diagram(spec: Spec, name: str, link: Link, hues: Hues = NO_HUES) -> Diagram:
    """Draw one algorithm or rule; `hues` are the colours of states.

    Raises ValueError for a name that the spec does not have.
    """
    flow = Flow(spec, name, link, hues)
    return Diagram(
        f"{'The method' if name in spec.methods else 'The steps of'} {flow.head}",
        f"The steps of {name!r} of {spec.title}, one box each. Broken lines lead to steps that are run on their own.",
        tuple(flow.nodes),
        tuple(flow.edges),
        flow=True,
    )


class Flow:
    """The boxes and arrows of one algorithm or rule. Raises ValueError for a name that the spec does not have."""

    def __init__(self, spec: Spec, name: str, link: Link, hues: Hues = NO_HUES) -> None:
        bodies = dict(spec.bodies())
        if name not in bodies:
            raise ValueError(f"no algorithm {name!r} in {spec.title}: one of {', '.join(sorted(bodies))}")
        self.link, self.hues = link, hues
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.origins: dict[str, Origin] = {}
        """The step that a box stands for."""
        self.states = {value for member in spec.type.members for value in member.values or ()}
        self.head = _head(spec, name)
        begin = self.node(self.head, "begin")
        self.end(self.body(bodies[name], [Exit(begin)], None))

    def node(self, label: str, kind: NodeKind, origin: Origin | None = None, state: str = "") -> str:
        """Make a box; give its id, which sorts as the text does."""
        name = f"{len(self.nodes):04}"
        level = len(origin.path) - 1 if origin else 0
        self.nodes.append(Node(name, label, kind, state, self.link(origin) if origin else "", level=level))
        if origin:
            self.origins[name] = origin
        return name

    def join(self, exits: Sequence[Exit], target: str) -> None:
        """Lead ways out to a box."""
        self.edges += [Edge(one.source, target, one.label, kind=one.kind) for one in exits]

    def end(self, exits: Sequence[Exit], label: str = "end") -> None:
        """Lead ways out to an end of its own."""
        if exits:
            end = self.node(label, "end")
            self.join(exits, end)
            level = min(self.nodes[int(one.source)].level for one in exits)
            self.nodes[int(end)] = replace(self.nodes[int(end)], level=level)

    def body(
        self, body: Sequence[Statement], exits: list[Exit], loop: Loop | None, otherwise: Sequence[Exit] = ()
    ) -> list[Exit]:
        """Draw a list of steps, entered by `exits`, or by `otherwise` where it begins with an "otherwise".

        Gives the ways out of the last one.
        """
        groups, otherwise = list(_groups(body)), list(otherwise)
        for group, following in zip(groups, [*groups[1:], None], strict=True):
            branches = following is not None and isinstance(following[0], s.Else)
            if isinstance(group[0], s.Else):
                through, otherwise = self.alternative(group, otherwise, loop, branches)
                exits = [*exits, *through]
            else:
                exits, otherwise = self.step(group, [*exits, *otherwise], loop, branches)
        return [*exits, *otherwise]

    def alternative(self, group: list[Statement], exits: list[Exit], loop: Loop | None, branches: bool) -> Ways:
        """Draw an "otherwise": a box only where it does something in its own sentence."""
        inner, origin = traversal.body_of(group[0]), group[0].origin
        if len(group) > 1 or not inner or inner[0].origin == origin or origin is None:
            return self.step(group, exits, loop, branches)
        return self.body(inner, [replace(one, label=f"{one.label} ({origin.step})") for one in exits], loop), []

    def step(self, group: list[Statement], exits: list[Exit], loop: Loop | None, branches: bool) -> Ways:
        """Draw one sentence as a box; `branches` says that an "otherwise" follows."""
        origin = group[0].origin
        sentence = origin.sentence if origin else ", and ".join(map(say, group))
        own = list(_own(group))
        values = [one.value for one in own if isinstance(one, s.Set) and one.value in self.states]
        colour = hue_of(str(values[-1]), self.hues) if values else ""
        label = f"{origin.step} {sentence}" if origin else sentence
        box = self.node(label, _kind(own), origin, colour)
        self.join(exits, box)
        first = traversal.body_of(group[0]) if isinstance(group[0], s.Else) else ()
        ways, no = self.sentence([*first, *group[1:]] if first else group, Exit(box), loop, branches, origin)
        if no and self.nodes[int(box)].kind == "step":
            self.nodes[int(box)] = replace(self.nodes[int(box)], kind="test")
        return ways, no

    def sentence(
        self, group: Sequence[Statement], way: Exit, loop: Loop | None, branches: bool, origin: Origin | None
    ) -> Ways:
        """Follow the statements of one sentence, which share a box, to the steps below it and to its ends."""
        ways, no = [way], list[Exit]()
        for place, (one, following) in enumerate(zip(group, [*group[1:], None], strict=True)):
            if one.origin != origin:
                return self.body(group[place:], ways, loop, no), []
            if isinstance(one, s.Else):
                through, _ = self.below(one, way.but("no"), loop)
                trivial = ways == [way.but("yes")] and through == [way.but("no")]
                ways, no = [way] if trivial else [*ways, *through], []
                continue
            ways, no = [*ways, *no], []
            if not ways:
                break
            if isinstance(one, s.If):
                yes = way.but("yes")
                ways, _ = self.below(one, yes, loop)
                if isinstance(following, s.Else) and following.origin == origin:
                    continue
                otherwise = isinstance(following, s.Else) or (branches and following is None)
                ways, no = ([way], []) if ways == [yes] and not otherwise else (ways, [way.but("no")])
            elif ways == [way]:
                ways, no = self.below(one, way, loop)
        return ways, no

    def below(self, one: Statement, way: Exit, loop: Loop | None) -> Ways:
        """Follow one statement of a sentence: what it ends, and the steps in it."""
        inner = traversal.body_of(one)
        numbered = bool(inner) and inner[0].origin != one.origin
        if type(one) in ENDS:
            self.end([way], ENDS[type(one)])
            return [], []
        if isinstance(one, s.Continue | s.Break):
            if loop is None:  # the loop is outside of what runs on its own
                self.end([way], "continue" if isinstance(one, s.Continue) else "break")
            elif isinstance(one, s.Break):
                loop.broken.append(way)
            else:
                self.join([way], loop.head)
            return [], []
        if apart := _apart(one):
            inside = way.but(apart, "apart")
            if numbered:
                self.end(self.body(inner, [inside], None))
            elif any(each.origin != one.origin for each in walk(inner)):
                through, rest = self.sentence(inner, inside, None, False, one.origin)
                self.end([each for each in (*through, *rest) if each.source != way.source])
            return [way], []
        if isinstance(one, s.ForEach | s.While):
            return self.looped(one, way, numbered), []
        if numbered:
            return self.body(inner, [way], loop), []
        return self.sentence(inner, way, loop, False, one.origin) if inner else ([way], [])

    def looped(self, one: s.ForEach | s.While, way: Exit, numbered: bool) -> list[Exit]:
        """Draw what a loop does, which leads back to its head; one whose steps are all in its sentence is one box."""
        inner, mine, each = traversal.body_of(one), Loop(way.source), isinstance(one, s.ForEach)
        first = way.but("for each" if each else "yes")
        ways, no = (
            (self.body(inner, [first], mine), []) if numbered else self.sentence(inner, first, mine, False, one.origin)
        )
        back = [each for each in (*ways, *no) if each.source != way.source]
        if not numbered and not back and not mine.broken:
            return [way]
        self.join(back, way.source)
        endless = isinstance(one, s.While) and one.condition is True
        return [*([] if endless else [way.but("then" if each else "no")]), *mine.broken]


def _head(spec: Spec, name: str) -> str:
    """Say what an algorithm is called with, or when a rule is run."""
    for algorithm in (*spec.algorithms, *filter(None, [spec.firing])):
        if algorithm.name == name:
            given = ", ".join(algorithm.parameters)
            return f"{name}({given})" if given or name in spec.methods else name
    rule = next(rule for rule in spec.rules if rule.name == name)
    return f"whenever the {rule.machine}: {rule.trigger}" if rule.machine else f"whenever {name}"


def _groups(body: Sequence[Statement]) -> Iterator[list[Statement]]:
    """Give the statements of each sentence together; an "otherwise" with a sentence of its own stands apart."""
    group: list[Statement] = []
    for statement in body:
        if group and statement.origin != group[0].origin:
            yield group
            group = []
        group.append(statement)
    if group:
        yield group


def _own(group: Sequence[Statement]) -> Iterator[Statement]:
    """Give every statement of a sentence, and not those of the numbered steps below it."""
    for one in group:
        yield one
        yield from _own([inner for inner in traversal.body_of(one) if inner.origin == one.origin])


def _kind(own: Sequence[Statement]) -> NodeKind:
    """Give the shape of a box."""
    if isinstance(own[0], s.ForEach | s.While):
        return "test"
    if any(isinstance(one, s.Wait | s.WaitUntil) for one in own):
        return "wait"
    return "call" if any(isinstance(one, s.Call) for one in own) else "step"


def _apart(one: Statement) -> str:
    """Say when the steps in a statement are run, if that is not here and now."""
    match one:
        case s.InParallel():
            return "in parallel"
        case s.Upon(outcomes=outcomes):
            return f"when {' or '.join(outcomes)}"
        case s.Whenever():
            return "whenever it happens"
        case s.Enqueue():
            return "when its turn comes"
        case s.FireEvent():
            return "after the dispatch"
        case s.HandleEvent() | s.QueueTask():
            return "in the worker"
        case _:
            return ""
