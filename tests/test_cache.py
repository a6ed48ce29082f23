"""What explorations gave is kept between runs: the same answer for the same question, and for no other one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bgsync.cache import digest as digests
from bgsync.cache.digest import Digests, UnknownError
from bgsync.cache.results import Results
from bgsync.cache.store import VARIABLE, Store
from bgsync.cli import main
from bgsync.cli.targets import target
from bgsync.judge import explorations, exploring
from bgsync.judge.budget import Budget
from bgsync.judge.check import check
from bgsync.judge.explorations import Effort
from bgsync.system.scenario import Bounds
from bgsync.targets import Wish, question
from tests.command import loaded_by
from tests.specs import PRINT_QUEUE

COARSE = (
    "--granularity",
    "algorithm",
    "--jobs",
    "1",
    "--property",
    "fires-online",
    "--property",
    "firing-ends",
    "--with",
)
HARD = "terminated"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What is told of the text where nothing is kept, and the folder with what is kept of it then."""
    place = tmp_path_factory.mktemp("first")
    (place / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(place / "kept"))
        patch.chdir(place)
        return told(), place / "kept"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is kept, and a text beside it."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    return tmp_path / "kept"


@pytest.fixture
def asked_before(folder: Path, first: tuple[dict[str, Any], Path]) -> dict[str, Any]:
    """What was told of the text; what is kept of it is in the folder."""
    report, kept = first
    shutil.copytree(kept, folder)
    return report


@pytest.fixture
def explored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The explorations that are made from now on."""
    made, run = list[str](), exploring.run

    def counted(exploration: explorations.Exploration, *rest: Any) -> explorations.Result:
        if exploration.properties:
            made.append(exploration.scenario.monitor.name)
        return run(exploration, *rest)

    monkeypatch.setattr(exploring, "run", counted)
    return made


def told(*arguments: str, under: str = HARD) -> dict[str, Any]:
    result = CliRunner().invoke(main, ["check", "print.bs", *COARSE, under, "--format", "json", *arguments])
    assert result.exit_code in (0, 1, 3), result.output
    found: dict[str, Any] = json.loads(result.stdout)
    found.pop("seconds")
    for each in found["explorations"]:
        each.pop("seconds")
    return found


def without_origin(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what says who made it."""
    return report | {"explorations": [one | {"kept": False} for one in report["explorations"]]}


def test_a_second_check_explores_nothing_and_says_the_same(folder: Path, explored: list[str]) -> None:
    first = told()
    made = len(explored)
    assert made == len(first["explorations"]) > 0
    second = told()
    assert len(explored) == made
    assert all(one["kept"] for one in second["explorations"])
    assert not any(one["kept"] for one in first["explorations"])
    assert without_origin(second) == first


def test_what_is_kept_is_told_without_loading_what_explores(folder: Path) -> None:
    asked = "check", "print.bs", *COARSE, "terminated"
    loaded = [loaded_by(folder.parent, *asked)[1] for _ in range(2)]
    assert [modules >= {"numpy", "bgsync.tables", "bgsync.judge.exploring"} for modules in loaded] == [True, False]
    assert not loaded[1] & {"numpy", "scipy", "networkx", "numba", "bgsync.tables", "bgsync.judge.exploring"}


def test_a_reader_is_told_that_an_earlier_run_looked(folder: Path) -> None:
    for said in (False, True):
        result = CliRunner().invoke(main, ["check", "print.bs", *COARSE, HARD])
        assert ("all of them by an earlier run" in result.stdout) == said


