"""The part `exports`: ten edits of the one-off text, one and two tags, as models for other model checkers."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from bgsync.export.model import Model, model_of
from bgsync.export.promela import holds
from bgsync.judge.whole import Watched, watch
from bgsync.language import Spec
from bgsync.product.arrays import closed
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.system.scenario import Scenario
from bgsync.system.system import System
from bgsync.tables import Tables
from tests.campaign.parts import Figures, Part, Problem
from tests.models import scenario
from tests.test_export_models import broken, counted, pan, rumured, seen_by, told_by
from tests.test_mutants import MUTANTS, edited

NAMES = sorted(MUTANTS)


class Counted(NamedTuple):
    """The states of a check, by what becomes of them in an exported model."""

    exported: int
    """Those that are in it."""
    bare: int
    """Of those where a removed object is followed by itself: nothing is left of it."""
    alone: int
    """And the others: it is still held."""


def asked_of(spec: Spec, tags: int) -> Scenario:
    """Ask about a spec as the part does."""
    return scenario(spec, WORLD, "algorithm", tags=tags, monitor="calls")


def counts(whole: Watched) -> Counted:
    """Count the states of a whole by what becomes of them."""
    states = [whole.graph.state(number) for number in range(whole.states)]
    alone = [state for state in states if state.disjoint]
    bare = sum(not any(state.shared.heap) for state in alone)
    return Counted(len(states) - len(alone), bare, len(alone) - bare)


class Exports(Part):
    """Holds SPIN and rumur, where they are installed, to the states and the verdicts of a check."""

    name = "exports"
    about = "ten edits of the one-off text, one and two tags: SPIN and rumur count and find what check does"
    cases = 2 * len(NAMES)

    def one(self, chance: random.Random, case: int, figures: Figures) -> Problem | None:
        name, tags = NAMES[case // 2 % len(NAMES)], 1 + case % 2
        asked = asked_of(edited(MUTANTS[name][0]), tags)
        whole = watch(System(asked), seen_by(asked))
        known, found = counts(whole), broken(asked)
        given = f"{name}, tags {tags}: {known}"
        figures["states of check"] += whole.states
        figures["states exported"] += known.exported
        figures["broken in check"] += len(whole.breaches)
        figures["broken in the export"] += len(found)
        if counted(asked)[0] != known.exported:
            return Problem("another number of states in the product", given)
        if not found <= set(whole.breaches):
            return Problem("broken in the product, and not in the whole", given)
        model = model_of(closed(Tables(System(asked))), seen_by(asked))
        with tempfile.TemporaryDirectory() as made:
            return self.of_spin(Path(made), model, known, found, given, figures) or self.of_rumur(
                Path(made), asked, known, found, given, figures
            )

    def of_spin(
        self, folder: Path, model: Model, known: Counted, found: set[str], given: str, figures: Figures
    ) -> Problem | None:
        """Hold SPIN to it."""
        if not (shutil.which("spin") and shutil.which("cc")):
            figures["without SPIN"] += 1
            return None
        said = pan(folder, model)("-c0")
        stored = told_by(said, r"(\d+) states, stored")
        figures["states of SPIN"] += stored
        if stored != known.exported:
            return Problem("SPIN stores another number of states", f"{given}; {stored}", said)
        if set(re.findall(r"assertion violated \( (\w+) \)", said)) != {holds(name) for name in found}:
            return Problem("SPIN finds something else broken", given, said)
        return None

    def of_rumur(
        self, folder: Path, asked: Scenario, known: Counted, found: set[str], given: str, figures: Figures
    ) -> Problem | None:
        """Hold rumur to it: its count, and its verdict on one property that is broken and on one that is not."""
        if not (shutil.which("rumur") and shutil.which("cc")):
            figures["without rumur"] += 1
            return None
        product = closed(Tables(System(asked)))
        stored = told_by(rumured(folder, model_of(product, [])), r"(\d+) states, \d+ rules")
        figures["states of rumur"] += stored
        if stored != known.exported:
            return Problem("rumur has another number of states", f"{given}; {stored}")
        names = [name for name, _ in model_of(product, seen_by(asked)).properties]
        for name in (*sorted(found)[:1], *[each for each in names if each not in found][:1]):
            said = rumured(folder, model_of(product, seen_by(asked), frozenset({name})))
            figures["verdicts of rumur"] += 1
            if (f'invariant "{name}" failed' in said) is not (name in found):
                return Problem("rumur finds something else broken", f"{given}; {name}", said)
        return None
