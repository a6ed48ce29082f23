"""The page of the simulator: with a server behind it, or with every situation in it."""

from __future__ import annotations

from typing import Any

from bgsync.report.parts import embedded, filled, part, policy

ROOM = "bgsync.simulator"
SHARED, OWN = ("kit.js",), ("source.js", "simulator.js")


def page(data: Any) -> tuple[str, str]:
    """Give the page, and the policy that it keeps."""
    scripts = {name: part(name) for name in SHARED} | {name: part(name, ROOM) for name in OWN}
    style = part("page.css") + part("simulator.css", ROOM)
    allowed = policy(scripts.values(), [style])
    served = f"{allowed}; connect-src 'self'" if "situations" not in data else allowed
    parts = {"policy": served, "style": style, "data": embedded(data), **scripts}
    return filled(part("simulator.html", ROOM), parts), allowed
