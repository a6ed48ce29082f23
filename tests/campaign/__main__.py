"""The command: python -m tests.campaign. See docs/campaign.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.campaign.checking import Texts
from tests.campaign.engines import Engines
from tests.campaign.exports import Exports
from tests.campaign.kills import Kills
from tests.campaign.opinions import Opinions
from tests.campaign.page import Page
from tests.campaign.parts import Part, Settings, Tally, run, say, table
from tests.campaign.reading import Reader

PARTS: tuple[type[Part], ...] = (Reader, Texts, Engines, Page, Kills, Exports, Opinions)


def parser() -> argparse.ArgumentParser:
    """Give the options of the command."""
    said = "\n".join(f"  {part.name:8} {part.cases:>7,} cases: {part.about}" for part in PARTS)
    made = argparse.ArgumentParser(
        "python -m tests.campaign",
        description="Try to break bgsync with cases that are drawn at random, part after part:\n" + said,
        epilog="Exit status: 0 nothing failed, 1 something failed; then its smallest input and how to repeat it are "
        "printed.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--seed", type=int, default=0, help="the same seed draws the same cases (default: 0)")
    made.add_argument("--minutes", type=float, default=60.0, help="of all parts together, shared evenly (default: 60)")
    made.add_argument("--only", action="append", choices=[part.name for part in PARTS], metavar="NAME")
    made.add_argument("--cases", type=int, help="how many cases of each part, in place of those above")
    made.add_argument("--case", type=int, help="this case alone, as a failure names it; with --only")
    made.add_argument("--specs", type=Path, metavar="DIR", help="edit the .bs and .html files there, too")
    return made


def main() -> int:
    """Run the parts that are asked for, and give the exit status."""
    options = parser()
    asked = options.parse_args()
    parts = [part for part in PARTS if not asked.only or part.name in asked.only]
    if asked.case is not None and len(parts) != 1:
        options.error("--case needs --only with the part that it is of")
    if asked.specs is not None and not asked.specs.is_dir():
        options.error(f"{asked.specs}: no folder")
    settings = Settings(asked.seed, asked.specs)
    tallies, left = list[Tally](), asked.minutes * 60
    for place, kind in enumerate(parts):
        part = kind(settings)
        cases = range(asked.cases if asked.cases is not None else part.cases)
        if asked.case is not None:
            cases = range(asked.case, asked.case + 1)
        tallies.append(run(part, cases, left / (len(parts) - place), say))
        left = max(left - tallies[-1].seconds, 0.0)
    print(table(tallies))
    for tally in tallies:
        for problem in tally.problems.values():
            repeat = f"python -m tests.campaign --only {tally.part} --seed {asked.seed} --case {problem.case}"
            print(f"\n{tally.part}: {problem.what}\nto repeat it: {repeat}{' --specs DIR' if asked.specs else ''}")
            print(f"--- its smallest input\n{problem.input}\n--- what happened\n{problem.detail}".rstrip())
    return 1 if any(tally.failed for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
