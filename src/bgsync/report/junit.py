"""The report as JUnit XML, which most build servers show: a test case a property, a suite a text."""

from xml.etree import ElementTree as xml

from bgsync.judge.glossary import Glossary
from bgsync.judge.verdict import Report, Verdict
from bgsync.plain import plain, visible
from bgsync.report.lines import trace_lines
from bgsync.words import Words


def to_junit(*reports: Report) -> str:
    """Write reports as JUnit XML: violated is a failure, inconclusive an error, vacuous skipped.

    What is broken only under an adversity is said in the output of its case, and fails nothing.
    """
    root = xml.Element("testsuites", name="bgsync")
    for report in reports:
        root.append(_suite(report))
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _suite(report: Report) -> xml.Element:
    cases = [verdict for verdict in report.verdicts if not verdict.needs]
    counts = {kind: sum(v.verdict in kinds for v in cases) for kind, kinds in _KINDS.items()}
    suite = xml.Element(
        "testsuite",
        name=plain(report.model),
        tests=str(len(cases)),
        time=f"{report.seconds:.3f}",
    )
    for kind, count in counts.items():
        suite.set(kind, str(count))
    for verdict in cases:
        under = [v for v in report.verdicts if v.needs and v.property == verdict.property]
        suite.append(_case(verdict, under, report.glossary))
    return suite


_KINDS = {"failures": ("violated",), "errors": ("inconclusive",), "skipped": ("vacuous",)}


def _case(verdict: Verdict, under: list[Verdict], glossary: Glossary) -> xml.Element:
    case = xml.Element("testcase", name=plain(verdict.property), classname="bgsync", time="0")
    message = plain(verdict.message or glossary.rule(verdict.property).sentence)
    if verdict.verdict == "violated":
        failure = xml.SubElement(case, "failure", message=message, type=verdict.kind or "violated")
        failure.text = _told(verdict, glossary.words)
    elif verdict.verdict == "inconclusive":
        xml.SubElement(case, "error", message=message, type="inconclusive")
    elif verdict.verdict == "vacuous":
        xml.SubElement(case, "skipped", message=message)
    if under:
        told = [f"with {', '.join(v.needs)}: {v.verdict}: {plain(v.message)}" for v in under]
        xml.SubElement(case, "system-out").text = "\n".join(told)
    return case


def _told(verdict: Verdict, words: Words) -> str:
    places = [f"at {p.algorithm} {p.step} ({p.file}:{p.line})" for p in verdict.locations]
    run = verdict.run()
    trace = [] if run is None else trace_lines(run, words)
    return visible("\n".join(["", verdict.message, *places, *trace]))
