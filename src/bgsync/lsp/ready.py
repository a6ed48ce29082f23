"""What the process from which others are forked does first: it loads what takes long, and reads a text.

So that no other process does either anew, for each version of a text.
"""

import scipy.sparse.csgraph  # noqa: F401  # what judges runs without end loads it where it is wanted

from bgsync.lsp.worker import Job, answers
from bgsync.targets import Wish

TEXT = """<pre class=metadata>
Title: A text to begin with
</pre>

A <dfn>lamp</dfn> has a <dfn>lamp state</dfn>, which is one of <dfn>on</dfn> or <dfn>off</dfn>. It is initially [=off=].
There is a <dfn>list of lamps</dfn>, a [=list=] of [=lamps=].

<div algorithm>
The <dfn method for=Lamp>light(|name|)</dfn> method, when invoked, MUST return [=a new promise=] |promise| and run these
steps [=in parallel=]:

1. If the user agent is not [=online=], [=reject=] |promise| with an {{InvalidStateError}} and abort these steps.
1. Let |lamp| be the [=lamp=] in the [=list of lamps=] whose name is |name|, or null if there is none.
1. If |lamp| is null, set |lamp| to a new [=lamp=] and append |lamp| to the [=list of lamps=].
1. For each |other| in the [=list of lamps=], set |other|'s [=lamp state=] to [=off=].
1. Sit down.
1. [=Resolve=] |promise| with |lamp|.
</div>
"""


def begin() -> None:
    """Read the text as any other one, and see what it shows before it is explored."""
    made = answers(Job("lamp.bs", TEXT, None, None, Wish()))
    for _ in range(3):
        next(made)
    made.close()


begin()
