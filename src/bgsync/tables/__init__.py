"""Tables of what components do, made by the interpreter; states and transitions of the whole are looked up in them.

A step of a process reads and writes the process itself, the shared part of the state, and the few other processes with
which it is entangled. All others are its *frame*: they come through unchanged, as in the frame rule of separation logic
(O'Hearn, Reynolds and Yang, 2001). So the interpreter works a step out once for every shared part and every set of
entangled processes, and never again for all the frames around them. What is due is frame as well, and so is the context
of the environment, unless the process looks at it (`steps`).
"""

from bgsync.tables.explore import explore
from bgsync.tables.graph import TableGraph
from bgsync.tables.tables import Tables

__all__ = ["TableGraph", "Tables", "explore"]
