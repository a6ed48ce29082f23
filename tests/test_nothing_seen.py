"""Where nothing was looked at, nothing holds: the report says so, and the exit status is not 0."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bgsync.cli import main
from tests.specs import HEAD

PLAIN = "\nThe printer hums.\n\n1. Hum.\n1. Stop.\n"
UNCALLED = """
<div algorithm>
To <dfn>hum</dfn> for a [=print job=] |job|, run these steps:

1. Set |job|'s [=job state=] to [=printing=].
</div>
"""


@pytest.mark.parametrize(
    ("more", "why"),
    [(PLAIN, "no step of an algorithm was found"), (UNCALLED, "no step is reached")],
    ids=["a list that no algorithm has", "an algorithm that nobody calls"],
)
def test_a_text_of_which_nothing_is_explored_is_not_said_to_hold(tmp_path: Path, more: str, why: str) -> None:
    file = tmp_path / "hum.bs"
    file.write_text(HEAD + more, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(file), "--property", "promise-settles"])
    assert why in result.stdout
    assert result.exit_code == 3
