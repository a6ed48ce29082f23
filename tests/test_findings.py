"""docs/findings.md names every finding on today's model, and nothing else."""

import re
from pathlib import Path

import bgsync
from bgsync import telling
from bgsync.report.causes import Cause, causes
from bgsync.words import Words

PAGE = Path(__file__).parents[1] / "docs" / "findings.md"
ROW = re.compile(r"^\| (?P<pair>.+) \| (?P<lines>\d+) \| (?P<cause>[A-Z]) \|$", re.MULTILINE)


def pair(cause: Cause, words: Words) -> str:
    return f"{telling.pair(cause.first, words)}: {', '.join(cause.properties)}"


def test_the_page_of_findings_names_every_pair_with_a_cause_that_it_explains() -> None:
    report = bgsync.check("one-off").report
    told = [
        (pair(cause, report.words), sum(s.is_told for s in cause.first.trace.steps))
        for cause in causes(report)
        if cause.first.trace
    ]
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index("### Every pair of today's model") : text.index("### What the mendings showed")]
    rows = [(row["pair"], int(row["lines"])) for row in ROW.finditer(table)]
    assert rows == told
    explained = set(re.findall(r"^\| ([A-Z]) \|", text, re.MULTILINE))
    assert {row["cause"] for row in ROW.finditer(table)} <= explained
