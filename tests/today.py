"""What a check says of today's model of one-off sync: explored once for all tests that look at it."""

from functools import cache

import bgsync
from bgsync.judge.verdict import Report, Verdict


@cache
def report() -> Report:
    """Give the report of a check that is asked for nothing else."""
    found: Report = bgsync.check("one-off").report
    return found


def base() -> dict[str, Verdict]:
    """Give the verdicts in the base environment."""
    return {verdict.property: verdict for verdict in report().verdicts if not verdict.needs}
