"""What must hold of the errors that calls are refused with."""

from collections.abc import Callable, Iterator, Mapping

from bgsync.judge.property import Safety, Seen, View
from bgsync.judge.refusals import refusals
from bgsync.system.observation import Observation, Rejected


def refusal_error(errors: Mapping[str, str], reference: str) -> Safety:
    """Make the property for the error that belongs to each part of the environment for which a call may be refused."""
    return Safety(
        "refusal-error",
        "A call that is refused for one reason is refused with the error of that reason.",
        "A page tells by the error whether to ask for permission, to try again later, or to give up.",
        reference,
        (Rejected,),
        _names(errors),
        broken="A call is refused with an error that belongs to another reason.",
    )


def _names(errors: Mapping[str, str]) -> Callable[[View, Observation, int], Iterator[Seen]]:
    def look(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        about = refusals(view.system.program).reasons(pc)
        if not isinstance(seen, Rejected) or seen.error is None or len(about) != 1 or not about <= errors.keys():
            return  # it has no name, or not one reason that has an error of its own
        (reason,) = about
        wrong = seen.error != errors[reason]
        yield Seen(f"is refused for the {reason} with {seen.error}, not {errors[reason]}" if wrong else None)

    return look
