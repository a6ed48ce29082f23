"""What the action tells GitHub: against a server that speaks the few addresses that are asked."""

import base64
import gzip
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.actions import FAST, environment, made_repository, step

TELL = Path(__file__).parents[1] / "action" / "tell"
BOT = "github-actions[bot]"


class GitHub(ThreadingHTTPServer):
    """The comments of one pull request, and what was uploaded. `refusal` is a status, with which all is answered."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.uploaded: list[dict[str, str]] = []
        self.tokens = set[str]()
        self.refusal = 0

    def write(self, who: str | None, body: str) -> dict[str, Any]:
        user = None if who is None else {"login": who}  # of an account that is gone nothing is said
        self.comments.append({"id": len(self.comments) + 1, "user": user, "body": body})
        return self.comments[-1]


class Handler(BaseHTTPRequestHandler):
    server: GitHub

    def answer(self, status: int, data: object) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def do(self) -> None:
        address, data = (
            urlsplit(self.path),
            json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "0"),
        )
        self.server.tokens.add(self.headers["Authorization"])
        match self.command, address.path.removeprefix("/repos/a/b/").split("/"):
            case _ if self.server.refusal:
                self.answer(self.server.refusal, {"message": "no"})
            case "GET", ["issues", "7", "comments"]:
                asked = {name: int(value) for name, (value,) in parse_qs(address.query).items()}
                first = (asked["page"] - 1) * asked["per_page"]
                self.answer(200, self.server.comments[first : first + asked["per_page"]])
            case "POST", ["issues", "7", "comments"]:
                self.answer(201, self.server.write(BOT, data["body"]))
            case "PATCH", ["issues", "comments", number]:
                self.server.comments[int(number) - 1]["body"] = data["body"]
                self.answer(200, {})
            case "POST", ["code-scanning", "sarifs"]:
                self.server.uploaded.append(data)
                self.answer(202, {})
            case _:
                self.answer(404, {})

    do_GET = do_POST = do_PATCH = do

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def github() -> Iterator[GitHub]:
    server = GitHub()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def tell(github: GitHub, folder: Path, name: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as it stands there."""
    env = environment(folder, GITHUB_ACTION_PATH=str(TELL), GITHUB_API_URL=f"http://127.0.0.1:{github.server_port}")
    env |= {"GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "c" * 40, "GITHUB_REF": "refs/pull/7/merge"}
    env |= {"GH_TOKEN": "secret", "NUMBER": "7", "NAME": "bgsync-report", "no_proxy": "*"} | more
    script = step(name)["run"].replace("python3", sys.executable)
    return subprocess.run(["bash", "-e", "-c", script], cwd=folder, env=env, capture_output=True, text=True)


def comment(github: GitHub, folder: Path, report: str, **more: str) -> subprocess.CompletedProcess[str]:
    reports = folder / "temp" / "bgsync-report"
    reports.mkdir(parents=True, exist_ok=True)
    (reports / "report.md").write_text(report, encoding="utf-8")
    return tell(github, folder, "Comment on the pull request", **more)


def test_a_later_run_changes_the_comment_of_an_earlier_one(github: GitHub, tmp_path: Path) -> None:
    for number in range(120):
        github.write(BOT if number % 2 else None, f"something else {number}")
    assert comment(github, tmp_path, "first é🖨").stdout == "commented\n"
    github.write(BOT, "and more")
    assert comment(github, tmp_path, "second").stdout == "changed the comment\n"
    assert comment(github, tmp_path, "of another text", NAME="other").stdout == "commented\n"
    assert [each["body"] for each in github.comments[120:]] == [
        "<!-- bgsync: bgsync-report -->\nsecond", "and more", "<!-- bgsync: other -->\nof another text"
    ]  # fmt: skip
    assert github.tokens == {"Bearer secret"}


def test_a_comment_of_somebody_else_is_left_alone_whatever_it_says(github: GitHub, tmp_path: Path) -> None:
    theirs = github.write("somebody", "<!-- bgsync: bgsync-report -->\nall is well")
    comment(github, tmp_path, "it is not")
    assert theirs["body"].endswith("all is well")
    assert [each["user"]["login"] for each in github.comments] == ["somebody", BOT]


def test_a_report_is_cut_where_a_comment_has_no_room_for_it(github: GitHub, tmp_path: Path) -> None:
    comment(github, tmp_path, "line\n" * 20_000)
    (body,) = (each["body"] for each in github.comments)
    assert len(body) < 65_536
    assert body.endswith("line\n\nThe rest is in the summary of the job.")


@pytest.mark.parametrize(("status", "code", "said"), [(403, 0, "::notice::"), (500, 1, "::error::")])
def test_who_may_not_write_is_told_and_fails_nothing(
    github: GitHub, tmp_path: Path, status: int, code: int, said: str
) -> None:
    github.refusal = status
    result = comment(github, tmp_path, "first")
    assert result.returncode == code
    assert result.stdout.startswith(said)
    assert github.comments == []


def test_where_there_is_no_report_nothing_is_told(github: GitHub, tmp_path: Path) -> None:
    result = tell(github, tmp_path, "Comment on the pull request")
    assert (result.returncode, result.stdout) == (0, "nothing to tell: there is no report\n")
    assert github.tokens == set()


def test_the_findings_are_sent_whole(github: GitHub, tmp_path: Path) -> None:
    reports = tmp_path / "temp" / "bgsync-report"
    reports.mkdir(parents=True)
    (reports / "report.sarif").write_text("{}" * 9000, encoding="utf-8")
    assert tell(github, tmp_path, "Show the findings at their lines").stdout == "uploaded the findings\n"
    (sent,) = github.uploaded
    assert gzip.decompress(base64.b64decode(sent.pop("sarif"))) == b"{}" * 9000
    assert sent == {"commit_sha": "c" * 40, "ref": "refs/pull/7/merge"}


HOSTILE = """
1. Frobnicate @somebody <!-- bgsync: other --> ![x](https://example.org/x)
   ::error::all is lost|$(touch ran)`.
"""


def test_what_a_hostile_text_says_is_neither_a_command_nor_markup(github: GitHub, tmp_path: Path) -> None:
    repository = made_repository(tmp_path)
    text = repository / "spec" / "print.bs"
    resolve = "\n1. [=Resolve=] |promise|.\n"
    text.write_text(text.read_text(encoding="utf-8").replace(resolve, HOSTILE.rstrip() + resolve), encoding="utf-8")
    env = environment(repository, SPEC="spec/print.bs", BASE="HEAD", ARGUMENTS=FAST)
    command = ["bash", "-e", "-o", "pipefail", "-c", step("Check the text")["run"]]
    result = subprocess.run(command, cwd=repository, env=env, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert not re.search(r"^\s*::error::", result.stdout, re.MULTILINE)
    assert not (repository / "ran").exists()
    assert tell(github, repository, "Comment on the pull request").returncode == 0
    (body,) = (each["body"] for each in github.comments)
    assert "Frobnicate \\@somebody" in body
    assert "all is lost" in body
    assert body.count("<!--") == 1
    assert "![x]" not in body
