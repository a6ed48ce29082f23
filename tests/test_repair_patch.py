"""What is changed in the data of a text is written into its source: formatting kept, and read back as that data."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bgsync.compare.data import same_data
from bgsync.contents import Content
from bgsync.judge.structure import PROPERTIES as STRUCTURE
from bgsync.judge.structure.text import known
from bgsync.language import LanguageError, Spec
from bgsync.language.corrections import Correction, atomically, checked, corrected, in_place, left_out
from bgsync.mutate.mutants import mutants
from bgsync.repair.changes import operators
from bgsync.repair.layout import UnwritableError
from bgsync.repair.patch import patch, rewritten
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC
from bgsync.sources import Source, load_one
from bgsync.texts import Text, read
from tests.command import run
from tests.specs import PRINT_QUEUE, RESPEC, SYNC

SPECS = Path(__file__).parents[2] / "shared" / "specs"


def text(source: str = PRINT_QUEUE, name: str = "print.bs") -> Text:
    return read(Source(name, source))


def edited(of: Text, part: str, first: str, last: str, change: object) -> Spec:
    return corrected(of.reading.spec, [Correction("", (), part, first, last, change)])  # type: ignore[arg-type]


def changed_lines(old: str, new: str) -> list[str]:
    return [each for each in patch(old, new, "x").splitlines()[2:] if each[:1] in "+-"]


def test_steps_that_become_one_action_are_only_indented() -> None:
    about = text()
    made = rewritten(about, edited(about, "register", "7", "8", atomically))
    added = [each[1:] for each in changed_lines(PRINT_QUEUE, made) if each[0] == "+"]
    removed = [each[1:] for each in changed_lines(PRINT_QUEUE, made) if each[0] == "-"]
    assert added == ["1. Run these steps atomically:", *(f"   {each}" for each in removed)]
    assert len(removed) == 5


def test_what_is_asserted_may_be_asked_instead() -> None:
    about = text()
    made = rewritten(about, edited(about, "start printing", "1", "1", checked))
    assert changed_lines(PRINT_QUEUE, made) == [
        "-1. Assert: |job|'s [=job state=] is [=queued=].",
        '+1. If |job|\'s [=job state=] is not "`queued`", abort these steps.',
    ]


def test_a_step_that_is_left_out_takes_its_lines_with_it() -> None:
    about = text()
    made = rewritten(about, edited(about, "register", "8.3", "8.3", left_out))
    assert changed_lines(PRINT_QUEUE, made) == ["-   1. Append |job| to |owner|'s [=print queue=]."]


def test_every_change_that_is_written_is_read_back_and_most_can_be() -> None:
    about = text()
    spec = about.reading.spec
    places = {each.origin for each in spec.statements() if each.origin is not None}
    made = mutants(spec, (), known(about.reading), operators(spec, places, places))
    tried, written = [each for each in made if each.spec is not None][::9], 0
    for each in tried:
        assert each.spec is not None
        try:
            again = text(rewritten(about, each.spec))
        except UnwritableError:
            continue
        assert same_data(again.reading.spec, each.spec), each.words
        written += 1
    assert written / len(tried) >= 0.75


def test_a_change_is_written_as_html_where_the_list_is() -> None:
    about = text(RESPEC, "respec.html")
    name = about.reading.spec.algorithms[0].name
    made = rewritten(about, edited(about, name, "1", "2", atomically))
    assert made.count("<ol>") == RESPEC.count("<ol>") + 1
    assert made.count("</li>") == RESPEC.count("</li>") + 1


def test_a_rule_that_stands_in_a_sentence_is_not_rewritten() -> None:
    about = text()
    rule = about.reading.spec.rules[0]
    with pytest.raises(UnwritableError, match="its steps stand in no list"):
        rewritten(about, edited(about, rule.name, "1", "1", atomically))


def test_a_correction_of_steps_that_are_not_there_says_so() -> None:
    with pytest.raises(LanguageError, match="register has no steps 7 to 99"):
        edited(text(), "register", "7", "99", in_place)


@pytest.mark.parametrize("name", ["one-off-94df522.bs", "periodic-f9973ae.bs"])
def test_the_corrected_text_is_a_patch_of_the_published_one(name: str, tmp_path: Path) -> None:
    file = SPECS / name
    if not file.is_file():
        pytest.skip("the published sources are not here")
    source = load_one(str(file))
    about = read(source)
    wanted = corrected(about.reading.spec, about.content.corrections)
    made = patch(source.text, rewritten(about, wanted), name)
    for file_name, content in ((name, source.text), ("edit.patch", made)):
        (tmp_path / file_name).write_bytes(content.encode())
    subprocess.run(["git", "apply", "edit.patch"], cwd=tmp_path, check=True, capture_output=True)
    assert same_data(read(load_one(str(tmp_path / name))).reading.spec, wanted)
    assert not same_data(about.reading.spec, wanted)


def test_the_corrected_text_is_that_of_the_text_whose_steps_it_names_and_of_no_other(tmp_path: Path) -> None:
    told = run("repair", "one-off", "--corrected")
    assert told.exit_code == 0
    assert told.output.count("mends findings of") == len(ONE_OFF.corrections)
    file = tmp_path / "index.bs"
    file.write_text(SYNC)
    other = run("repair", str(file), "--content", "one-off", "--corrected", "--format", "patch")
    assert other.exit_code == 2
    assert "its steps are not those of the text that is corrected" in other.output


@pytest.mark.parametrize("content", [ONE_OFF, PERIODIC], ids=lambda each: each.name)
def test_every_correction_is_needed_and_names_properties_of_its_content(content: Content) -> None:
    assert content.spec is not None
    known = {each.id for each in content.properties} | {row.id for row in STRUCTURE}
    whole = corrected(content.spec, content.corrections)
    for one in content.corrections:
        assert known.issuperset(one.mends), one.words
        rest = [each for each in content.corrections if each is not one]
        assert not same_data(corrected(content.spec, rest), whole), one.words
