"""Implementations of one-off background sync, written as adapters: one that does what the text says, and wrong ones.

Each wrong one differs from the right one in a few lines. `WRONG` says what each does.
"""

from dataclasses import dataclass

ATTEMPTS = 3


@dataclass
class Registration:
    state: str = "pending"
    failed: int = 0


class Right:
    """Does what the text says, in memory; what the text leaves open it does as simply as can be."""

    def reset(self) -> None:
        self.online, self.page, self.granted, self.worker = True, True, True, True
        self.registrations: dict[str, Registration] = {}
        self.running: list[tuple[str, bool]] = []
        self.timers: list[tuple[str, Registration]] = []
        self.begun: list[tuple[str, bool]] = []

    # --- what is seen

    def events(self) -> list[tuple[str, bool]]:
        begun, self.begun = self.begun, []
        return begun

    def tags(self) -> list[str]:
        return list(self.registrations)

    # --- what is done

    def register(self, tag: str) -> str | None:
        refused = self.refused()
        if refused is None:
            self.registered(tag)
        return refused

    def register_from_worker(self, tag: str) -> str | None:
        return self.register(tag)

    def settle(self, tag: str, fulfilled: bool) -> None:
        last = next(last for name, last in self.running if name == tag)
        self.running.remove((tag, last))
        self.settled(tag, fulfilled, last)

    def go_offline(self) -> None:
        self.online = False

    def go_online(self) -> None:
        self.online = True
        for tag in list(self.registrations):
            self.fire(tag)

    def elapse(self) -> None:
        timers, self.timers = self.timers, []
        for tag, registration in timers:
            self.woken(tag, registration)

    def terminate(self) -> None:
        for tag, _ in list(self.running):
            self.settle(tag, False)

    def close_page(self) -> None:
        self.page = False

    def open_page(self) -> None:
        self.page = True

    def revoke(self) -> None:
        self.granted = False

    def grant(self) -> None:
        self.granted = True

    def restart(self) -> None:
        self.running, self.timers = [], []

    # --- how

    def refused(self) -> str | None:
        if not self.granted:
            return "NotAllowedError"
        return None if self.page else "InvalidAccessError"

    def registered(self, tag: str) -> None:
        known = self.registrations.setdefault(tag, Registration())
        if known.state == "waiting":
            known.state = "pending"
        if known.state == "firing":
            known.state = "reregistered"
        self.fire(tag)

    def fire(self, tag: str) -> None:
        known = self.registrations[tag]
        if known.state == "pending" and self.online:
            known.state = "firing"
            self.begin(tag, self.last(known))

    def begin(self, tag: str, last: bool) -> None:
        self.running.append((tag, last))
        self.begun.append((tag, last))

    def last(self, known: Registration) -> bool:
        return known.failed == ATTEMPTS - 1

    def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
        known = self.registrations[tag]
        if known.state == "reregistered":
            known.state, known.failed = "pending", 0
            self.fire(tag)
        elif fulfilled or last:
            del self.registrations[tag]
        else:
            known.state, known.failed = "waiting", known.failed + 1
            self.timers.append((tag, known))

    def woken(self, tag: str, known: Registration) -> None:
        if known.state == "waiting":
            known.state = "pending"
            self.fire(tag)


class RightInCoroutines:
    """The same, where all takes its time."""

    def __init__(self) -> None:
        self.right = Right()

    async def reset(self) -> None:
        self.right.reset()

    async def register(self, tag: str) -> str | None:
        return self.right.register(tag)

    async def settle(self, tag: str, fulfilled: bool) -> None:
        self.right.settle(tag, fulfilled)

    async def events(self) -> list[tuple[str, bool]]:
        return self.right.events()


# --- wrong ones


class ForgetsReregistration(Right):
    """Registering again while the event is under way is forgotten."""

    def registered(self, tag: str) -> None:
        if self.registrations.get(tag, Registration()).state != "firing":
            super().registered(tag)


class FiresTwice(Right):
    """An event is dispatched twice when the network is back."""

    def go_online(self) -> None:
        pending = [tag for tag, known in self.registrations.items() if known.state == "pending"]
        super().go_online()
        for tag in pending:
            self.begin(tag, False)


class FiresOffline(Right):
    """A retry does not look at the network."""

    def woken(self, tag: str, known: Registration) -> None:
        online, self.online = self.online, True
        super().woken(tag, known)
        self.online = online


class LosesOnRestart(Right):
    """What is registered is kept in memory only."""

    def restart(self) -> None:
        super().restart()
        self.registrations = {}


class RetriesAfterTheLastChance(Right):
    """A handler is told that it is the last chance, and gets another one."""

    def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
        super().settled(tag, fulfilled, False)


class GivesUpUntold(Right):
    """It gives up after the second failure, and never says that it is the last chance."""

    def last(self, known: Registration) -> bool:
        return False

    def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
        super().settled(tag, fulfilled, self.registrations[tag].failed == 1)


