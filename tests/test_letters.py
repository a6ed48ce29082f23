# ruff: noqa: E501  # sentences stand on one line
"""A service for letters that works as sync does: a slip in its text makes the finding that it should.

Each edit is of one sentence or step; the text without it breaks nothing of the same kind.
"""

import pytest

from bgsync.api import read
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.sources import Source
from tests.models import verdicts

TEXT = r"""<pre class='metadata'>
Title: Letters
Shortname: letters
</pre>
<pre class='link-defaults'>
spec:service-workers; type:dfn; text:service worker registration
</pre>
# Model # {#model}
A [=service worker registration=] has an associated <dfn>list of letters</dfn> whose element type is a [=letter=].

A <dfn>letter</dfn> has an associated <dfn for=letter>key</dfn>, a string.

A [=letter=] has an associated <dfn for=letter>stage</dfn>, which is one of <dfn>pending</dfn>, <dfn>waiting</dfn>, <dfn>firing</dfn> or <dfn>renewed</dfn>. It is initially set to [=pending=].

The user agent is considered to be <dfn>online</dfn> if it has a network connection.

Within one [=list of letters=] each [=letter=] MUST have a unique [=letter/key=].

# API # {#api}
The <code><dfn method for=LetterManager>register(key)</dfn></code> method, when invoked, MUST return [=a new promise=] |promise| and run the following steps [=in parallel=]:
1. Let |holder| be the {{LetterManager}}'s associated [=service worker registration=].
1. If |holder|'s [=active worker=] is null, [=reject=] |promise| with an {{InvalidStateError}} and abort these steps.
1. Let |letter| be null.
1. Run the following steps atomically:
    1. Set |letter| to the [=letter=] in |holder|'s [=list of letters=] whose [=letter/key=] equals |key| if it exists, else null.
    1. If |letter| is null:
        1. Set |letter| to a new [=letter=].
        1. Set |letter|'s [=letter/key=] to |key|.
        1. Add |letter| to |holder|'s [=list of letters=].
    1. Otherwise, if |letter|'s [=letter/stage=] is [=firing=], set |letter|'s [=letter/stage=] to [=renewed=].
    1. [=Resolve=] |promise|.
1. If the user agent is [=online=], [=carry=] |letter|.

To <dfn>carry</dfn> a [=letter=] |letter|, the user agent MUST run the following steps:
1. Let |holder| be the [=service worker registration=].
1. If |holder|'s [=active worker=] is null, remove |letter| from |holder|'s [=list of letters=] and abort these steps.
1. Run the following steps atomically:
    1. If |letter|'s [=letter/stage=] is not [=pending=], abort these steps.
    1. Set |letter|'s [=letter/stage=] to [=firing=].
1. [=Fire Functional Event=] "<code>post</code>" using {{PostEvent}} on |holder|, and run the following steps with |dispatched|:
    1. Let |done| be the result of [=waiting for all=] of |dispatched|'s [=extend lifetime promises=].
    1. [=Upon fulfillment=] of |done|, run these steps:
        1. Run the following steps atomically:
            1. If |letter|'s [=letter/stage=] is [=renewed=], set |letter|'s [=letter/stage=] to [=pending=].
            1. Otherwise, remove |letter| from |holder|'s [=list of letters=] and abort these steps.
        1. If the user agent is [=online=], [=carry=] |letter|.
    1. [=Upon rejection=] of |done|, or if the script has been aborted by the [=termination=] of the [=service worker=], run these steps:
        1. Run the following steps atomically:
            1. If |letter|'s [=letter/stage=] is [=renewed=], set |letter|'s [=letter/stage=] to [=pending=].
            1. Otherwise, if the user agent will retry, set |letter|'s [=letter/stage=] to [=waiting=].
            1. Otherwise, remove |letter| from |holder|'s [=list of letters=] and abort these steps.
        1. If |letter|'s [=letter/stage=] is [=waiting=], run the following steps:
            1. Wait a user agent defined length of time.
            1. If |letter| is not in |holder|'s [=list of letters=], abort these steps.
            1. Set |letter|'s [=letter/stage=] to [=pending=].
        1. If the user agent is [=online=], [=carry=] |letter|.

Whenever the user agent changes to [=online=], the user agent MUST [=carry=] each [=letter=] whose [=letter/stage=] is [=pending=].

The <code><dfn method for=LetterManager>withdraw(key)</dfn></code> method, when invoked, MUST return [=a new promise=] |promise| and run the following steps [=in parallel=]:
1. Let |holder| be the {{LetterManager}}'s associated [=service worker registration=].
1. Let |letter| be the [=letter=] in |holder|'s [=list of letters=] whose [=letter/key=] equals |key| if it exists, else null.
1. If |letter| is not null, remove |letter| from |holder|'s [=list of letters=].
1. [=Resolve=] |promise|.
"""
IF_ONLINE = "        1. If the user agent is [=online=], [=carry=] |letter|.\n"
RESOLVES = "    1. [=Resolve=] |promise|.\n"
FIRES = "1. If the user agent is [=online=], [=carry=] |letter|.\n"
SLIPS = {
    "a call is forgotten that comes while the letter is carried": (
        ("    1. Otherwise, if |letter|'s [=letter/stage=] is [=firing=], set |letter|'s [=letter/stage=] to [=renewed=].\n",
         ""),
        "resolved-then-fires", (),
    ),
    "the rule takes those of another state": (
        ("each [=letter=] whose [=letter/stage=] is [=pending=]", "each [=letter=] whose [=letter/stage=] is [=firing=]"),
        "pending-fires", (),
    ),
    "a new letter is put into no list": (
        ("        1. Add |letter| to |holder|'s [=list of letters=].\n", ""), "resolved-then-fires", (),
    ),
    "it is carried before the page is told": (
        (RESOLVES + FIRES, FIRES + "1. [=Resolve=] |promise|.\n"), "resolved-before-firing", (),
    ),
    "a retry does not wait": (
        ("            1. Wait a user agent defined length of time.\n", ""), "retry-waits", (),
    ),
    "a retry ends its wait only where the network is there by chance": (
        ("            1. Set |letter|'s [=letter/stage=] to [=pending=].\n        1. If",
         "            1. If the user agent is [=online=], set |letter|'s [=letter/stage=] to [=pending=].\n        1. If"),
        "waiting-ends", (),
    ),
    "a retry waits for the network to change": (
        ("[=pending=].\n" + IF_ONLINE + "\nWhenever", "[=pending=].\n\nWhenever"), "pending-fires", (),
    ),
    "a page is told twice": (
        ("{{InvalidStateError}} and abort these steps.\n1. Let |letter|", "{{InvalidStateError}}.\n1. Let |letter|"),
        "promise-settles", ("unregistered",),
    ),
    "it is refused with the error of another reason": (
        ("{{InvalidStateError}}", "{{NotAllowedError}}"), "refusal-error", ("unregistered",),
    ),
    "a letter outlives its worker": (
        ("1. If |holder|'s [=active worker=] is null, remove |letter| from |holder|'s [=list of letters=] and abort these "
         "steps.\n", ""),
        "active-worker", ("unregistered",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_breaks_the_promise_that_it_is_about_and_the_text_without_it_keeps_that(slip: str) -> None:
    (old, new), name, adversities = SLIPS[slip]
    assert TEXT.count(old) == 1
    for text, verdict in ((TEXT, False), (TEXT.replace(old, new), True)):
        spec = read(Source("letters.bs", text)).reading.spec
        found = verdicts(spec, [name], adversities=adversities, world=WORLD)[name]
        assert (found.verdict == "violated", found.verdict == "inconclusive") == (verdict, False), found
