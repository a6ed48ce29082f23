"""The part `texts`: texts of which one step was edited, read and checked."""

from __future__ import annotations

import random
from functools import cache

from bgsync.compare.properties import broken_and_repaired
from bgsync.errors import BgsyncError
from bgsync.judge.explorations import Effort
from bgsync.judge.verdict import Report
from bgsync.sources import Source
from bgsync.targets import Wish, judged, of_text
from bgsync.texts import read
from tests.campaign.mutators import KINDS, step_edited
from tests.campaign.parts import Figures, HangError, Part, Problem, Settings, limited, unexpected
from tests.campaign.reading import sources

SECONDS = 10.0
"""How much processor time a text may take."""
LIMIT = 3_000
GROWTH = 10
"""How many times the states of the unedited text are too many, where nothing is said."""
LARGE = 40_000
"""How many characters make a text too large for being checked thousands of times."""
OURS = "bgsync is wrong here"
"""What a verdict says where a run was found and not confirmed."""
QUICK = 5.0
"""How much processor time an unedited text may take."""


def checked(text: str, granularities: tuple[str, ...]) -> Report:
    """Read and check a text within small limits."""
    wish = Wish(each=False, granularities=granularities, effort=Effort(LIMIT))
    return judged(of_text(read(Source("campaign.bs", text))), wish)


def size(report: Report) -> int:
    """Count the states of all explorations."""
    return sum(explored.states for explored in report.explorations)


def says_a_word(report: Report) -> bool:
    """Whether a report says that it did not see everything."""
    unseen = any(not explored.complete for explored in report.explorations)
    return unseen or report.interrupted or any(v.verdict == "inconclusive" for v in report.verdicts)


def verdicts(report: Report) -> dict[str, str]:
    """Give the verdicts by their ids."""
    return {verdict.property: verdict.verdict for verdict in report.verdicts}


class Texts(Part):
    """Checks texts with one step edited: no crash, no hang, no growth in silence."""

    name = "texts"
    about = (
        "texts with one step edited, read and checked: no crash, no hang, no growth without a word, nothing unconfirmed"
    )
    cases = 5_000

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.sources = {name: text for name, text in sources(settings.specs).items() if len(text) < LARGE}
        self.before = cache(self.unedited)

    def unedited(self, name: str, granularities: tuple[str, ...]) -> Report | None:
        """Check a text as it is; None where that takes too long to do so again and again."""
        try:
            with limited(QUICK):
                return checked(self.sources[name], granularities)
        except HangError:
            return None

    def one(self, chance: random.Random, case: int, figures: Figures) -> Problem | None:
        name, kind = chance.choice(sorted(self.sources)), KINDS[case % len(KINDS)]
        granularities = ("algorithm", "step") if chance.random() < 0.1 else ("algorithm",)
        text = step_edited(self.sources[name], kind, chance)
        before = self.before(name, granularities)
        if text == self.sources[name] or before is None:
            figures["left out: no such step, or a slow text"] += 1
            return None
        asked = f"{kind} in {name}, {' and '.join(granularities)}"
        try:
            with limited(SECONDS):
                report = checked(text, granularities)
        except BgsyncError as error:
            figures[f"refused: {type(error).__name__}"] += 1
            return None
        except (Exception, HangError) as error:
            return unexpected(error, text)
        figures[f"{kind}: verdicts {'as before' if verdicts(report) == verdicts(before) else 'changed'}"] += 1
        wrong = [each.property for each in report.verdicts if OURS in each.message]
        if wrong:
            return Problem("bgsync is wrong", text, f"{asked}: {', '.join(wrong)}")
        if says_a_word(report):
            figures["not everything seen, and said so"] += 1
        elif size(report) > GROWTH * size(before) and not broken_and_repaired(before, report).grown:
            grown = f"{size(report):,} states, and {size(before):,} unedited"
            return Problem("growth without a word", text, f"{asked}: {grown}")
        return None

    def again(self, given: str, problem: Problem) -> Problem | None:
        if problem.what in ("growth without a word", "bgsync is wrong"):
            return None  # the first is measured against a whole text, the second may be a property's alone
        try:
            with limited(SECONDS):
                for granularities in (("algorithm",), ("algorithm", "step")):
                    checked(given, granularities)
        except BgsyncError:
            return None
        except (Exception, HangError) as error:
            return unexpected(error, given)
        return None
