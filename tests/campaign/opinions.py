"""The part `opinions`: one-step edits of the one-off model, judged by SPIN: safety, and liveness in fair runs."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from functools import cached_property
from pathlib import Path

from bgsync.export.liveness import Fair, fair
from bgsync.export.model import model_of
from bgsync.export.promela import holds
from bgsync.export.promela_liveness import claim, counters, written
from bgsync.judge.check import check
from bgsync.judge.product import watch_product
from bgsync.judge.property import Liveness
from bgsync.language import LanguageError, Spec
from bgsync.mutate.mutants import Mutant, mutants
from bgsync.product.arrays import closed
from bgsync.product.component import NotSeparableError
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.scenario import Scenario
from bgsync.system.system import System
from bgsync.tables import Tables
from tests.campaign.parts import Figures, Part, Problem
from tests.models import question, scenario
from tests.test_export_models import pan, run, seen_by

LIVE = tuple(
    prop
    for prop in PROPERTIES
    if isinstance(prop, Liveness)
    and prop.id in ("firing-ends", "pending-fires", "waiting-ends", "resolved-then-fires", "promise-settles")
)
ASKED = {"algorithm": 2, "step": 1}
"""How many calls are in flight at each granularity: C compilers take minutes over what two make step by step."""


def breaks_endlessly(folder: Path, model: Fair, *, fairly: bool = True) -> bool:
    """Whether SPIN finds an endless run, a fair one unless it is told otherwise, that breaks a claim."""
    (folder / "model.pml").write_text(written(model))
    run(folder, "spin", "-a", "model.pml")
    run(folder, "cc", "-w", "-DNOREDUCE", f"-DNFAIR={counters(model)}", "-o", "pan", "pan.c")
    for number in range(len(model.owed)):
        said = run(folder, "./pan", "-a", *(["-f"] if fairly else []), "-m1000000", "-w16", "-N", claim(model, number))
        if "acceptance cycle" in said:
            return True
        assert "errors: 0" in said, said
        assert "max search depth" not in said, said
    return False


def breaks(folder: Path, asked: Scenario) -> set[str]:
    """Give the assertions of the exported safety properties that SPIN finds violated."""
    model = model_of(closed(Tables(System(asked))), seen_by(asked))
    return set(re.findall(r"assertion violated \( (\w+) \)", pan(folder, model)("-c0")))


class Opinions(Part):
    """Holds the verdicts of a check to those of SPIN, where it is installed, safety and liveness in turn."""

    name = "opinions"
    about = "one-step edits of the one-off model: SPIN's verdicts, with weak fairness for liveness, are those of check"
    cases = 40

    @cached_property
    def mutants(self) -> tuple[Mutant, ...]:
        """The edits that make a text."""
        return tuple(each for each in mutants(SPEC) if each.spec is not None)

    def one(self, chance: random.Random, case: int, figures: Figures) -> Problem | None:
        if not (shutil.which("spin") and shutil.which("cc")):
            figures["without SPIN"] += 1
            return None
        mutant, granularity = chance.choice(self.mutants), chance.choice(list(ASKED))
        assert mutant.spec is not None
        given = f"{mutant.words}, at {mutant.origin}, {granularity}"
        judge = self.of_safety if case % 2 == 0 else self.of_liveness
        try:
            with tempfile.TemporaryDirectory() as made:
                return judge(Path(made), mutant.spec, granularity, given, figures)
        except NotSeparableError as error:
            figures[f"not exported: {error}"] += 1
        except LanguageError:
            figures["refused: the edit makes no model"] += 1
        return None

    def of_safety(self, folder: Path, spec: Spec, granularity: str, given: str, figures: Figures) -> Problem | None:
        """Compare what is broken by single transitions, but around removed objects, which are not exported."""
        calls = ASKED[granularity]
        asked = scenario(spec, WORLD, granularity, calls=calls, monitor="calls")
        props = seen_by(asked)
        found = {v.property: v.verdict for v in check(question(spec, props, (granularity,), calls=calls)).verdicts}
        whole = watch_product(System(asked), props, minimise=False)
        apart = {name for name, breach in whole.breaches.items() if breach.alone}
        violated = {name for name, verdict in found.items() if verdict == "violated"}
        said = breaks(folder, asked)
        figures["safety: asked"] += len(found)
        figures["safety: violated, say both"] += len(violated - apart)
        figures["safety: violated around a removed object alone"] += len(violated & apart)
        if said != {holds(name) for name in violated - apart}:
            return Problem("SPIN finds something else broken", f"{given}; {sorted(said)}, {sorted(violated)}")
        return None

    def of_liveness(self, folder: Path, spec: Spec, granularity: str, given: str, figures: Figures) -> Problem | None:
        """Compare what is broken by endless fair runs."""
        calls = ASKED[granularity]
        report = check(question(spec, LIVE, (granularity,), calls=calls))
        product = closed(Tables(System(scenario(spec, WORLD, granularity, calls=calls, monitor="calls"))))
        for prop in LIVE:
            verdict = next(v.verdict for v in report.verdicts if v.property == prop.id)
            said = breaks_endlessly(folder, fair(product, prop))
            figures[f"liveness: {verdict} here, {'violated' if said else 'not violated'} in SPIN"] += 1
            if verdict != "inconclusive" and said is not (verdict == "violated"):
                return Problem("SPIN says something else", f"{given}; {prop.id} {verdict}, broken in SPIN: {said}")
        return None
