"""The content of this folder: a native job scheduler, against which the proposal of sync measures itself."""

from bgsync.contents import Content
from bgsync.language import Spec

from ...properties.job_scheduler import PROPERTIES
from .jobs import FILE, LIFECYCLE, SPEC, START
from .world import WORLD


def is_scheduler(spec: Spec) -> str:
    """Say why a text is one of a job scheduler."""
    there = "schedule" in spec.methods and spec.type.name == SPEC.type.name
    return f"it has schedule() and a {spec.type.list_name}" if there else ""


JOBS = Content(
    "jobs",
    "a native job scheduler",
    WORLD,
    PROPERTIES,
    is_scheduler,
    SPEC,
    FILE,
    START,
    lifecycle=LIFECYCLE,
)
