"""Which algorithms of a text nothing reaches, and why, in an invented spec of a lighthouse."""

import json
from pathlib import Path

import pytest

from bgsync.api import check, read
from bgsync.language import Call, ObjectType, Spec, algorithm, rule, steps
from bgsync.language.reaching import unreached
from bgsync.sources import Source
from bgsync.texts import unreached as unreached_of
from tests.command import run

TEXT = """<pre class=metadata>
Title: Lighthouse
Shortname: lighthouse
</pre>

# Lamps # {#lamps}

A <dfn>lamp</dfn> has a <dfn for=lamp>colour</dfn>, a string.

<div algorithm>
The <dfn method for=Tower>shine(|lamp|)</dfn> method steps are:

1. [=Warm up=] |lamp|.
1. Wish for somebody to [=polish=] it.
</div>

<div algorithm>
To <dfn>warm up</dfn> a |lamp|:

1. Set |lamp|'s [=colour=] to "red".
</div>

<div algorithm>
To <dfn>polish</dfn> a |lamp|:

1. Set |lamp|'s [=colour=] to null.
</div>

<div algorithm>
To <dfn>dismantle</dfn> a |lamp|:

1. [=Unscrew=] |lamp|.
</div>

<div algorithm>
To <dfn>unscrew</dfn> a |lamp|:

1. Set |lamp|'s [=colour=] to null.
</div>

### Fog ### {#fog}

About the fog, all are to mind the following steps:

1. Set |lamp|'s [=colour=] to "white".
"""


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return unreached_of(read(Source("lighthouse.bs", TEXT)).reading)


def test_what_a_method_calls_is_reached(found: dict[str, str]) -> None:
    assert not {"shine", "warm up"} & found.keys()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("polish", "named only in shine 2, which is not read as a call of it"),
        ("dismantle", "nothing calls it, and it is no method and no rule"),
        ("unscrew", "called only from dismantle, which nothing reaches"),
        ("Fog", "its head is not understood: About the fog, all are to mind the following steps:"),
    ],
)
def test_why_nothing_reaches_an_algorithm_is_said(found: dict[str, str], name: str, why: str) -> None:
    assert found[name] == why


def test_rules_are_where_it_begins_and_a_circle_of_calls_is_no_way_in() -> None:
    calls = {"a": "b", "b": "a", "c": "d", "d": "d"}
    algorithms = [algorithm(name, (), steps(Call(other)), file="") for name, other in calls.items()]
    dawn = rule("at dawn", "sun", "rise", "MUST", steps(Call("c")), file="")
    spec = Spec("Lamps", "", ObjectType("lamp", "", ()), tuple(algorithms), (dawn,), methods=())
    assert unreached(spec) == {
        "a": "called only from b, which nothing reaches",
        "b": "called only from a, which nothing reaches",
    }


def test_read_lists_them_in_text_and_in_json(tmp_path: Path, found: dict[str, str]) -> None:
    file = tmp_path / "lighthouse.bs"
    file.write_text(TEXT)
    told = run("read", str(file)).stdout
    assert "nothing reaches unscrew: called only from dismantle, which nothing reaches" in told
    data = json.loads(run("read", str(file), "--format", "json").stdout)
    assert {each["algorithm"]: each["why"] for each in data["unreached"]} == found


def test_the_head_of_a_check_lists_them(tmp_path: Path, found: dict[str, str]) -> None:
    file = tmp_path / "lighthouse.bs"
    file.write_text(TEXT)
    told = " ".join(run("check", str(file), "--granularity", "algorithm", "--jobs", "1").stdout.split())
    assert "nothing reaches dismantle: nothing calls it, and it is no method and no rule" in told
    report = check(str(file), granularities=("algorithm",), adversities=()).report
    assert {
        name: why.removesuffix("; it is taken to run at any time") for name, why in report.unreached.items()
    } == found
    assert [name for name, why in report.unreached.items() if why != found[name]] == ["polish", "dismantle", "Fog"]
