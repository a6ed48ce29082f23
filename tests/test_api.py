"""The Python interface, as its page in the docs shows it, and what its results say of themselves."""

import doctest
from html.parser import HTMLParser
from pathlib import Path

import pytest

import bgsync
from bgsync.results import ResultError
from bgsync.sources import Source

ROOT = Path(__file__).parents[1]
LAMP = """<pre class='metadata'>
Title: Lamp
Shortname: lamp
</pre>

# Lamps # {#lamps}

<div algorithm>
The <dfn method for=Lamp>glow()</dfn> method, when invoked, MUST return [=a new promise=] |p| and run these steps
[=in parallel=]:

1. Let |level| be 1.
1. If |level| is 1, return |p|.
</div>
"""


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)


def tags(html: str) -> set[str]:
    found = Tags()
    found.feed(html)
    return set(found.seen)


def test_the_page_of_the_docs_is_true() -> None:
    result = doctest.testfile(str(ROOT / "docs/python.md"), module_relative=False, globs={"LAMP": LAMP})
    assert result.failed == 0
    assert result.attempted > 15


def test_a_report_shows_itself_as_a_table_in_which_everything_from_outside_is_escaped() -> None:
    hostile = LAMP.replace("Lamp\n", "Lamp<script>alert(1)</script>\n")
    shown = bgsync.check(bgsync.read(Source("<b>lamp</b>.bs", hostile)))._repr_html_()
    assert tags(shown) == {"table", "caption", "thead", "tbody", "tr", "th", "td", "code"}
    assert "&lt;b&gt;lamp&lt;/b&gt;.bs" in shown


def test_a_run_is_told_and_drawn_and_shows_itself() -> None:
    run = bgsync.check("one-off", properties=["retry-delay"], adversities=()).run("retry-delay")
    assert len(run) == len(run.steps) == len(list(run))
    assert tags(run._repr_html_()) == {"pre"}
    assert "register 8.1" in str(run)
    assert "register 8.1" in str(run.draw())


def test_what_a_result_does_not_have_is_said_with_what_it_has() -> None:
    report = bgsync.check("one-off", properties=["outcome"], adversities=(), granularities=["algorithm"])
    with pytest.raises(ResultError, match="no verdict on 'outcomes': one of outcome"):
        report["outcomes"]
    with pytest.raises(ResultError, match="no run breaks outcome: it is holds"):
        report.run("outcome")


def test_a_comparison_says_what_became_of_the_behaviour_and_the_properties() -> None:
    text = bgsync.read(Source("lamp.bs", LAMP))
    edit = bgsync.compare(text, text)
    assert (repr(edit), edit.is_equivalent) == ("<Compared: equivalent, 0 broken, 0 repaired>", True)
    other = bgsync.compare(text, bgsync.read(Source("lamp.bs", LAMP.replace("return |p|", "resolve |p|"))))
    assert "promise-settles" in other._repr_html_()


def test_a_picture_is_saved_in_the_form_of_its_ending(tmp_path: Path) -> None:
    picture = bgsync.draw("one-off", "algorithm", name="getTags")
    picture.save(tmp_path / "tags.mmd")
    assert (tmp_path / "tags.mmd").read_bytes() == picture.to("mermaid")
    assert bgsync.draw("one-off").drawn.title == "Lifecycle of a sync registration, as the text has it"


def test_the_names_of_packages_stay_those_of_functions_whatever_is_imported() -> None:
    import bgsync.draw.svg
    import bgsync.explore.search
    import bgsync.report.comparison_text

    assert all(callable(getattr(bgsync, name)) for name in ("compare", "draw", "explore"))
    assert set(bgsync.__all__) <= {name for name in bgsync.__all__ if getattr(bgsync, name)}
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        bgsync.chekc  # noqa: B018
