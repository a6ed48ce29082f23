"""Walking by hand: what is offered is what the interpreter says, and the nearest way is a shortest one."""

import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bgsync.judge.check import Question
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.simulator.data import look, whole
from bgsync.simulator.finding import broken_along
from bgsync.simulator.goals import Judged
from bgsync.simulator.monitors import Several, Sight, beside
from bgsync.simulator.nearest import Bound, shortest
from bgsync.simulator.simulation import SimulationError, UnfitError, Walks
from bgsync.simulator.spec import SpecSimulation
from bgsync.simulator.spoken import Situation
from bgsync.system.monitor import NOTHING
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.step import State, Step
from bgsync.system.system import System
from tests.models import CALM

assert ONE_OFF.spec is not None
SPEC = ONE_OFF.spec


def scenario(granularity: str = "algorithm", *adversities: str, named: str = "") -> Scenario:
    monitor = beside(ONE_OFF.properties, named)
    return Scenario(SPEC, ONE_OFF.world, granularity, adversities, monitor=monitor)


def simulation(granularity: str = "algorithm", *adversities: str, bound: Bound = Bound()) -> SpecSimulation:  # noqa: B008
    return SpecSimulation(scenario(granularity, *adversities), ONE_OFF.properties, "one-off", bound)


def nothing(states: int, depth: int) -> None:
    """Hear how far a search is."""


def walked(by: SpecSimulation, seed: int, steps: int) -> Iterator[Situation]:
    """Give the situations of a random walk."""
    chance, here = random.Random(seed), by.start()
    for _ in range(steps):
        yield here
        ways = [choice.after for choice in by.choices(here) if choice.after is not None]
        here = chance.choice(ways)


# --- what is offered


@pytest.mark.parametrize("granularity", ["step", "algorithm"])
def test_each_step_that_is_offered_leads_where_the_interpreter_leads(granularity: str) -> None:
    by = simulation(granularity, "terminated")
    for seed in range(3):
        for here in walked(by, seed, 12):
            steps = list(by.system.steps(here.state))
            offered = by.choices(here)
            assert {step.after for step in steps} == {choice.after and choice.after.state for choice in offered}
            for choice in offered:
                step: Step = choice.key[0]
                assert (choice.after.state if choice.after else None) == step.after
                assert choice.title
                assert choice.who


def test_no_two_steps_of_one_participant_are_offered_in_the_same_words() -> None:
    by = simulation("step")
    for seed in range(3):
        for here in walked(by, seed, 12):
            told = [(choice.who, choice.title) for choice in by.choices(here)]
            assert len(set(told)) == len(told)


def test_two_calls_at_one_place_are_told_apart_by_what_they_are_for() -> None:
    by = simulation("step")
    walks = Walks(by)
    with_message = next(n for n, c in enumerate(walks.at(())[1]) if "stored message" in c.title)
    plain = next(n for n, c in enumerate(walks.at((with_message,))[1]) if c.title == "a page calls register(t1)")
    _, offered = walks.at((with_message, plain))
    calls = sorted({choice.who for choice in offered if choice.who.startswith("register")})
    assert calls == ["register(t1) #1", "register(t1) #2"]
    refused = next(c for c in offered if c.who == "register(t1) #1" and "failed" in c.title)
    (message,) = next(panel for panel in by.scene(refused.after).panels if panel.title == "The application").rows
    assert message[1] == "abandoned", "it was the first call that had stored it"


def test_steps_come_in_the_same_order_whatever_was_looked_at_before() -> None:
    fresh, used = simulation("step"), simulation("step")
    used.nearest(used.start(), (), "state:firing", nothing)
    for one, other in zip(walked(fresh, 5, 15), walked(used, 5, 15), strict=True):
        assert [c.title for c in fresh.choices(one)] == [c.title for c in used.choices(other)]


LINES = "from tests.test_simulator import offered; print(*offered(), sep='\\n')"


