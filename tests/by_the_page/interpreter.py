"""What docs/semantics.md says can happen, written from that page and as plainly as can be: slow, and of no other use.

One action is run once for every way of answering what is free (a handler's outcome, a choice of the user agent, which
windows are open), so that the code is that of a single run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bgsync.language import QueueTask
from bgsync.language.traversal import walk
from tests.by_the_page.state import (
    Frame,
    Object,
    Process,
    Ref,
    State,
    alone,
    another,
    apart,
    few,
    references,
    written,
)
from tests.by_the_page.steps import RunEnds, Seen, Steps
from tests.by_the_page.text import Text

STATE, FIRING, REREGISTERED = "registration state", "firing", "reregisteredWhileFiring"
TAG = "t1"


class Run(Steps):
    """One action out of a state."""

    def after(self) -> State:
        """Give the state that the run has come to."""
        processes = [*self.processes, *self.started]
        return written(tuple(self.environment.items()), self.due, self.objects, processes)

    def environment_moves(self, machine: str, trigger: str, target: str) -> None:
        """Let the environment take a trigger."""
        self.environment[machine] = target
        if any(rule.machine == machine and rule.trigger == trigger for rule in self.text.spec.rules):
            skipped = self.text.adversity == "should" and self.choose(2) == 1
            self.due = self.due or not skipped
        if trigger == "terminate":
            self.terminate()
        elif trigger == "restart":
            self.processes.clear()
            self.due = False
            self.objects = {number: each for number, each in self.objects.items() if each.kind != "event"}
        if self.text.whole and self.due and self.environment["user agent"] == "running":
            self.rule()

    def terminate(self) -> None:
        """Kill the worker: queued tasks are discarded unless they are kept, running events end as terminated."""
        firing = self.text.spec.firing
        tasks = [] if firing is None else [each for each in walk(firing.steps) if isinstance(each, QueueTask)]
        for place, process in enumerate(self.processes):
            if process.waits == "task" and not all(task.kept for task in tasks):
                self.processes[place] = process._replace(frames=process.frames[:-1], waits="")
        for number, each in list(self.objects.items()):
            if each.kind == "event" and each.place in ("dispatched", "open"):
                self.settle(number, "terminated")
        self.begin()

    def settle(self, number: int, outcome: str) -> None:
        """Settle an event; the steps that react to it are started."""
        event = self.objects[number]
        self.objects[number] = event._replace(place="settled", outcome=outcome, reactions=())
        for reaction in event.reactions:
            if outcome in reaction.outcomes:
                self.started.append(Process("reaction", (Frame(reaction.body, 0, "steps", reaction.names),)))

    def handler_settles(self, number: int, outcome: str) -> None:
        """Settle an event and run its reactions, in one action."""
        event = self.objects[number]
        if self.many_events(number) and self.choose(2):
            another(self.objects, number)
        about = event.about
        assert isinstance(about, Ref)
        before = self.objects[about.number]
        self.settle(number, outcome)
        if self.text.adversity == "extended" and self.choose(2):
            self.goes_on(number)
        last = outcome == "rejected" and self.member(Ref(number), "lastChance") is True
        reactions, self.started, busy = self.started, [], len(self.processes)
        for reaction in reactions:
            self.go(reaction)
        if event.reactions:
            undecided = any(process.waits == "time" for process in self.processes[busy:])
            self.judge(before, about.number, outcome, last, undecided)

    def goes_on(self, number: int) -> None:
        """Let the handler go on; of those of a registration the last one is followed."""
        about = self.objects[number].about
        for other, each in self.objects.items():
            if each.place == "extended" and each.about == about:
                self.objects[other] = each._replace(place="settled")
        self.objects[number] = self.objects[number]._replace(place="extended")

    def judge(self, before: Object, number: int, outcome: str, last: bool, undecided: bool) -> None:
        """Judge what became of a registration when its event had settled; not what a reaction does after a wait."""
        after = self.objects[number]
        was, now = (dict(each.fields)[STATE] for each in (before, after))
        queued = any(process.waits == "task" and number in references(process) for process in self.processes)
        events = [each for each in self.objects.values() if each.kind == "event" and each.about == Ref(number)]
        fired = queued or any(each.place in ("dispatched", "open") for each in events)
        kept = after.place == "listed" and REREGISTERED not in (was, now)
        stuck = now == FIRING and number not in self.changed and not fired
        if not undecided:
            self.seen.append(Seen("outcome", kept and (outcome == "fulfilled" or stuck)))
        if last:
            self.seen.append(Seen("last-chance", was != REREGISTERED and (queued or after.place == "listed")))

    def many_events(self, number: int) -> bool:
        """Whether there are many events like this one, which differ in nothing."""
        mine = alone(number, self.objects[number])
        return any(alone(other, each) == mine for other, each in self.objects.items() if other != number)

    def call(self, method: str) -> None:
        """Let a page call a method."""
        names = tuple((parameter, TAG) for parameter in self.text.named[method].parameters)
        promise = "pending" if self.text.named[method].returns else ""
        self.go(Process("call", (Frame(self.text.start[method], 0, "steps", names),), promise=promise))

    def rule(self) -> None:
        """Let the user agent follow its rule."""
        self.due = False
        for rule in self.text.spec.rules:
            self.go(Process("rule", (Frame(self.text.start[rule.name], 0, "steps"),)))

    def resume(self, place: int) -> None:
        """Go on with a process."""
        process = self.processes.pop(place)
        if process.waits == "time" and process in self.processes and self.choose(2):
            self.processes.append(process)
        self.go(process)

    def room(self) -> bool:
        """Whether one more invocation may be in flight."""
        flying = [process for process in self.processes if process.waits != "time"]
        return len(flying) < self.text.calls


def in_task(process: Process) -> bool:
    """Whether a process is a task that has begun and does not wait."""
    return not process.waits and any(frame.kind == "task" for frame in process.frames)


def actions(text: Text, state: State) -> Iterator[tuple[str, str, object]]:
    """Give what may happen next in a state."""
    environment = dict(state.environment)
    for machine, trigger, source, target in text.moves:
        if environment[machine] == source:
            yield "environment", trigger, (machine, trigger, target)
    if environment["user agent"] != "running":
        return
    run = Run(text, state, [])
    room = run.room()
    for place, process in enumerate(state.processes):
        if process in state.processes[:place]:
            continue
        if process.waits == "task":
            if environment["execution"] == "running" and not any(map(in_task, state.processes)):
                yield "task", str(place), place
        elif not process.waits or room:
            yield "process", str(place), place
    if not room:
        return
    for number, each in enumerate(state.objects):
        if each.kind == "event" and each.place == "open":
            yield "settle", f"{number} fulfilled", (number, "fulfilled")
            yield "settle", f"{number} rejected", (number, "rejected")
        elif each.kind == "event" and each.place == "extended":
            yield "end", str(number), Ref(number)
    for method in text.spec.methods:
        yield "call", method, method
    if state.due:
        yield "rule", "", None


def act(run: Run, kind: str, given: object) -> None:
    """Do one action."""
    match kind, given:
        case "environment", (str(machine), str(trigger), str(target)):
            run.environment_moves(machine, trigger, target)
        case "settle", (int(number), str(outcome)):
            run.handler_settles(number, outcome)
        case "end", Ref(number=number):
            run.objects[number] = run.objects[number]._replace(place="settled")
        case "call", str(method):
            run.call(method)
        case "rule", _:
            run.rule()
        case _, int(place):
            run.resume(place)


def outcomes(text: Text, state: State, kind: str, given: object) -> Iterator[tuple[list[Seen], list[State]]]:
    """Give every way in which an action can end: what is seen on the way, and the states after it."""
    answers: list[int] = []
    while True:
        run = Run(text, state, answers)
        after = list[State]()
        try:
            act(run, kind, given)
        except RunEnds:
            pass
        else:
            made = few(run.after())
            looking = {place for place, process in enumerate(made.processes) if text.looks_at_list(process)}
            after = [few(part) for part in apart(made, looking)]
        yield run.seen, after
        answers = [*answers, *[0] * (len(run.asked) - len(answers))]
        while answers and answers[-1] + 1 == run.asked[len(answers) - 1]:
            answers.pop()
        if not answers:
            return
        answers[-1] += 1


@dataclass(frozen=True)
class Explored:
    """What an exploration came to."""

    states: int
    complete: bool
    verdicts: dict[str, str]
    paths: dict[str, tuple[str, ...]]


def explore(text: Text, limit: int = 100_000) -> Explored:
    """Visit every state, breadth first, and judge every action."""
    first = State(text.initial, False, (), ())
    came: dict[State, tuple[State | None, str]] = {first: (None, "")}
    layer, verdicts, paths = [first], dict[str, str](), dict[str, tuple[str, ...]]()
    while layer and len(came) < limit:
        later: list[State] = []
        for state in layer:
            for kind, words, given in actions(text, state):
                for seen, after in outcomes(text, state, kind, given):
                    for each in seen:
                        if each.broken and each.property not in paths:
                            paths[each.property] = (*_path(came, state), f"{kind} {words}")
                        broken = each.broken or verdicts.get(each.property) == "violated"
                        verdicts[each.property] = "violated" if broken else "holds"
                    for new in after:
                        if new not in came:
                            came[new] = (state, f"{kind} {words}")
                            later.append(new)
        layer = later
    return Explored(len(came), not layer, verdicts, paths)


def _path(came: dict[State, tuple[State | None, str]], state: State) -> tuple[str, ...]:
    words: list[str] = []
    before, word = came[state]
    while before is not None:
        words.append(word)
        before, word = came[before]
    return tuple(reversed(words))
