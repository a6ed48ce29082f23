"""Tables of what components do, made by the interpreter; states and transitions of the whole are looked up in them.

A state is a base, which all share, and a multiset of *groups*: processes that share variables, with what is in them
(`groups`). A step reads and writes the base, the group that acts, and the few others with which it is entangled
(`tables`). All others are its *frame*: they come through unchanged, as in the frame rule of separation logic (O'Hearn,
Reynolds and Yang, 2001), or each changes by itself. So the interpreter works a step out once for every base and every
set of entangled groups, and never again for all the frames around them. What is due is frame as well, and so are the
context of the environment and what a monitor remembers, unless the process looks at them (`steps`).

From then on a transition is a look-up: a state is two numbers, a multiset a row of numbers (`vectors`), and thousands
of states are expanded at once, by operations on whole arrays (`lookup`, `explore`). The idea is that of LTSmin's PINS
(Blom, van de Pol and Weber, 2010): what a step depends on is known, so each distinct part is worked out once. What
properties see of states and transitions is worked out once for all that they cannot tell apart (`tabulated`, `over`).
"""

from bgsync.tables.explore import explore
from bgsync.tables.graph import TableGraph
from bgsync.tables.tables import Tables

__all__ = ["TableGraph", "Tables", "explore"]
