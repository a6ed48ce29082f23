"""The Python interface: what the command line does, as functions that give typed objects. See docs/python.md.

A target is the name of a content with a spec of its own (`one-off`), a path, REV:path or URL of a text, a text that was
read, or a `transitions` machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, overload

from transitions import Machine

from bgsync import contents
from bgsync.compare.behaviour import compare as compare_specs
from bgsync.compare.behaviour import with_verdicts
from bgsync.compare.properties import broken_and_repaired
from bgsync.compare.steps import changed_steps
from bgsync.contents import Content
from bgsync.draw.changes import changes
from bgsync.draw.flow import flow_diagram
from bgsync.draw.lifecycle import lifecycle_diagram, text_lifecycle
from bgsync.draw.links import published, to_text
from bgsync.draw.machines import shape_diagram
from bgsync.draw.states import project, states_diagram, states_words
from bgsync.judge.budget import Budget
from bgsync.judge.explorations import Effort
from bgsync.judge.pace import Progress
from bgsync.machines.check import MachineReport, check_machine
from bgsync.machines.loading import machine_in
from bgsync.machines.promises import Predicate
from bgsync.results import Checked, Compared, Picture, ResultError
from bgsync.sources import Source, load_one
from bgsync.system.scenario import Bounds, adversities_of
from bgsync.targets import Target, Wish, judged, judged_alike, of_text, targets
from bgsync.texts import Text
from bgsync.texts import read as read_source

About = str | Path | Text | Target
"""What may be asked about, besides a machine."""
Kind = Literal["lifecycle", "states", "algorithm"]


def content(name: str) -> Content:
    """Give a content that ships with bgsync (`one-off`), or that of a folder, which is run. Raises ContentError."""
    return contents.content(name)


def read(source: str | Path | Source, *, sidecar: Path | None = None, content: Content | None = None) -> Text:
    """Read a text: a path, REV:path, a URL, or a `Source` made of a string.

    It is about the content that fits what it defines, unless one is given. Raises SourceError, ReadError, SidecarError.
    """
    found = source if isinstance(source, Source) else load_one(str(source))
    return read_source(found, sidecar, content)


def target(about: About, content: Content | None = None) -> Target:
    """Give what is asked about as a target. Raises what `read` raises, and ContentError."""
    if isinstance(about, Target):
        return about
    if isinstance(about, Text):
        return of_text(about)
    found = targets(str(about), content=content)
    if len(found) != 1:
        raise ResultError(f"{about}: {len(found)} texts are there, and one is wanted: name one of them")
    return found[0]


@overload
def check(about: Machine, *, invariants: Sequence[Predicate] = ()) -> MachineReport: ...


@overload
def check(
    about: About,
    *,
    properties: Sequence[str] = (),
    adversities: Sequence[str] | None = None,
    granularities: Sequence[str] = ("algorithm", "step"),
    tags: int = 1,
    calls: int = 2,
    abort: str = "scope",
    termination: str = "handler",
    queue: str = "held",
    sentence: str = "apart",
    limit: int | None = None,
    seconds: float | None = None,
    jobs: int = 1,
    content: Content | None = None,
    progress: Progress | None = None,
) -> Checked: ...


def check(
    about: About | Machine,
    *,
    invariants: Sequence[Predicate] = (),
    properties: Sequence[str] = (),
    adversities: Sequence[str] | None = None,
    granularities: Sequence[str] = ("algorithm", "step"),
    tags: int = 1,
    calls: int = 2,
    abort: str = "scope",
    termination: str = "handler",
    queue: str = "held",
    sentence: str = "apart",
    limit: int | None = None,
    seconds: float | None = None,
    jobs: int = 1,
    content: Content | None = None,
    progress: Progress | None = None,
) -> Checked | MachineReport:
    """Explore every behaviour of a target, and say what holds and what does not.

    `adversities`: None takes each of the world by itself at `algorithm`, () none, names those at every granularity.
    `tags`, `calls`, `abort`, `termination`, `queue` and `sentence` bound the question; `limit` (states of each
    exploration) and `seconds` the effort, with which what is not decided is `inconclusive`. Of a machine its
    `invariants` are checked, functions of a state's name.
    Raises ContentError for what the target's content does not have, and ValueError for a bound that is none.
    """
    if isinstance(about, Machine):
        return check_machine(about, invariants)
    asked = target(about, content)
    wish = Wish(
        tuple(properties),
        tuple(adversities or ()),
        adversities is None,
        tuple(granularities),
        Bounds(tags, calls, abort, termination, queue, sentence),
        Effort(limit, jobs),
        Budget(seconds),
    )
    return Checked(judged(asked, wish, progress), asked)


def compare(
    old: About,
    new: About,
    *,
    adversities: Sequence[str] = (),
    granularities: Sequence[str] = ("algorithm", "step"),
    tags: int = 1,
    calls: int = 2,
    abort: str = "scope",
    termination: str = "handler",
    queue: str = "held",
    sentence: str = "apart",
    limit: int = 300_000,
    content: Content | None = None,
    progress: Progress | None = None,
) -> Compared:
    """Say what an edit did: steps, behaviour, properties broken and repaired. Raises as `check` does."""
    before, after = judged_alike(target(old, content), target(new, content))
    bounds = Bounds(tags, calls, abort, termination, queue, sentence)
    behaviour = compare_specs(
        before.spec,
        after.spec,
        before.content.world,
        granularities=granularities,
        adversities=adversities or adversities_of(before.content.world, before.spec, after.spec),
        thorough=bool(adversities),
        bounds=bounds,
        limit=limit,
        progress=progress,
    )
    wish = Wish(adversities=tuple(adversities), granularities=tuple(granularities), bounds=bounds)
    reports = [judged(each, wish) for each in (before, after)]
    specs = before.spec, after.spec
    properties = broken_and_repaired(reports[0], reports[1], specs)
    return Compared(changed_steps(*specs), *with_verdicts(behaviour, properties))


def draw(
    about: About | Machine | Content,
    kind: Kind = "lifecycle",
    *,
    name: str = "",
    granularity: str = "algorithm",
    content: Content | None = None,
) -> Picture:
    """Draw the lifecycle of a content, as it is meant, or of a target, as it is; its states; or an algorithm by `name`.

    A `transitions` machine is drawn as it is. A counterexample is drawn by the run of a check. Raises ValueError.
    """
    if isinstance(about, Machine):
        return Picture(
            shape_diagram(machine_in(about).behaviour(limit=1).shape, about.name.removesuffix(": ") or "machine")
        )
    if isinstance(about, Content):
        return Picture(lifecycle_diagram(about))
    of = target(about, content)
    world, lifecycle, addresses = of.content.world, of.content.lifecycle, of.content.published
    link = published(addresses) if of.text is None else to_text(addresses)
    if kind == "algorithm":
        return Picture(flow_diagram(of.spec, name, link, lifecycle.colours))
    if kind == "states":
        graph = project(of.spec, world, granularity)
        return Picture(states_diagram(graph, *states_words(of.spec, graph, ""), hues=lifecycle.colours))
    return Picture(text_lifecycle(of.content, of.spec, changes(of.spec, world, lifecycle, granularity), link))