def offered() -> list[str]:
    by = simulation("step", "terminated")
    return [by.key, *(repr([(c.who, c.title) for c in by.choices(here)]) for here in walked(by, 3, 14))]


def test_a_way_is_the_same_in_another_process() -> None:
    made = subprocess.run(
        [sys.executable, "-c", LINES], capture_output=True, text=True, env={"PYTHONHASHSEED": "1"}, check=True
    )
    assert made.stdout.splitlines() == offered()


def test_another_question_or_text_has_another_key() -> None:
    keys = {
        simulation("step").key,
        simulation("algorithm").key,
        simulation("step", "terminated").key,
        SpecSimulation(replace(scenario("step"), spec=replace(SPEC, rules=())), ONE_OFF.properties, "").key,
    }
    assert len(keys) == 4
    assert simulation("step").key in keys


# --- the way


def test_a_way_is_walked_back_and_forward() -> None:
    walks = Walks(simulation())
    offered = look(walks, (), 0)["choices"]
    online = next(n for n, choice in enumerate(offered) if choice["title"] == "the network goes online")
    there = look(walks, (online,), 1)
    assert there["taken"][0]["title"] == "the network goes online"
    back = look(walks, (online,), 0)
    assert back["choices"] == offered
    assert back["way"] == [online], "what was taken can be taken again"
    assert look(walks, (online,), 1) == there


def test_a_way_that_does_not_fit_is_followed_as_far_as_it_goes() -> None:
    walks = Walks(simulation())
    found = look(walks, (0, 0, 999, 0), 4)
    assert (found["unfit"], found["way"], found["at"]) == (2, [0, 0], 2)
    with pytest.raises(UnfitError):
        walks.taken((0, 0, -1))


@pytest.fixture(scope="module")
def twice() -> tuple[SpecSimulation, tuple[int, ...], str]:
    """Find the run that breaks unique-tag."""
    by = simulation("step")
    return by, *broken_along(question("step"), "unique-tag", by.along)


def test_nothing_can_be_taken_after_the_end_of_a_run(twice: tuple[SpecSimulation, tuple[int, ...], str]) -> None:
    by, way, _ = twice
    walks = Walks(by)
    assert walks.taken(way).after is None
    found = look(walks, (*way, 0), len(way) + 1)
    assert (found["unfit"], found["scene"], found["choices"]) == (len(way), None, [])


# --- what monitors see


def reached(system: System, depth: int) -> set[State]:
    states = set(system.initial_states())
    known = set(states)
    for _ in range(depth):
        states = {step.after for state in states for step in system.steps(state) if step.after is not None} - known
        known |= states
    return known


@pytest.mark.parametrize("place", [None, 0, 1, 2])
def test_monitors_side_by_side_see_what_each_of_them_sees_alone(place: int | None) -> None:
    plain = replace(scenario("algorithm", "terminated", "unsettled"), world=CALM)
    several = plain.monitor
    assert isinstance(several, Several)
    assert [monitor.name for monitor in several.monitors] == ["calls", "timers", "outbox shared"]
    together = System(plain, fork=False)
    sight = Sight(together, place)
    alone = System(replace(plain, monitor=NOTHING if place is None else several.monitors[place]), fork=False)

    def shown(system: System, state: State) -> object:
        return state.shared, sorted(repr(system.process(n)) for n in state.processes), state.due, state.memory

    seen = {repr(shown(sight.system, sight.state(state))) for state in reached(together, 5)}
    assert seen == {repr(shown(alone, state)) for state in reached(alone, 5)}
    assert any("never settles" in one for one in seen)


def test_where_no_monitor_watches_nothing_is_noted() -> None:
    asked = scenario("algorithm", "unsettled")
    none, nobody = (replace(asked, monitor=monitor) for monitor in (Several(()), NOTHING))
    assert len(reached(System(none), 99)) == len(reached(System(nobody), 99))


def test_of_two_ways_to_use_a_text_the_first_watches_unless_another_is_named() -> None:
    assert [m.name for m in beside(ONE_OFF.properties).monitors][-1] == "outbox shared"
    assert [m.name for m in beside(ONE_OFF.properties, "delivered/tag-per-message").monitors][
        -1
    ] == "outbox per-message"


