"""What a campaign found, for people: as text, and as a Python test of each finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bgsync.fuzz.campaign import Result
from bgsync.fuzz.finding import Finding
from bgsync.observing import Observing, Oracle, Seen


@dataclass(frozen=True)
class Driven:
    """What was driven, and how a test makes it."""

    name: str
    imports: tuple[str, ...]
    """Lines that make the name known that follows."""
    maker: str
    """An expression that makes the adapter."""


def to_text(driven: Driven, oracle: Oracle, result: Result, seed: int) -> str:
    """Tell what was found, what was done, and what is untested."""
    lines = [f"{driven.name}, judged by {oracle.name}", ""]
    for number, finding in enumerate(result.findings, 1):
        lines += [f"{number}. a difference, {finding.rate}:", str(finding), *places(finding, oracle), ""]
    rate = result.steps / result.seconds if result.seconds else 0.0
    lines.append(
        f"{result.steps} operations judged in {result.examples} runs, {rate:.0f} a second; seed {seed}; {result.ended}"
    )
    lines += [f"without {name}, untested: {', '.join(what)}" for name, what in result.lacking.items()]
    return "\n".join((*lines, *_coverage(result)))


def places(finding: Finding, oracle: Oracle) -> Iterator[str]:
    """Say where the steps stand by which something else would have been allowed."""
    steps = dict.fromkeys(step for why in finding.wanted.values() for step in why)
    for step in steps:
        if place := oracle.place(step):
            yield f"     {step}: {place}"


def _coverage(result: Result) -> Iterator[str]:
    for kind, labels in result.coverage.expected.items():
        yield f"{kind}: {len(result.coverage.visited(kind))} of {len(labels)} taken"
        for label in result.coverage.missing().get(kind, ()):
            out = (kind, label) in result.unreachable
            yield f"  missing: {label}" + " (nothing that can be driven leads there)" * out


def to_test(driven: Driven, observing: Observing, findings: tuple[Finding, ...]) -> str:
    """Write a test of each finding: what the implementation does, and what it is to show instead."""
    lines = ['"""What bgsync found: each test fails as long as the difference is there."""', "", *driven.imports, ""]
    for number, finding in enumerate(findings, 1):
        lines += ["", f"def test_difference_{number}() -> None:", f"    it = {driven.maker}", "    it.reset()"]
        lines += [f"    it.{name}()" for name in observing.required]
        for one in finding.taken[1:]:
            last = one is finding.taken[-1]
            way = observing.way(one.operation)
            given = ", ".join(map(repr, (*((one.operation.tag,) if way.tagged else ()), *way.arguments)))
            call = f"it.{way.method}({given})"
            lines.append(f"    result = {call}" if last and way.text[0] == "call" else f"    {call}")
            if not last:
                lines += [f"    assert {_looked_at(name)} == {_value(name, one.seen)}" for name in observing.required]
        lines += _asserts(finding, observing)
        if "close" in driven.maker or driven.maker.endswith("Chromium()"):
            lines.append("    it.close()")
    return "\n".join(lines) + "\n"


def _asserts(finding: Finding, observing: Observing) -> Iterator[str]:
    """Assert what the model allows in the end."""
    allowed = [one.seen for one in finding.allowed]
    if observing.way(finding.taken[-1].operation).text[0] == "call":
        results = dict.fromkeys(None if seen.result == "resolved" else seen.result for seen in allowed)
        yield f"    assert result in {list(results)}"
    for name in observing.required:
        values = dict.fromkeys(_value(name, seen) for seen in allowed)
        yield f"    assert {_looked_at(name)} in [{', '.join(values)}]"
    tags = [list(seen.tags) for seen in allowed if seen.tags is not None]
    if finding.taken[-1].seen.tags is not None and tags:
        yield f"    assert sorted(it.tags()) in {[one for n, one in enumerate(tags) if one not in tags[:n]]}"


def _looked_at(name: str) -> str:
    return "sorted(it.events())" if name == "events" else f"list(it.{name}())"


def _value(name: str, seen: Seen) -> str:
    return repr([(one.tag, one.last) for one in seen.events] if name == "events" else list(seen.got))
