"""The page on reading: the words that it offers are read, all of them."""

from pathlib import Path

from bgsync.prose.ledger import ABSTRACTED
from tests.test_reading_kinds import ledger

PAGE = Path(__file__).parents[1] / "docs" / "reading.md"
TEXT = """
<pre class="metadata">
Title: Library
Shortname: library
</pre>

{declared}

To <dfn>remind</dfn> the reader of |loan|:

1. Wait for an hour.

To <dfn>lend</dfn> |title|, |loan| and |promise|:

{steps}
"""


def offered() -> list[str]:
    """Give the sentences of the block, which are indented."""
    block = PAGE.read_text(encoding="utf-8").partition("## To say this, write that")[2].split("```")[1]
    return [line.strip() for line in block.splitlines() if line.startswith(" ")]


def test_each_wording_that_the_page_offers_is_understood_and_followed() -> None:
    sentences = offered()
    declared = [each for each in sentences if "<dfn" in each or "MUST" in each]
    steps = [
        f"1. {each}" + "\n    1. Wait for a day." * each.endswith(":") for each in sentences if each not in declared
    ]
    assert (len(declared), len(steps)) == (4, 17)
    entries = ledger(TEXT.format(declared="\n\n".join(declared), steps="\n".join(steps)))
    assert [f"{each.sentence}: {each.how}" for each in entries if not each.understood] == []
    assert [each.sentence for each in entries if each.status == ABSTRACTED] == []
    assert all(each.read_back is not False for each in entries)
