"""Text from outside is harmless wherever it is shown: no control, no mark that reorders text, no command, no secret."""

import ast
import json
import re
from pathlib import Path

import pytest

from bgsync.plain import flat, plain, shown, visible, without_commands
from tests.command import run
from tests.specs import PRINT_QUEUE

pytestmark = pytest.mark.usefixtures("explored_once")  # what is looked at is how a report is shown

SOURCES = Path(__file__).parents[1] / "src" / "bgsync"
BAD = "\u202e\x1b[31mX\x1b]0;t\x07\x9b"
NAME = f"a\n::error::b{BAD}.bs"
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SMALL = ("--granularity", "algorithm", "--calls", "1", "--jobs", "1")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text whose name, title, sentences and names of algorithms are hostile, and is broken."""
    text = PRINT_QUEUE.replace("Title: Print", f"Title: {BAD} Print")
    text = text.replace("If the user has disabled", f"If the user has {BAD} ::error:: disabled")
    text += f"\n<div algorithm>\nTo <dfn>::error::x {BAD}</dfn> a |job|:\n\n1. Frob {BAD} it.\n</div>\n"
    file = tmp_path_factory.mktemp("hostile") / NAME
    file.write_text(text, encoding="utf-8")
    return file


FORMS = ("json", "sarif", "junit", "github", "markdown")


@pytest.mark.parametrize(
    "words",
    [
        ("read", "FILE"),
        ("read", "FILE", "--format", "json"),
        ("read", "FILEx"),
        ("read", "FILE", "--format", NAME),
        ("read", "FILE", "--sidecar", NAME),
        (NAME,),
        ("explain", NAME),
        ("log", "FILE", NAME),
        ("check", "FILE", *SMALL, "--traces", "all"),
        *(("check", "FILE", *SMALL, "--format", form) for form in FORMS),
        ("check", "FILE", *SMALL, "--property", "fires-online", "--format", "itf"),
        ("check", "--against", "FILE"),
        ("check", "FILE", "--content", NAME),
        ("check", "FILE:machine"),
        ("diff", "one-off", "FILE", "--no-behaviour"),
        ("diff", "one-off", "FILE", "--no-behaviour", "--format", "json"),
        ("graph", "FILE", "--calls", "1"),
        ("graph", "FILE", "--calls", "1", "--format", "graphml"),
        ("draw", "algorithm", "FILE", "--name", "register"),
        ("draw", "algorithm", "FILE", "--name", "register", "--format", "svg"),
        ("draw", "algorithm", "FILE", "--name", NAME),
        ("draw", "trace", "FILE", "--property", "fires-online", "--format", "plantuml"),
        ("export", "FILE", "--to", "tla", "--calls", "1", "--granularity", "algorithm"),
    ],
    ids=lambda words: " ".join(ascii(word) for word in words),
)
def test_nothing_hostile_is_printed(hostile: Path, words: tuple[str, ...]) -> None:
    done = run(*(word.replace("FILE", str(hostile)) for word in words))
    assert done.output
    assert HARMFUL.findall(done.output) == []
    commands = re.findall(r"^\s*::(?!error file=|notice file=|warning file=).*", done.output, re.MULTILINE)
    assert commands == []
    assert ("github" in words) == done.stdout.startswith("::")


def test_the_page_shows_what_reorders_text(hostile: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run("check", str(hostile), *SMALL, "--html", str(page))
    text = page.read_text(encoding="utf-8")
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    told = json.dumps(data, ensure_ascii=False)
    assert HARMFUL.findall(text) == []
    assert HARMFUL.findall("".join(map(str, data["reports"]))) == []
    assert r"\\u202e" in told


def test_json_keeps_every_character_as_an_escape(hostile: Path) -> None:
    done = run("read", str(hostile), "--format", "json")
    assert r"\u202e\u001b[31mX" in done.stdout
    assert any(BAD in entry["sentence"] for entry in json.loads(done.stdout)["entries"])


def test_what_is_harmful_is_shown_and_all_else_stays() -> None:
    assert visible("a\tb\nc\x1b\u202e\ud800\u2028") == "a\tb\nc\\u001b\\u202e\\ud800\\u2028"
    assert visible("naïve 日本語 🏳️‍🌈 → ✓") == "naïve 日本語 🏳️‍🌈 → ✓"
    assert flat("a\tb\n  c") == r"a\u0009b\u000a  c"
    assert plain("  a\tb\n  c ") == "a b c"


def test_the_name_of_a_file_is_the_same_in_every_locale() -> None:
    assert flat("café".encode().decode("ascii", "surrogateescape")) == "café"
    assert flat("caf\udce9") == r"caf\udce9"


def test_no_line_is_a_command_to_a_build_server() -> None:
    told = without_commands("::error::x\n  ::add-mask::y\na::b\n##[error]z ##[x]\n# #[ok] C++::std\n:")
    assert told == "\\u003a:error::x\n  \\u003a:add-mask::y\na::b\n#\\u0023[error]z #\\u0023[x]\n# #[ok] C++::std\n:"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://user:secret@host/x", "ftp://host/x"),
        ("https://secret@host/x: status 404", "https://host/x: status 404"),
        ("https://user:se@cret@host:80/x", "https://host:80/x"),
        ("https://user:se/cret@host/x", "https://host/x"),
        ("https://host:80/@x", "https://host:80/@x"),
        ("https://host/x?token=secret: status 404 (Not Found)", "https://host/x?…: status 404 (Not Found)"),
        ("'https://host/x?token=secret#secret', see", "'https://host/x?…', see"),
        ("https://host?secret", "https://host?…"),
        ("https://host/#secret", "https://host/?…"),
        ("https:/user:secret@host/x?secret", "https:/host/x?…"),
        ("HEAD:a?b#c@d", "HEAD:a?b#c@d"),
        ("C:/a@b/c?d", "C:/a@b/c?d"),
    ],
)
def test_a_url_is_shown_without_secrets(url: str, told: str) -> None:
    assert shown(url) == told


@pytest.mark.parametrize(
    "words",
    [
        ("read", "URL"),
        ("check", "URL"),
        ("check", "--against", "URL"),
        ("diff", "URL", "URL"),
        ("draw", "algorithm", "URL", "--name", "x"),
        ("export", "URL", "--to", "tla"),
        ("log", "URL", "x"),
        ("explain", "URL"),
        ("check", "--content", "URL"),
        ("read", "x", "--sidecar", "URL"),
        ("check", "--scheduler", "URL", "--tags", "2"),
        ("draw", "lifecycle", "-o", "URL/x.svg"),
        ("check", "--save", "URL"),
        ("watch", "URL"),
        ("URL",),
    ],
    ids=lambda words: "-".join(words),
)
def test_no_message_has_a_password(words: tuple[str, ...]) -> None:
    done = run(*(word.replace("URL", "ftp://user:secret@host.invalid/y") for word in words))
    assert done.exit_code == 2
    assert "user" not in done.output.replace("user name", "")
    assert "secret" not in done.output


def test_only_one_module_prints_and_one_writes_files() -> None:
    """The gallery of the ways around them: whoever adds one finds this."""
    around = {"echo", "secho", "print", "open_file", "write_text", "write_bytes"}
    found = set()
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                of_console = isinstance(node.func, ast.Attribute) and name == "print"
                if (name in around and not of_console) or name == "Console":
                    found.add((file.relative_to(SOURCES).as_posix(), name))
    assert found == set()
