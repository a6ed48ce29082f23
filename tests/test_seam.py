"""The engine knows no spec: names are words only, what is shared is never written into, no room says a spec's word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

import bgsync
from bgsync.contents import Content
from bgsync.judge.verdict import Report
from bgsync.language import Spec
from bgsync.language import expressions as e
from bgsync.language.rewrite import rewrite
from bgsync.system.program import Program
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.system import System
from bgsync.system.turns import interpreter_of, program_of
from bgsync.system.world import Machine, World
from bgsync.targets import Wish, judged, own

ROOT = Path(__file__).parents[1]
ROOMS = ("system", "judge", "tables", "product", "compare", "explore", "language")
SPEC_WORDS = re.compile(r"regist|sync|online|permission|lastchance|outbox", re.IGNORECASE)
OTHERS = re.compile(r"bgsync|asynchronous(ly)?|apply_async|fsync", re.IGNORECASE)
"""What has such a word in it and is none: the name of this project, and a word of the textbooks."""


# --- names


def other(name: str) -> str:
    """Give another name, that has nothing of the first one."""
    return "x" + name[::-1].replace(" ", "_")


def renamed_world(world: World) -> World:
    def machine(one: Machine) -> Machine:
        return replace(
            one,
            name=other(one.name),
            rows=tuple((other(trigger), source, dest) for trigger, source, dest in one.rows),
            effects={other(trigger): effect for trigger, effect in one.effects.items()},
            starts=other(one.starts) if one.starts else "",
        )

    return replace(
        world,
        machines=tuple(map(machine, world.machines)),
        adversities={
            name: replace(each, triggers=tuple(map(other, each.triggers))) for name, each in world.adversities.items()
        },
        never=tuple(map(other, world.never)),
        words=replace(world.words, signals={}, surroundings=()),
    )


def renamed_spec(spec: Spec) -> Spec:
    def change(part: e.Expr) -> e.Expr:
        return replace(part, machine=other(part.machine)) if isinstance(part, e.Environment | e.Population) else part

    def steps(one: Any) -> Any:
        return replace(one, steps=tuple(rewrite(statement, change) for statement in one.steps))

    rules = [replace(steps(rule), machine=other(rule.machine), trigger=other(rule.trigger)) for rule in spec.rules]
    firing = spec.firing and steps(spec.firing)
    return replace(spec, algorithms=tuple(map(steps, spec.algorithms)), rules=tuple(rules), firing=firing)


def renamed(content: Content) -> Content:
    assert content.spec is not None
    return replace(content, spec=renamed_spec(content.spec), world=renamed_world(content.world))


NAMELESS = (
    "unique-tag", "one-event", "retry-delay", "last-chance", "outcome", "promise-settles", "lifecycle",
    "resolved-then-fires", "firing-ends", "pending-fires", "waiting-ends", "no-endless-firing",
)  # fmt: skip
"""The properties of one-off sync that speak of no part of the environment."""


def without_words(report: Report) -> tuple[Any, ...]:
    sizes = [
        (one.granularity, one.adversities, one.monitor, one.states, one.transitions) for one in report.explorations
    ]
    verdicts = [(v.property, v.verdict, v.kind, v.needs, v.trace and len(v.trace.steps)) for v in report.verdicts]
    return sizes, verdicts


@pytest.mark.parametrize("name", [pytest.param("one-off", marks=pytest.mark.campaign), str(ROOT / "tests" / "lending")])
def test_a_world_in_which_every_machine_and_trigger_has_another_name_gives_the_same_but_for_words(name: str) -> None:
    content = bgsync.content(name)
    wish = Wish(tuple(prop.id for prop in content.properties if name != "one-off" or prop.id in NAMELESS))
    assert without_words(judged(own(content), wish)) == without_words(judged(own(renamed(content)), wish))


def test_a_spec_runs_in_an_empty_world() -> None:
    content = bgsync.content(str(ROOT / "tests" / "lending"))
    assert content.spec is not None
    spec = replace(content.spec, read=True)  # what a text says of a world that is not there is open
    report = judged(own(replace(content, spec=spec, world=World(key="title"))), Wish())
    assert {v.property: v.verdict for v in report.verdicts}["promise-settles"] == "holds"
    assert all(explored.states > 1 for explored in report.explorations)


# --- what is shared


@pytest.mark.campaign
def test_checking_step_by_step_after_a_comparison_of_the_same_gives_what_it_gave_before() -> None:
    wish = Wish(("unique-tag", "asserts"), each=False)
    first = without_words(judged(own(bgsync.content("one-off")), wish))
    assert [size[3] for size in first[0]] == [54, 37_014]
    bgsync.compare("one-off", "one-off", granularities=["algorithm"])
    bgsync.draw("one-off", "states")
    assert without_words(judged(own(bgsync.content("one-off")), wish)) == first


def test_checking_after_a_comparison_gives_what_it_gave_before() -> None:
    wish = Wish(("unique-tag", "asserts"), granularities=("algorithm",), each=False)
    first = without_words(judged(own(bgsync.content("one-off")), wish))
    assert [size[3] for size in first[0]] == [54]
    lending = str(ROOT / "tests" / "lending")
    bgsync.compare(lending, lending, granularities=["algorithm"])
    bgsync.draw("one-off", "states")
    text = renamed_spec(bgsync.content("one-off").spec)  # type: ignore[arg-type]  # it has one
    assert text.algorithms
    assert without_words(judged(own(bgsync.content("one-off")), wish)) == first


FROZEN = (str, int, bool, float, type(None), frozenset, Enum, type)


def changeable(value: Any, path: str, seen: set[int]) -> Iterator[str]:
    """Give the paths to what could be changed in a value, through all that it holds."""
    if isinstance(value, FROZEN) or callable(value) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from changeable(item, f"{path}[{place}]", seen)
    elif isinstance(value, Mapping) and not isinstance(value, dict):
        for key, item in value.items():
            yield from changeable(item, f"{path}[{key!r}]", seen)
    elif is_dataclass(value):
        if not getattr(value, "__dataclass_params__").frozen:  # noqa: B009  # mypy does not know of it
            yield path
        for each in fields(value):
            yield from changeable(getattr(value, each.name), f"{path}.{each.name}", seen)
    else:
        yield path


def test_nothing_of_a_program_or_an_interpreter_can_be_changed_once_it_is_made_since_many_systems_share_it() -> None:
    content = bgsync.content("one-off")
    assert content.spec is not None
    scenario = Scenario(content.spec, content.world, "step", ("terminated",), Bounds(2))
    first, again = System(scenario), System(replace(scenario, bounds=Bounds(1, 1)))
    assert first.interpreter is again.interpreter
    assert first.program is again.program
    assert isinstance(first.program, Program)
    for shared in (first.program, first.interpreter):
        held = {name: value for name, value in vars(shared).items() if name not in ("spec", "world", "program")}
        found = [one for name, value in held.items() for one in changeable(value, name, set())]
        assert not found, f"{type(shared).__name__}: {found}"
    for cache in (program_of, interpreter_of):
        assert cache.cache_info().currsize


# --- words


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_of_the_engine_says_a_word_of_one_spec(room: str) -> None:
    said = [
        f"{file.name}:{number}: {line.strip()}"
        for file in sorted((ROOT / "src" / "bgsync" / room).rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if SPEC_WORDS.search(OTHERS.sub("", line))
    ]
    assert said == []