class SwallowsAFailure(Right):
    """A rejected event counts as fulfilled."""

    def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
        super().settled(tag, True, last)


class RepeatsForEver(Right):
    """Registers itself again when it has succeeded."""

    def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
        super().settled(tag, fulfilled, last)
        if fulfilled and tag not in self.registrations:
            self.registered(tag)


class SleepsWhenOnline(Right):
    """Nothing fires when the network is back."""

    def go_online(self) -> None:
        self.online = True


class IgnoresRegisterInBackOff(Right):
    """As Chromium does."""

    def registered(self, tag: str) -> None:
        if self.registrations.get(tag, Registration()).state != "waiting":
            super().registered(tag)


class KeepsBusy(Right):
    """A flag that an event is under way stays set when it fails, so that no new tag fires any more."""

    def reset(self) -> None:
        super().reset()
        self.busy = False

    def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
        super().settled(tag, fulfilled, last)
        self.busy = not fulfilled and last

    def fire(self, tag: str) -> None:
        if not self.busy:
            super().fire(tag)


class StaleTimer(Right):
    """A timer of an earlier retry fires although the registration has been fulfilled."""

    def woken(self, tag: str, known: Registration) -> None:
        if tag not in self.registrations:
            self.registrations[tag] = known
            known.state = "waiting"
        super().woken(tag, known)


class KeepsAFlagOverRestart(Right):
    """What was being fired before a restart is registered again after it, and fires twice."""

    def restart(self) -> None:
        under_way = [tag for tag, _ in self.running]
        super().restart()
        self.left = under_way

    def registered(self, tag: str) -> None:
        super().registered(tag)
        if tag not in [name for name, _ in self.running] and tag in getattr(self, "left", ()):
            self.left.remove(tag)
            self.begin(tag, False)


class RegistersTwice(Right):
    """A second call while it is offline makes a second registration."""

    def reset(self) -> None:
        super().reset()
        self.twice: set[str] = set()

    def registered(self, tag: str) -> None:
        if not self.online and tag in self.registrations:
            self.twice.add(tag)
        super().registered(tag)

    def go_online(self) -> None:
        super().go_online()
        for tag in self.twice & {tag for tag, _ in self.running}:
            self.begin(tag, False)
        self.twice.clear()


class ListsTheDone(Right):
    """getTags still gives what has been fulfilled."""

    def reset(self) -> None:
        super().reset()
        self.ever: dict[str, None] = {}

    def registered(self, tag: str) -> None:
        self.ever[tag] = None
        super().registered(tag)

    def tags(self) -> list[str]:
        return list(self.ever)


class ForgetsThePermission(Right):
    """A call is not refused when the permission was revoked."""

    def refused(self) -> str | None:
        return None if self.page else "InvalidAccessError"


class ForgetsTheWindow(Right):
    """A worker may register although no window is open."""

    def register_from_worker(self, tag: str) -> str | None:
        if not self.granted:
            return "NotAllowedError"
        self.registered(tag)
        return None


class LosesTheTerminated(Right):
    """An event whose worker is stopped is never retried."""

    def terminate(self) -> None:
        for tag, _ in self.running:
            self.registrations.pop(tag, None)
        self.running = []


class NeverRetries(Right):
    """No timer is started after the second failure."""

    def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
        super().settled(tag, fulfilled, last)
        if tag in self.registrations and self.registrations[tag].failed == 2:
            self.timers = [timer for timer in self.timers if timer[0] != tag]


class FiresTheFirstOnly(Right):
    """Of several registrations that are due when the network is back, one is forgotten."""

    def go_online(self) -> None:
        self.online = True
        for tag in list(self.registrations)[:1]:
            self.fire(tag)


class SettlesAll(Right):
    """Fulfilling one event takes away the registrations of all tags."""

    def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
        super().settled(tag, fulfilled, last)
        if fulfilled and tag not in self.registrations:
            self.registrations = {name: one for name, one in self.registrations.items() if one.state == "firing"}


class RejectsAfterAll(Right):
    """A call is refused while its event is under way."""

    def register(self, tag: str) -> str | None:
        if tag in [name for name, _ in self.running]:
            return "InvalidStateError"
        return super().register(tag)


WRONG: tuple[type[Right], ...] = (
    ForgetsReregistration, FiresTwice, FiresOffline, LosesOnRestart, RetriesAfterTheLastChance, GivesUpUntold,
    SwallowsAFailure, RepeatsForEver, SleepsWhenOnline, IgnoresRegisterInBackOff, KeepsBusy, StaleTimer,
    KeepsAFlagOverRestart, RegistersTwice, ListsTheDone, ForgetsThePermission, ForgetsTheWindow, LosesTheTerminated,
    NeverRetries, FiresTheFirstOnly, SettlesAll, RejectsAfterAll,
)  # fmt: skip
