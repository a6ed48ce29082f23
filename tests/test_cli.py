"""The command line, used as its user would."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

from bgsync.cli.question import HURRY, PATIENCE, Asked
from bgsync.export import GRAPHS
from bgsync.judge.pace import Far
from bgsync.report.json import schema
from bgsync.system.scenario import Bounds
from tests.command import run

ROOT = Path(__file__).parents[1]


FAST = ("--granularity", "algorithm")
QUICK = (*FAST, "--with", "skipped")
NOTHING_SAID = {
    "granularity": "both", "adversities": (), "tags": 1, "calls": 2, "abort": "scope", "termination": "handler",
    "queue": "held", "sentence": "apart", "limit": None, "properties": (),
}  # fmt: skip


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory, explored_folder: Path) -> tuple[Result, dict[str, Any]]:
    saved = tmp_path_factory.mktemp("saved") / "report.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BGSYNC_CACHE", str(explored_folder))
        result = run("check", *FAST, "--save", str(saved))
    assert result.exit_code == 1
    return result, json.loads(saved.read_text())


def test_check_prints_a_table_and_one_trace_in_about_a_screen(checked: tuple[Result, dict[str, Any]]) -> None:
    result, _ = checked
    assert "unique-tag" in result.stdout
    assert "(logic)" in result.stdout
    assert result.stdout.count("from here on, again and again") <= 1
    assert len(result.stdout.splitlines()) < 90
    assert "judged as one-off: it is its own spec" in result.stdout


def test_check_as_json_follows_its_published_schema(checked: tuple[Result, dict[str, Any]]) -> None:
    _, report = checked
    published = json.loads((ROOT / "src/bgsync/report/schema.json").read_text())
    assert published == schema()
    jsonschema.validate(report, published)
    assert report["tool"] == "bgsync"
    assert report["bounds"] == asdict(Bounds()) | {"states": 10_000_000}
    broken = [verdict for verdict in report["verdicts"] if verdict["property"] == "retry-delay"]
    assert broken[0]["verdict"] == "violated"
    assert broken[0]["locations"][0]["step"] == "5.3.2.3"
    assert {"process", "algorithm", "step", "line", "sentence", "changes"} <= set(broken[0]["trace"]["steps"][0])


def test_one_property_is_told_with_all_its_traces() -> None:
    result = run("check", *QUICK, "--property", "no-endless-firing")
    assert result.exit_code == 1
    assert "a handler calls register(t1)" in result.stdout
    assert "from here on, again and again" in result.stdout


def test_a_property_that_holds_gives_status_0() -> None:
    told = run("check", *QUICK, "--property", "gate")
    assert told.exit_code == 0
    assert "nothing is broken: 1 property holds" in told.stdout


def test_with_an_adversity_the_report_says_what_needs_it() -> None:
    result = run("check", *FAST, "--property", "firing-ends", "--with", "skipped", "--format", "json")
    verdicts = json.loads(result.stdout)["verdicts"]
    assert [(verdict["verdict"], verdict["needs"]) for verdict in verdicts] == [
        ("holds", []),
        ("violated", ["skipped"]),
    ]


def test_a_limit_gives_status_3_where_nothing_is_found() -> None:
    result = run("check", *FAST, "--property", "waiting-ends", "--limit", "3", "--traces", "none")
    assert result.exit_code == 3
    assert "inconclusive" in result.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "--property", "speed"), "unknown property 'speed': one of asserts"),
        (("check", "--with", "rain"), "unknown adversity 'rain': one of extended, installing, permission"),
        (("check", "two-off"), "two-off: no such file or folder"),
        (("check", "nowhere.py:machine"), "nowhere.py"),
        (("explain", "speed"), "unknown word 'speed'"),
        (("explain", "vacous"), "unknown word 'vacous': did you mean vacuous?"),
        (("check", "--property", "unique-tags"), "unknown property 'unique-tags': did you mean unique-tag? one of"),
        (("draw",), "nothing to draw"),
        (("draw", "lifecycle", "-o", "/nowhere/at/all.svg"), "/nowhere/at/all.svg"),
        (("graph", "--with", "rain"), "unknown adversity 'rain'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words: tuple[str, ...], says: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert says in line
    assert "Traceback" not in result.output


def test_bad_numbers_are_refused() -> None:
    assert run("check", "--tags", "0").exit_code == 2
    assert run("check", "--calls", "x").exit_code == 2


def test_a_machine_of_the_users_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "door.py"
    file.write_text(
        "from transitions import Machine\n"
        "machine = Machine(states=['open', 'closed', 'lost'], initial='open', auto_transitions=False,\n"
        "    transitions=[['shut', 'open', 'closed'], ['find', 'lost', 'open']])\n"
        "def never_closed(state): return state != 'closed'\n"
        "invariants = [never_closed]\n"
    )
    result = run("check", f"{file}:machine")
    assert result.exit_code == 1
    for word in ("unreachable-state", "trap-state", "with it, row 'find: lost -> open'", "invariant", "after: shut"):
        assert word in result.stdout
    assert json.loads(run("check", f"{file}:machine", "--format", "json").stdout)["findings"]


def test_a_machine_with_nothing_wrong_gives_status_0(tmp_path: Path) -> None:
    file = tmp_path / "lamp.py"
    file.write_text(
        "from transitions import Machine\n"
        "machine = Machine(states=['on', 'off'], initial='off', auto_transitions=False,\n"
        "    transitions=[['switch', 'on', 'off'], ['switch', 'off', 'on']])\n"
    )
    result = run("check", f"{file}:machine")
    assert (result.exit_code, "nothing wrong" in result.stdout) == (0, True)


def test_explain_tells_the_sentence_why_it_matters_and_the_reference() -> None:
    result = run("explain", "resolved-then-fires")
    assert "followed by an event" in result.stdout
    assert "Why it matters:" in result.stdout
    assert "Rests on:" in result.stdout
    assert "missing-task: " in run("explain", "missing-task").stdout
    listed = run("explain").stdout
    assert listed.count("\n") >= 19


@pytest.mark.parametrize("word", ["race", "vacuous", "terminated", "SHOULD", "reregistered while firing", "loop"])
def test_explain_knows_every_kind_of_word_that_a_report_says(word: str) -> None:
    told = run("explain", *word.split()).stdout
    assert told.lower().replace(" ", "").startswith(word.lower().replace(" ", "") + ":")


@pytest.mark.parametrize("form", GRAPHS)
def test_the_graph_is_exported(form: str, tmp_path: Path) -> None:
    path = tmp_path / "graph"
    assert run("graph", "--format", form, "-o", str(path)).exit_code == 0
    text = path.read_text()
    assert "a page calls register(t1)" in text
    if form == "json":
        assert len(json.loads(text)["nodes"]) == 39


def test_the_graph_of_the_lifecycle_world_is_exported() -> None:
    result = run("graph", "lifecycle")
    assert "absent" in result.stdout


def test_a_picture_is_written_to_standard_output_or_a_file(tmp_path: Path) -> None:
    assert run("draw", "lifecycle").stdout.startswith("stateDiagram")
    path = tmp_path / "states.svg"
    assert run("draw", "states", "--format", "svg", "-o", str(path)).exit_code == 0
    assert path.read_text().startswith("<")


def test_the_help_of_check_begins_with_what_an_editor_seeks_and_names_the_rest_in_a_line() -> None:
    said = run("check", "--help").stdout
    places = [said.index(name) for name in ("--base", "--format", "--granularity", "--automatic", "--checkpoint")]
    assert places == sorted(places)
    assert said.count("--checkpoint") == said.count("--disk") == 1


def test_help_teaches() -> None:
    assert "bgsync check --property asserts" in run("--help").stdout
    assert "Exit status" in run("check", "-h").stdout


def test_a_model_with_an_error_in_it_is_one_line_with_file_and_line(tmp_path: Path) -> None:
    model = (ROOT / "model" / "background_sync" / "one_off.py").read_text()
    model = model.replace("\nfrom ..", "\nfrom bgsync.shipped.model.")
    model = model.replace("\nfrom .", "\nfrom bgsync.shipped.model.background_sync.")
    (tmp_path / "content.py").write_text(
        "from dataclasses import replace\n"
        "from bgsync.shipped.model.background_sync.content import ONE_OFF\n"
        "from .one_off import SPEC\n"
        "CONTENT = replace(ONE_OFF, name='mine', spec=SPEC)\n"
    )
    file = tmp_path / "one_off.py"
    for text, says in ((model.replace("FIRING),", "'sleeping'),", 1), "sleeping"), ("x = (", "SyntaxError")):
        file.write_text(text)
        result = run("check", *QUICK, "--property", "gate", "--content", str(tmp_path))
        assert (result.exit_code, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        assert "one_off.py:" in line
        assert says in line
    file.write_text(model)
    assert "judged as mine" in run("check", *QUICK, "--property", "gate", "--content", str(tmp_path)).stdout


def test_fuzz_visits_every_state_row_and_operation_of_the_lifecycle() -> None:
    result = run("fuzz", "--examples", "25")
    assert result.exit_code == 0
    assert "row" in result.stdout


def test_fuzz_says_what_a_run_that_is_too_short_has_not_visited() -> None:
    result = run("fuzz", "--examples", "1", "--steps", "1")
    assert result.exit_code == 3


def test_an_interruption_says_what_was_explored_and_gives_status_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(line: object, far: Far) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bgsync.cli.common.Line.__call__", stop)
    result = run("check", "--granularity", "step")
    assert result.exit_code == 3
    assert "interrupted after" in result.stderr
    assert "inconclusive" in result.stdout


def test_a_progress_line_appears_on_a_terminal_after_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bgsync.cli.common import Line

    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_, **__: os.terminal_size((80, 24)))
    line = Line()
    line(Far("step", 1))
    assert capsys.readouterr().err == ""
    line.began, line.told = line.began - 2, line.told - 2
    line(Far("step", 12_345, "depth 7", 3, 44, ("unique-tag",)))
    line.end()
    shown, gone = capsys.readouterr().err.split("\r\033[K")[1:]
    assert shown == "2 s: 3 of 44 explorations, 1 broken so far; step: 12,345 states, depth 7"
    assert gone == ""


def test_elsewhere_progress_is_a_line_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bgsync.cli.common import Line

    line = Line()
    for seconds in (9.0, 2.0, 2.0):
        line.began, line.told = line.began - seconds, line.told - seconds
        line(Far("step", 12_345))
    assert capsys.readouterr().err == "11 s: step: 12,345 states\n"


@pytest.mark.parametrize(
    ("more", "seconds", "in_a_hurry"),
    [({}, PATIENCE, HURRY), ({"seconds": 5.0}, 5.0, 5.0), ({"tags": 2}, None, HURRY), ({"limit": 10}, None, HURRY)],
)
def test_a_question_takes_so_long_and_less_where_the_text_is_to_be_mended_first(
    more: dict[str, Any], seconds: float | None, in_a_hurry: float
) -> None:
    asked = Asked(**{**NOTHING_SAID, **more})
    assert asked.budget.seconds == seconds
    asked.hurry()
    assert asked.budget.seconds == in_a_hurry
