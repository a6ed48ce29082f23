"""The commands on spec texts, from source to verdict: check, read, diff, log and the model against a text."""

import json
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest
from click.testing import Result

from bgsync.cli import COMMANDS, main
from bgsync.sources import Source
from bgsync.texts import ledger, read
from tests.command import loaded_by, run
from tests.specs import PRINT_QUEUE, RESPEC

SPECS = Path(__file__).parents[2] / "shared" / "specs"
COARSE = ("--granularity", "algorithm", "--with", "skipped")


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    path = tmp_path / "queue.bs"
    path.write_text(PRINT_QUEUE, encoding="utf-8")
    return path


def verdicts(result: Result) -> dict[str, str]:
    report = json.loads(result.stdout)
    return {verdict["property"]: verdict["verdict"] for verdict in report["verdicts"] if not verdict["needs"]}


def test_a_text_is_checked_and_what_is_wrong_points_to_its_line(queue: Path) -> None:
    result = run("check", str(queue), "--property", "unique-tag", "--granularity", "step", "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    (broken,) = [verdict for verdict in report["verdicts"] if verdict["verdict"] == "violated"]
    (place,) = broken["locations"]
    assert PRINT_QUEUE.splitlines()[place["line"] - 1].strip() == "1. Append |job| to |owner|'s [=print queue=]."
    assert place["step"] == "8.3"
    assert PRINT_QUEUE.splitlines()[place["line"] - 1][place["column"] - 1 :].startswith("Append")
    assert place["file"] == str(queue)
    assert {step["file"] for step in broken["trace"]["steps"] if step["step"]} <= {
        str(queue),
        "model/service_worker.py",
    }


def test_a_text_that_says_the_same_as_one_before_it_is_told_of_in_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setenv("BGSYNC_CACHE", str(tmp_path / "kept"))
    for name in ("one.bs", "two.bs"):
        path = tmp_path / name
        path.write_text(PRINT_QUEUE, encoding="utf-8")
        how = ("--property", "fires-online", *COARSE, "--calls", "1", "--format", "json")
        (broken,) = [each for each in json.loads(run("check", str(path), *how).stdout)["verdicts"] if each["trace"]]
        places = (*broken["locations"], *broken["trace"]["steps"])
        files = {Path(place["file"]) for place in places if place["step"]}
        told.append({file.name for file in files if file.suffix == ".bs"})
    assert told == [{"one.bs"}, {"two.bs"}]


def test_a_change_of_the_text_changes_the_verdict(queue: Path) -> None:
    queue.write_text(
        PRINT_QUEUE.replace("1. Append |job| to |owner|'s [=print queue=].", "1. Return."), encoding="utf-8"
    )
    result = run("check", str(queue), "--property", "unique-tag", "--granularity", "step", "--format", "json")
    assert verdicts(result) == {"unique-tag": "vacuous"}


def test_standard_input_is_a_text() -> None:
    result = run("check", "-", "--property", "promise-settles", *COARSE, "--format", "json", given=PRINT_QUEUE)
    assert verdicts(result) == {"promise-settles": "holds"}
    assert result.exit_code == 0


def test_a_folder_gives_a_report_for_every_spec(queue: Path) -> None:
    (queue.parent / "other.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    result = run("check", str(queue.parent), "--property", "receiver", "--format", "json")
    assert [Path(report["model"]).name for report in json.loads(result.stdout)] == ["other.bs", "queue.bs"]


def test_what_is_no_text_ends_with_one_line(tmp_path: Path) -> None:
    for name, content in (("empty.bs", b""), ("binary.bs", b"\x00\x01")):
        (tmp_path / name).write_bytes(content)
        result = run("check", str(tmp_path / name))
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1].startswith("error: ")
        assert name in result.stderr
    assert run("check", str(tmp_path / "missing.bs")).exit_code == 2


def test_a_sentence_that_matters_and_is_not_understood_makes_the_verdict_inconclusive(queue: Path) -> None:
    blurred = PRINT_QUEUE.replace("1. [=Resolve=] |promise|.", "1. Notify whoever holds |promise| favourably.")
    assert blurred != PRINT_QUEUE
    queue.write_text(blurred, encoding="utf-8")
    result = run("check", str(queue), "--property", "promise-settles", *COARSE, "--format", "json")
    report = json.loads(result.stdout)
    told = [v["message"] for v in report["verdicts"] if v["property"] == "promise-settles" and not v["needs"]]
    steps = report["coverage"]["steps"]
    assert steps["understood"] == steps["total"] - 1
    assert result.exit_code in (1, 3)
    assert result.exit_code == 1 or "register 9" in told[0]


def test_a_finding_of_structure_needs_no_exploration(queue: Path) -> None:
    queue.write_text(PRINT_QUEUE.replace("Set |job|'s [=label=]", "Set |jbo|'s [=label=]"), encoding="utf-8")
    result = run("check", str(queue), "--property", "defined-before-use", "--format", "json")
    report = json.loads(result.stdout)
    (found,) = report["verdicts"]
    assert (found["property"], found["kind"]) == ("defined-before-use/register.8.2", "structure")
    assert report["states"] == 0
    assert result.exit_code == 1


def test_the_ledger_accounts_for_every_normative_sentence(queue: Path) -> None:
    result = run("read", str(queue), "--format", "json")
    book = json.loads(result.stdout)
    assert book["total"] == book["understood"] == len(book["entries"])
    lines = {entry["line"] for entry in book["entries"]}
    wanted = [n for n, line in enumerate(PRINT_QUEUE.splitlines(), start=1) if line.strip().startswith("1. ")]
    assert set(wanted) <= lines
    assert run("read", str(queue), "--strict").exit_code == 0


def test_strict_reading_fails_where_something_is_not_understood(queue: Path) -> None:
    queue.write_text(PRINT_QUEUE.replace("1. Let |alone| be true.", "1. Marvel at |alone|."), encoding="utf-8")
    result = run("read", str(queue), "--strict", "--only", "not understood")
    assert result.exit_code == 1
    assert "Marvel" in result.stdout
    assert "append" not in result.stdout.lower()


def test_a_sidecar_says_what_a_sentence_means_until_it_matches_nothing(queue: Path) -> None:
    queue.write_text(PRINT_QUEUE.replace("1. Let |alone| be true.", "1. Begin with |alone|, truly."), encoding="utf-8")
    (blind,) = [
        e for e in json.loads(run("read", str(queue), "--format", "json").stdout)["entries"] if "Begin" in e["sentence"]
    ]
    assert blind["status"] in ("not understood", "partly understood")
    sidecar = queue.with_name("queue.bs.read-as.toml")
    sidecar.write_text(f'[[sentence]]\nkey = "{blind["key"]}"\nread_as = "let |alone| be true"\n', encoding="utf-8")
    assert run("read", str(queue), "--strict").exit_code == 0
    sidecar.write_text(
        f'[[sentence]]\nkey = "0123456789ab"\nread_as = "let |alone| be true"\ntext = "{blind["sentence"]}"\n',
        encoding="utf-8",
    )
    result = run("read", str(queue))
    assert result.exit_code == 2
    assert blind["key"] in result.stderr


def test_an_editorial_change_is_equivalent_in_one_line(queue: Path) -> None:
    new = queue.with_name("new.bs")
    new.write_text(
        PRINT_QUEUE.replace("|alone|", "|nobodyThere|").replace("Append |job| to", "Add |job| to"), encoding="utf-8"
    )
    result = run("diff", str(queue), str(new), "--granularity", "algorithm", "--with", "skipped", "--property", "gate")
    assert result.exit_code == 0
    assert sum(line.startswith("equivalent") for line in result.stdout.splitlines()) == 1


def test_a_change_of_behaviour_is_told_with_its_steps_and_a_trace(queue: Path) -> None:
    new = queue.with_name("new.bs")
    new.write_text(
        PRINT_QUEUE.replace("If |alone| is true, [=reject=]", "If |alone| is false, [=reject=]"), encoding="utf-8"
    )
    result = run(
        "diff", str(queue), str(new), "--granularity", "algorithm", "--with", "skipped", "--property", "gate",
        "--format", "json",
    )  # fmt: skip
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert [(c["algorithm"], [s["kind"] for s in c["steps"]]) for c in told["changes"]] == [("register", ["changed"])]
    assert told["behaviour"]["relation"] == "incomparable"
    assert [change["property"] for change in told["properties"]["broken"]] == ["gate"]


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_the_log_shows_when_a_property_broke_and_when_it_was_mended(tmp_path: Path) -> None:
    broken = PRINT_QUEUE.replace("If |alone| is true, [=reject=]", "If |alone| is false, [=reject=]")
    texts = (PRINT_QUEUE, PRINT_QUEUE + "\nMore prose.\n", broken, PRINT_QUEUE)
    git(tmp_path, "init", "-q")
    for number, text in enumerate(texts):
        (tmp_path / "queue.bs").write_text(text, encoding="utf-8")
        git(tmp_path, "add", "queue.bs")
        git(tmp_path, "commit", "-qm", f"revision {number}")
    asked = ("log", str(tmp_path), "queue.bs", "--property", "gate", *COARSE, "--calls", "1")
    result = run(*asked, "--format", "json")
    told = json.loads(result.stdout)
    assert [column["subject"] for column in told["columns"]] == ["revision 0", "revision 2", "revision 3"]
    assert [column["verdicts"]["gate"] for column in told["columns"]] == ["holds", "violated", "holds"]
    assert [len(column["unchanged"]) for column in told["columns"]] == [1, 0, 0]
    (span,) = [span for span in told["violated"] if span["property"] == "gate" and not span["needs"]]
    assert (span["first"], span["mended"]) == (told["columns"][1]["commit"], told["columns"][2]["commit"])
    assert result.exit_code == 0
    shown = run(*asked)
    assert "mended in" in shown.stdout


def test_the_built_in_model_differs_from_another_text(queue: Path) -> None:
    result = run("check", "--against", str(queue))
    assert result.exit_code == 1
    assert "differs from the built-in" in result.stdout


@pytest.mark.skipif(not SPECS.is_dir(), reason="the spec sources are not at hand")
def test_the_built_in_model_is_the_reading_of_todays_text() -> None:
    result = run("check", "--against", str(SPECS / "one-off-94df522.bs"))
    assert (result.exit_code, "step by step" in result.stdout) == (0, True)


def test_the_same_text_in_the_source_of_respec_is_the_same_spec() -> None:
    texts = [read(Source("queue", text)) for text in (PRINT_QUEUE, RESPEC)]
    bikeshed, respec = (text.reading for text in texts)
    assert respec.spec == replace(bikeshed.spec, title="Print Queue")
    assert respec.document.defects == ()
    assert [
        entry.sentence for entry in ledger(texts[1]).entries if "MUST" in entry.sentence and not entry.understood
    ] == []


def test_a_url_is_read_and_checked_as_the_file_it_serves_is(queue: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moved = self.path == "/draft"
            self.send_response(301 if moved else 200)
            self.send_header("Location" if moved else "Content-Type", "/spec/" if moved else "text/html")
            self.end_headers()
            self.wfile.write(b"" if moved else RESPEC.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/draft"
        fetched = json.loads(run("read", url, "--format", "json").stdout)
        checked = json.loads(run("check", url, "--property", "unique-tag", *COARSE, "--format", "json").stdout)
        compared = run("diff", url, str(queue), *COARSE)
    finally:
        server.shutdown()
        server.server_close()
    assert (fetched["file"], fetched["revision"]) == (url, "")
    assert fetched["total"] == fetched["understood"] > 30
    assert checked["model"] == url
    assert (
        "equivalent: nothing that a page, a worker or a server can observe has changed (same data)" in compared.stdout
    )


UNREAD_RULE = "Once there is a network again, waiting jobs are to be printed, which the user agent MUST see to."


def key_of(text: str, folder: Path) -> str:
    path = folder / "queue.bs"
    path.write_text(text, encoding="utf-8")
    entries = json.loads(run("read", str(path), "--format", "json").stdout)["entries"]
    return next(str(each["key"]) for each in entries if each["sentence"] == UNREAD_RULE)


@pytest.mark.parametrize(
    ("read_as", "status"),
    [
        ("Whenever the user agent goes online, the user agent MUST [=start printing=] for |job|.", "modelled"),
        ("A [=print job=] has an associated <dfn>owner</dfn>, a string.", "modelled"),
        ("nothing", "abstracted"),
    ],
)
def test_a_sidecar_says_what_a_sentence_outside_of_steps_means(tmp_path: Path, read_as: str, status: str) -> None:
    text = PRINT_QUEUE + f"\n# More\n\n{UNREAD_RULE}\n"
    sidecar = tmp_path / "queue.bs.read-as.toml"
    sidecar.write_text(f"[[sentence]]\nkey = '{key_of(text, tmp_path)}'\nread_as = '{read_as}'\n", encoding="utf-8")
    entries = json.loads(run("read", str(tmp_path / "queue.bs"), "--format", "json").stdout)["entries"]
    (entry,) = [each for each in entries if each["sentence"] == UNREAD_RULE]
    assert entry["status"] == status
    assert ("start printing" in entry["how"] or "owner" in entry["how"]) == (status == "modelled")


def test_what_a_sidecar_says_outside_of_steps_is_refused_where_it_says_nothing(tmp_path: Path) -> None:
    text = PRINT_QUEUE + f"\n# More\n\n{UNREAD_RULE}\n"
    sidecar = tmp_path / "queue.bs.read-as.toml"
    sidecar.write_text(f"[[sentence]]\nkey = '{key_of(text, tmp_path)}'\nread_as = 'print soon'\n", encoding="utf-8")
    refused = run("read", str(tmp_path / "queue.bs"))
    assert refused.exit_code == 2
    assert "read_as 'print soon' is itself not understood" in refused.stderr


HEAVY = {"numpy", "scipy", "networkx", "transitions", "bgsync.judge.check"}


def test_help_lists_every_command_on_a_line_of_its_own_and_loads_none(tmp_path: Path) -> None:
    said, modules = loaded_by(tmp_path, "--help")
    listed = said[said.index("Commands:") :].splitlines()[1 : len(COMMANDS) + 1]
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert not modules & {row[0].partition(":")[0] for row in COMMANDS.values()}
    assert not modules & HEAVY


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there_under_its_name(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert (command.name, bool(command.help)) == (name, True)


def test_reading_a_text_loads_nothing_that_explores(queue: Path) -> None:
    said, modules = loaded_by(queue.parent, "read", str(queue))
    assert "sentences" in said
    assert not modules & HEAVY
