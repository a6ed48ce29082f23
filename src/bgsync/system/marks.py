"""What a method says of the objects that it meets, for those who deal with them later."""

from bgsync.language import Spec, statements, traversal
from bgsync.language.expressions import Field


def marks(spec: Spec, method: str) -> frozenset[tuple[str, str | bool]]:
    """Give the members that a method sets, with the constants; what fires an event itself says nothing to others."""
    bodies, work = dict(spec.bodies()), [method]
    found = set[tuple[str, str | bool]]()
    for name in work:
        inner = traversal.walk(bodies.get(name, ()))
        if not traversal.fires(inner):
            called = (one.algorithm for one in inner if isinstance(one, statements.Call))
            work += [one for one in dict.fromkeys(called) if one not in work]
            for one in inner:
                if isinstance(one, statements.Set) and isinstance(one.target, Field):
                    found |= {(one.target.name, one.value)} if isinstance(one.value, str | bool) else set()
    return frozenset(found)