# --- the nearest way


def distance(by: SpecSimulation, start: State, goal: str, most: int) -> int | None:
    """Find how far a goal is in the plain semantics, by looking at everything."""
    judged, states, known = Judged(by.system, by.properties), {start}, {start}
    for depth in range(1, most + 1):
        following = set()
        for state in states:
            for step in by.system.steps(state):
                if judged.met(goal, state, step, step.after):
                    return depth
                if step.after is not None and step.after not in known:
                    known.add(step.after)
                    following.add(step.after)
        states = following
    return None


GOALS = ("state:firing", "state:waiting", "owed:resolved-then-fires", "world:network=online", "step:register 9.6")


@pytest.mark.parametrize("goal", GOALS)
def test_the_nearest_way_is_a_shortest_one_and_ends_where_it_was_to(goal: str) -> None:
    by = simulation()
    found = by.nearest(by.start(), (), goal, nothing)
    assert found.way, found.said
    assert distance(by, by.start().state, goal, len(found.way)) == len(found.way)
    walks = Walks(by)
    before, _ = walks.at(found.way[:-1])
    assert by.meets(goal, before, walks.taken(found.way))


def test_it_is_searched_for_from_where_one_is() -> None:
    by = simulation()
    walks = Walks(by)
    first = by.nearest(by.start(), (), "state:waiting", nothing).way
    assert first is not None
    here, _ = walks.at(first[:-1])
    rest = by.nearest(here, first[:-1], "state:waiting", nothing).way
    assert rest is not None
    assert len(rest) == 1
    there, _ = walks.at(first)
    assert by.nearest(there, first, "state:waiting", nothing).said == "It is so here already."


def test_that_there_is_no_way_is_said_only_where_all_was_looked_at() -> None:
    by = simulation()
    assert by.nearest(by.start(), (), "broken:unique-tag", nothing).said.startswith("There is none: no run")
    hurried = simulation("step", bound=Bound(states=200))
    said = hurried.nearest(hurried.start(), (), "broken:one-event", nothing).said
    assert said == "None was found before 200 states were looked at."
    late = simulation("step", bound=Bound(seconds=0))
    assert (
        late.nearest(late.start(), (), "broken:one-event", nothing).said == "None was found before 0 seconds were up."
    )


def test_a_search_ends_when_it_is_told_to() -> None:
    def stop(states: int, depth: int) -> None:
        if states > 50:
            raise KeyboardInterrupt

    by = simulation("step")
    with pytest.raises(KeyboardInterrupt):
        by.nearest(by.start(), (), "broken:one-event", stop)


def test_a_shortest_way_through_numbers_is_found_breadth_first() -> None:
    def successors(number: int) -> Iterator[tuple[str, int | None]]:
        yield "double", number * 2
        yield "add", number + 1

    found = shortest([1], successors, lambda _, __, after: after == 10, Bound(), nothing)
    assert found.way is not None
    assert [after for _, _, after in found.way] == [2, 4, 5, 10]


# --- findings


def question(granularity: str) -> Question:
    return Question(SPEC, ONE_OFF.world, ONE_OFF.properties, "one-off", (granularity,))


def test_the_walk_of_a_finding_ends_with_the_step_that_breaks_it(
    twice: tuple[SpecSimulation, tuple[int, ...], str],
) -> None:
    by, way, said = twice
    assert said == "unique-tag is broken at the end of this way."
    assert "unique-tag" in [breach.property for breach in Walks(by).taken(way).breaks]
    nearest = by.nearest(by.start(), (), "broken:unique-tag", nothing).way
    assert nearest is not None
    assert len(nearest) == len(way), "check has a shortest run, too"


def test_a_run_without_end_is_walked_into_its_circle() -> None:
    by = simulation("algorithm")
    way, said = broken_along(question("algorithm"), "no-endless-firing", by.along)
    assert "it can go round for ever" in said
    assert Walks(by).taken(way).after is not None


