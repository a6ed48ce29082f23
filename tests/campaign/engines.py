"""The part `engines`: small specs drawn at random, through every engine, held to the plain exploration."""

from __future__ import annotations

import random

from bgsync.explore.graph import Graph
from bgsync.explore.search import explore as explore_plainly
from bgsync.judge.explorations import Walks
from bgsync.judge.product import watch_product
from bgsync.judge.property import Property, Safety, View, full_id
from bgsync.judge.walks import walk
from bgsync.judge.whole import Watched, watch
from bgsync.language import LanguageError
from bgsync.product.component import NotSeparableError
from bgsync.shipped.model.environment import ADVERSITIES
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.observation import PoolMet
from bgsync.system.scenario import Scenario
from bgsync.system.step import Action, State
from bgsync.system.system import System
from tests.campaign.generated import drawn
from tests.campaign.parts import Figures, HangError, Part, Problem, limited, unexpected
from tests.models import MONITORS, UNGATED, scenario
from tests.test_tables import told, transitions

SECONDS = 120.0
LIMIT = 2_500
"""How many states a spec may have; one that has more is left out."""


class Engines(Part):
    """Holds tables, product and walks to the plain exploration of the interpreter."""

    name = "engines"
    about = "small specs drawn at random: plain exploration, tables, product and random walks agree"
    cases = 1_000

    def one(self, chance: random.Random, case: int, figures: Figures) -> Problem | None:
        try:
            spec, words = drawn(chance)
        except LanguageError:
            figures["refused by the language"] += 1
            return None
        asked = scenario(
            spec,
            UNGATED,
            chance.choice(["algorithm", "step"]),
            chance.choice([(), (), (chance.choice(sorted(ADVERSITIES)),)]),
            tags=chance.choice([1, 1, 2]),
            calls=chance.choice([1, 2]),
            monitor=chance.choice(sorted(MONITORS)),
        )
        given = (
            f"{words}\n{asked.granularity}, {' '.join(asked.adversities) or 'no adversity'}, tags {asked.tags}, "
            f"calls {asked.calls}, monitor {asked.monitor.name}"
        )
        try:
            with limited(SECONDS):
                differs = difference(asked, case, figures)
        except LanguageError:
            figures["refused in a run"] += 1
            return None
        except (Exception, HangError) as error:
            return unexpected(error, given)
        return None if differs is None else Problem(differs, given)


def difference(asked: Scenario, seed: int, figures: Figures) -> str | None:
    """Say in what the engines differ on a scenario, if in anything."""
    properties = [prop for prop in PROPERTIES if asked.monitor in prop.monitors]
    safety = [prop for prop in properties if isinstance(prop, Safety)]
    system = System(asked)
    plain = explore_plainly(system, limit=LIMIT)
    if not plain.complete:
        figures["left out: too large"] += 1
        return None
    whole = watch(System(asked), safety)
    if whole.pools:
        figures["left out: a pool was met"] += 1
        return None
    figures["held to each other"] += 1
    figures["states"] += len(plain.states)
    if len(plain.states) != whole.states:
        return "tables: another number of states than the plain exploration"
    graph, states = whole.graph, [whole.graph.state(number) for number in range(whole.states)]
    if {told(whole.system, state) for state in states} != {told(system, state) for state in plain.states}:
        return "tables: other states than the plain exploration"
    ends = lambda number: (step for step in system.steps(plain.states[number]) if step.after is not None)
    taken = transitions(whole.system, states, lambda number: map(graph.step, graph.out(number)))
    if taken != transitions(system, plain.states, ends):
        return "tables: other transitions than the plain exploration"
    if judged_plainly(system, plain, safety) != (whole.met, set(whole.breaches)):
        return "tables: other verdicts of safety than the plain exploration"
    return of_walks(asked, safety, whole, seed) or of_product(asked, properties, whole, figures)


def judged_plainly(system: System, plain: Graph[State, Action], safety: list[Safety]) -> tuple[set[str], set[str]]:
    """Judge every step of the interpreter out of every state, and give the ids that are met and those broken."""
    met, broken = set[str](), set[str]()
    for state in plain.states:
        for step in system.steps(state):
            view = View(system, state, step)
            for ran in step.executed:
                for seen in ran.observations:
                    assert not isinstance(seen, PoolMet)
                    for prop in safety:
                        if type(seen) in prop.kinds:
                            for found in prop.look(view, seen, ran.pc):
                                met.add(full_id(prop.id, found.part))
                                if found.broken is not None:
                                    broken.add(full_id(prop.id, found.part))
    return met, broken


def of_walks(asked: Scenario, safety: list[Safety], whole: Watched, seed: int) -> str | None:
    """Say in what random walks differ: what they visit is reachable, what they find broken is."""
    walked = walk(System(asked), safety, Walks(20, 60, seed))
    if walked.states > whole.states:
        return "walks: more states than there are"
    if not set(walked.breaches) <= set(whole.breaches):
        return f"walks: found broken what is not: {min(set(walked.breaches) - set(whole.breaches))}"
    if not (walked.met <= whole.met and walked.ran <= whole.ran):
        return "walks: met or ran what nothing meets or runs"
    for name in walked.breaches:
        if len(walked.path(name)) < len(whole.path(name)):
            return f"walks: a shorter run to {name} than the shortest"
    return None


def of_product(asked: Scenario, properties: list[Property], whole: Watched, figures: Figures) -> str | None:
    """Say in what the product differs, whole and with what nobody can tell apart as one."""
    for minimise in (False, True):
        try:
            product = watch_product(System(asked), properties, minimise=minimise)
        except NotSeparableError:
            figures["not separable"] += 1
            return None
        which = "product, minimised" if minimise else "product"
        if not minimise and (product.states, product.transitions) != (whole.states, whole.transitions):
            return f"{which}: other numbers of states or transitions"
        if minimise and product.states > whole.states:
            return f"{which}: more states"
        if (product.met, set(product.breaches), product.ran) != (whole.met, set(whole.breaches), whole.ran):
            return f"{which}: other verdicts of safety, or other instructions that ran"
        for name in product.breaches:
            if (mine := len(product.path(name))) != (theirs := len(whole.path(name))):
                return f"{which}: a run to a breach that is {'longer' if mine > theirs else 'shorter'}"
    figures[f"products, tags {asked.tags}"] += 1
    return None
