"""Tells GitHub what a check reported: by a comment that later runs change, and by findings for code scanning.

    tell.py comment report.md
    tell.py findings report.sarif

It has the token that may write. So it needs nothing but Python, and a report is data to it.
"""

import base64
import gzip
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

OWN = "github-actions[bot]"
"""Who comments with the token of a workflow."""
LONGEST = 65_000
"""How many characters a comment may have, and a little less."""
PAGE = 100
TIMEOUT = 30


def asked(method: str, path: str, data: object = None) -> Any:
    """Ask GitHub about the repository; give its answer. Raises HTTPError where it refuses."""
    address = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}"
    body = None if data is None else json.dumps(data).encode()
    request = Request(address, body, method=method)
    request.add_header("Authorization", f"Bearer {os.environ['GH_TOKEN']}")
    request.add_header("Accept", "application/vnd.github+json")
    request.add_header("Content-Type", "application/json")
    with urlopen(request, timeout=TIMEOUT) as answer:
        return json.loads(answer.read() or b"null")


def mark(name: str) -> str:
    """Give the line by which a comment is known again; nobody sees it."""
    return f"<!-- bgsync: {name} -->\n"


def standing(number: str, name: str) -> int | None:
    """Find the comment that an earlier run made. One with the same mark by anybody else is none of ours."""
    page = 1
    while True:
        found = asked("GET", f"issues/{number}/comments?per_page={PAGE}&page={page}")
        for each in found:
            if each["user"] and each["user"]["login"] == OWN and each["body"].startswith(mark(name)):
                return int(each["id"])
        if len(found) < PAGE:
            return None
        page += 1


def comment(report: str, number: str, name: str) -> str:
    """Comment on a pull request, or change what was commented before. Says what was done."""
    body = mark(name) + report
    if len(body) > LONGEST:
        body = body[:LONGEST].rpartition("\n")[0] + "\n\nThe rest is in the summary of the job."
    before = standing(number, name)
    if before is None:
        asked("POST", f"issues/{number}/comments", {"body": body})
        return "commented"
    asked("PATCH", f"issues/comments/{before}", {"body": body})
    return "changed the comment"


def findings(report: bytes) -> str:
    """Upload findings to code scanning. Says what was done."""
    packed = base64.b64encode(gzip.compress(report)).decode()
    commit, ref = os.environ["GITHUB_SHA"], os.environ["GITHUB_REF"]
    asked("POST", "code-scanning/sarifs", {"commit_sha": commit, "ref": ref, "sarif": packed})
    return "uploaded the findings"


def main(what: str, file: str) -> int:
    """Tell GitHub; give the exit status."""
    report = Path(file)
    if not report.is_file():
        print("nothing to tell: there is no report")
        return 0
    try:
        if what == "comment":
            print(comment(report.read_text(encoding="utf-8"), os.environ["NUMBER"], os.environ["NAME"]))
        else:
            print(findings(report.read_bytes()))
    except HTTPError as error:
        if error.code in (403, 404):  # what GitHub says to a pull request from a fork, or where nothing is scanned
            print(f"::notice::bgsync may not write here ({error.code}); the summary of the job has the report")
            return 0
        print(f"::error::bgsync: GitHub refused with status {error.code}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