@pytest.mark.usefixtures("asked_before")
def test_what_is_kept_is_told_where_the_steps_stand_now(
    folder: Path, explored: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, before = folder.parent / "print.bs", told()
    moved = file.read_text(encoding="utf-8").replace("\n<div algorithm>", "\n\n\n<div algorithm>", 1)
    file.write_text(moved, encoding="utf-8")
    second = told()
    assert explored == []
    monkeypatch.setenv(VARIABLE, "")
    assert without_origin(second) == without_origin(told()) != without_origin(before)


@pytest.mark.usefixtures("asked_before")
def test_another_step_is_explored_anew(folder: Path, explored: list[str]) -> None:
    file = folder.parent / "print.bs"
    file.write_text(file.read_text().replace("is [=queued=], [=start", "is [=printing=], [=start", 1), encoding="utf-8")
    assert not any(one["kept"] for one in told()["explorations"])
    assert explored


@pytest.mark.parametrize("asked", [{"calls": "1"}, {"limit": "40"}, {"under": "restarted"}])
@pytest.mark.usefixtures("asked_before")
def test_another_question_is_explored_anew(explored: list[str], asked: dict[str, str]) -> None:
    told(*(f"--{name}={value}" for name, value in asked.items() if name != "under"), under=asked.get("under", HARD))
    assert explored


def test_other_code_explores_anew(
    explored: list[str], asked_before: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bgsync.cache.results.code", lambda: b"another version")
    assert told() == asked_before
    assert len(explored) == len(asked_before["explorations"])


@pytest.mark.parametrize("harm", [b"", b"no data", None])
def test_a_file_that_somebody_has_changed_is_as_if_it_were_not_there(
    folder: Path, explored: list[str], asked_before: dict[str, Any], harm: bytes | None
) -> None:
    for file in folder.iterdir():
        if harm is None:
            Store(folder).put(file.name, b'["Result", ["()"], ["Invocation", "a"], ["no class"]]')
        else:
            file.write_bytes(harm)
    assert told() == asked_before
    assert len(explored) == len(asked_before["explorations"])


def test_nothing_is_kept_where_the_user_wants_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told("--no-cache")
    assert not folder.exists()
    monkeypatch.setenv(VARIABLE, "")
    told()
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_no_error(folder: Path) -> None:
    folder.write_text("a file", encoding="utf-8")
    assert told()["explorations"]


def test_what_ran_out_of_time_is_not_kept(tmp_path: Path) -> None:
    cache = Results(Store(tmp_path / "kept"))
    wish = Wish(granularities=("algorithm",), each=False, effort=Effort(cache=cache), budget=Budget(1e-9))
    report = check(question(target("one-off"), wish))
    assert {verdict.verdict for verdict in report.verdicts if verdict.kind != "structure"} == {"inconclusive"}
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("name", "calls"), [("one-off", 2), ("periodic", 1), pytest.param("periodic", 2, marks=pytest.mark.campaign)]
)
def test_all_that_is_found_of_a_model_is_read_back_as_it_was(name: str, calls: int, tmp_path: Path) -> None:
    cache, hard = Results(Store(tmp_path)), ("terminated",) if name == "one-off" else ()
    wish = Wish((), hard, False, ("algorithm",), Bounds(calls=calls), Effort(cache=cache))
    asked = question(target(name), wish)
    first, second = check(asked), check(asked)
    assert all(each.kept for each in second.explorations)
    assert second.verdicts == first.verdicts
    assert second.coverage == first.coverage


def test_the_folder_stays_as_small_as_it_is_to_be(tmp_path: Path) -> None:
    store = Store(tmp_path, most=60)
    for place, key in enumerate("abcde"):
        store.put(key, bytes(range(30)))
        os.utime(tmp_path / key, (place, place))
    assert store.get("a") == bytes(range(30))  # used just now
    store.trim()
    assert store.get("a") is not None
    assert [key for key in "bcde" if store.get(key) is None] == ["b", "c", "d", "e"]


def test_the_digest_of_what_nobody_can_tell_for_certain_is_none() -> None:
    with pytest.raises(UnknownError):
        Digests()(test_the_digest_of_what_nobody_can_tell_for_certain_is_none)
    with pytest.raises(UnknownError):
        Digests()(object())


def test_functions_on_one_line_have_digests_of_their_own() -> None:
    made = [eval(compile(source, "one", "eval"), {"__name__": "bgsync.one"})
            for source in ("lambda: 1", "lambda: 2", "lambda: 1")]  # fmt: skip
    first, second, again = (Digests()(each) for each in made)
    assert first == again != second


def test_a_digest_is_the_same_in_every_process() -> None:
    program = (
        "from bgsync.cache.digest import Digests\nfrom bgsync.cli.targets import target\n"
        "found = target('one-off')\n"
        "print(Digests()((found.spec, found.content.world, found.content.properties)).hex())"
    )
    seeds = ({"PYTHONHASHSEED": seed} for seed in ("1", "2"))
    found = {subprocess.check_output([sys.executable, "-c", program], env={**os.environ, **seed}) for seed in seeds}
    assert len(found) == 1


def test_the_code_has_a_digest_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr(digests, "PACKAGE", tmp_path)
    before = digests.code.__wrapped__()
    (tmp_path / "engine.py").write_text("x = 1\n", encoding="utf-8")
    assert digests.code.__wrapped__() != before
