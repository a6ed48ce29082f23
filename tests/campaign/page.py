"""The part `page`: one-step edits of the one-off model, through the checker and an interpreter of docs/semantics.md."""

from __future__ import annotations

import random

from bgsync.language import LanguageError
from bgsync.shipped.model.background_sync.content import ONE_OFF
from tests.by_the_page.compare import differences, of_the_checker, of_the_page
from tests.by_the_page.mutants import mutants
from tests.by_the_page.values import NotOnThePage
from tests.campaign.parts import Figures, HangError, Part, Problem, limited

LIMIT = {"algorithm": 2_000, "step": 1_500}
"""How many states the slow one visits; what it has not found in them counts for nothing."""
SECONDS = 20.0
"""How much processor time it may take for them: a case that takes more is left out."""


class Page(Part):
    """Holds the verdicts of the checker to what its page says."""

    name = "page"
    about = "one-step edits of the one-off model: the checker's verdicts are what docs/semantics.md says"
    cases = 500

    def one(self, chance: random.Random, case: int, figures: Figures) -> Problem | None:
        assert ONE_OFF.spec is not None
        mutant = chance.choice(mutants(ONE_OFF.spec))
        granularity = chance.choice(["algorithm", "step"])
        adversity = chance.choice(["", *ONE_OFF.world.adversities])
        calls = chance.choice([1, 2]) if granularity == "algorithm" else chance.choice([1, 1, 2])
        given = f"{mutant.name}\n{granularity}, {adversity or 'no adversity'}, calls {calls}"
        try:
            with limited(SECONDS):
                page = of_the_page(mutant.spec, granularity, adversity, calls, LIMIT[granularity])
            checker = of_the_checker(mutant.spec, granularity, adversity, calls)
        except HangError:
            figures["left out: the slow one takes too long"] += 1
            return None
        except NotOnThePage:
            figures["left out: the page does not say"] += 1
            return None
        except LanguageError:
            figures["left out: refused in a run"] += 1
            return None
        figures["explored to the end" if page.complete else "explored in part"] += 1
        figures["violated"] += sum(verdict == "violated" for verdict in page.verdicts.values())
        found = differences(page, checker)
        if not found:
            return None
        names = ", ".join(f"{each.property} {each.page}, not {each.checker}" for each in found)
        paths = "\n".join(f"{each.property}: {'; '.join(each.path)}" for each in found if each.path)
        return Problem(f"by the page: {names}", given, paths)