def first_that_owes(name: str, by: SpecSimulation, seed: int, steps: int) -> Situation:
    """Give the first situation of a random walk in which something is owed by a property."""
    return next(here for here in walked(by, seed, steps) if name in {debt.property for debt in by.scene(here).owed})


def test_a_run_from_here_never_gives_what_is_owed_here() -> None:
    by = simulation("algorithm", "skipped")
    by.question = replace(question("algorithm"), adversities=("skipped",))
    begin, _ = by.broken_by("resolved-then-fires")
    walks, goal = Walks(by), "never:resolved-then-fires"
    assert goal in [each.id for each in by.goals()]
    here = begin[:1]
    (debt,) = [one for one in by.scene(walks.at(here)[0]).owed if one.property == "resolved-then-fires"]
    found = by.nearest(walks.at(here)[0], here, goal, nothing)
    assert found.way
    assert "from step 3 on it can go round for ever" in found.said
    for size in range(len(found.way) + 1):
        assert debt in by.scene(walks.at((*here, *found.way[:size]))[0]).owed
    assert by.nearest(by.start(), (), goal, nothing).said == "Nothing is owed here by resolved-then-fires."


def test_that_what_is_owed_is_always_given_is_said_only_where_all_was_looked_at() -> None:
    by, few = simulation("algorithm"), simulation("algorithm", bound=Bound(states=10))
    owing = next(
        one for one in walked(by, 1, 9) if any(debt.property == "pending-fires" for debt in by.scene(one).owed)
    )
    assert by.nearest(owing, (), "never:pending-fires", nothing).said.startswith("There is none: every fair run")
    assert (
        few.nearest(owing, (), "never:pending-fires", nothing).said == "None was found before 10 states were looked at."
    )


def test_a_search_for_a_run_without_end_ends_when_it_is_told_to() -> None:
    def stop(states: int, depth: int) -> None:
        raise KeyboardInterrupt("enough")

    by = simulation("step")
    owing = next(
        one for one in walked(by, 1, 30) if any(debt.property == "pending-fires" for debt in by.scene(one).owed)
    )
    with pytest.raises(KeyboardInterrupt, match="enough"):
        by.nearest(owing, (), "never:pending-fires", stop)


def test_a_second_search_is_not_blind_to_its_property() -> None:
    one, other = "broken:unique-tag", "step:register 8.2"
    fresh, used = simulation("step"), simulation("step")
    same = [goal for goal in ("owed:pending-fires", "owed:firing-ends") if goal in {each.id for each in used.goals()}]
    for goal in (*same, one, other):
        found = used.nearest(used.start(), (), goal, nothing)
        assert found.way
        assert len(found.way) == len(fresh.nearest(fresh.start(), (), goal, nothing).way or ())
        fresh = simulation("step")


def test_a_property_that_is_not_broken_is_refused() -> None:
    with pytest.raises(SimulationError, match="no run that breaks one-event was found here"):
        broken_along(question("algorithm"), "one-event", simulation().along)


# --- all in one file


def test_all_situations_of_what_is_small_are_told_and_lead_to_each_other() -> None:
    gate = ONE_OFF.property("gate")
    assert gate is not None
    asked = replace(scenario(), monitor=beside([gate]), bounds=Bounds(calls=1))
    by = SpecSimulation(asked, [gate], "", apart=True)
    made = whole(by, lambda situation: situation.state)
    assert len(made) == len(reached(by.system, 100))
    for situation in made:
        assert all(choice["to"] is None or choice["to"] < len(made) for choice in situation["choices"])
    assert sum(choice["to"] is None for one in made for choice in one["choices"]) == 0


def test_what_is_too_large_for_a_file_is_refused_with_the_number() -> None:
    by = SpecSimulation(scenario("step"), ONE_OFF.properties, "", apart=True)
    with pytest.raises(SimulationError, match="more than 30 situations: too many for one file"):
        whole(by, lambda situation: situation.state, 30)
