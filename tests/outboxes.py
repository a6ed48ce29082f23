"""Outboxes, written as adapters: one that keeps its promise, and wrong ones."""


class KeepsItsPromise:
    """Sends all that is stored, in order, in a handler; a failure is tried again after a delay."""

    def reset(self) -> None:
        self.messages: list[str] = []
        self.online, self.waits = True, False
        self.serves: int | None = None
        self.got: list[str] = []

    def store(self, message: str) -> None:
        self.messages.append(message)
        self.sync()

    def received(self) -> list[str]:
        got, self.got = self.got, []
        return got

    def serve(self, count: int | None) -> None:
        self.serves = count

    def go_offline(self) -> None:
        self.online = False

    def go_online(self) -> None:
        self.online = True
        if not self.waits:
            self.sync()

    def elapse(self) -> None:
        self.waits = False
        self.sync()

    def restart(self) -> None:
        pass

    def sync(self) -> None:
        if self.online and self.messages:
            self.waits = not self.handle()

    def handle(self) -> bool:
        """Send all, and say whether all went well."""
        while self.messages:
            if not self.send(self.messages[0]):
                return False
            self.messages.pop(0)
        return True

    def send(self, message: str) -> bool:
        if self.serves == 0:
            return False
        self.serves = None if self.serves is None else self.serves - 1
        self.got.append(message)
        return True


class LosesARequest(KeepsItsPromise):
    """A message is taken out before it is known to have been sent."""

    def handle(self) -> bool:
        message = self.messages.pop(0)
        return self.send(message) and (not self.messages or super().handle())


class SendsTwice(KeepsItsPromise):
    """After a failure all is sent again, what had been sent, too."""

    def handle(self) -> bool:
        if all(self.send(message) for message in self.messages):
            self.messages = []
            return True
        return False


class WrongOrder(KeepsItsPromise):
    """What fails goes to the end."""

    def handle(self) -> bool:
        for message in list(self.messages):
            self.messages.remove(message)
            if not self.send(message):
                self.messages.append(message)
                return False
        return True


class DropsOnQuota(KeepsItsPromise):
    """Of more than three messages the oldest is dropped."""

    def store(self, message: str) -> None:
        self.messages = self.messages[-2:]
        super().store(message)


class ForgetsOnRestart(KeepsItsPromise):
    """What waits is kept in memory only."""

    def restart(self) -> None:
        self.messages = []


class SwallowsFailures(KeepsItsPromise):
    """A failure counts as done, and nothing is tried again."""

    def elapse(self) -> None:
        self.waits = False


class KeepsABusyFlag(KeepsItsPromise):
    """A flag that it is sending stays set after a failure."""

    def reset(self) -> None:
        super().reset()
        self.busy = False

    def handle(self) -> bool:
        if self.busy:
            return False
        self.busy = True
        if not super().handle():
            return False
        self.busy = False
        return True


WRONG: tuple[type[KeepsItsPromise], ...] = (
    LosesARequest, SendsTwice, WrongOrder, DropsOnQuota, ForgetsOnRestart, SwallowsFailures, KeepsABusyFlag,
)  # fmt: skip


class TwoQueues:
    """Keeps its promise with two queues, whose messages become too old, and whichever way the server answers."""

    def reset(self) -> None:
        self.queues: tuple[list[str], list[str]] = ([], [])
        self.halves: dict[int, dict[str, int]] = {0: {}, 1: {}}
        self.delayed, self.sending = [False, False], [False, False]
        self.got: tuple[list[str], list[str]] = ([], [])
        self.online = True
        self.serves: int | str | None = None
        self.number = 0

    def store(self, message: str) -> None:
        self.put(0, message)

    def fetch(self, message: str) -> str | None:
        if self.online and self.serves == "refuses":
            return "503"
        if self.online and self.serves != 0:
            self.take(1, f"fetched {message}")
            return None
        self.put(1, f"fetched {message}")
        return "TypeError"

    def received(self) -> list[str]:
        got, self.got = self.got[0] + self.got[1], ([], [])
        return got

    def serve(self, mode: int | str | None) -> None:
        self.serves = mode
        for place in (0, 1):
            if self.sending[place]:
                self.sync(place)

    def refuse(self) -> None:
        self.serve("refuses")

    def hold(self) -> None:
        self.serve("holds")

    def go_offline(self) -> None:
        self.online = False

    def go_online(self) -> None:
        self.online = True
        for place in (0, 1):
            if not self.delayed[place]:
                self.sync(place)

    def elapse(self) -> None:
        self.delayed = [False, False]
        for place in (0, 1):
            self.sync(place)

    def age(self) -> None:
        for place in (0, 1):
            self.halves[place] = {one: halves + 1 for one, halves in self.halves[place].items()}
        self.elapse()

    def terminate(self) -> None:
        for place in (0, 1):
            self.delayed[place] = self.delayed[place] or self.sending[place]
            self.sending[place] = False

    def restart(self) -> None:
        self.terminate()

    def put(self, place: int, message: str) -> None:
        self.number += 1
        one = f"{message}#{self.number}"
        self.queues[place].append(one)
        self.halves[place][one] = 0
        if not self.delayed[place] and not self.sending[place]:
            self.sync(place)

    def take(self, place: int, message: str) -> None:
        self.serves = None if self.serves is None else 0
        self.got[place].append(message)

    def too_old(self, place: int, one: str) -> bool:
        return self.halves[place][one] >= 2

    def sync(self, place: int) -> None:
        queue = self.queues[place]
        while queue and self.online:
            self.sending[place] = False
            if self.too_old(place, queue[0]):
                queue.pop(0)
            elif self.serves == "holds":
                self.sending[place] = True
                return
            elif self.serves in (0, "refuses"):
                self.failed(place)
                return
            else:
                self.take(place, queue.pop(0).partition("#")[0])

    def failed(self, place: int) -> None:
        self.delayed[place] = True


class LosesWhatIsUnderWay(TwoQueues):
    """A message is taken out before it is sent, and nothing remembers it when the worker ends."""

    def terminate(self) -> None:
        for place in (0, 1):
            if self.sending[place]:
                self.queues[place].pop(0)
        super().terminate()


class MixesQueues(TwoQueues):
    """What failed goes into the first queue, whichever it is of."""

    def put(self, place: int, message: str) -> None:
        super().put(0, message)


class KeepsTooLong(TwoQueues):
    """What is too old is sent all the same."""

    def too_old(self, place: int, one: str) -> bool:
        return False


class RenewsItsAge(TwoQueues):
    """A failure makes a message new again."""

    def failed(self, place: int) -> None:
        super().failed(place)
        self.halves[place] = dict.fromkeys(self.halves[place], 0)


class TakesARefusalForSuccess(TwoQueues):
    """Whatever the answer is, the message is done with."""

    def failed(self, place: int) -> None:
        if self.serves == "refuses":
            self.queues[place].clear()
        else:
            super().failed(place)


class ForgetsWhatCameMeanwhile(TwoQueues):
    """What is stored while messages are sent is not kept."""

    def put(self, place: int, message: str) -> None:
        if not self.sending[place]:
            super().put(place, message)


WRONG_WITH_TWO: tuple[type[TwoQueues], ...] = (
    LosesWhatIsUnderWay, MixesQueues, KeepsTooLong, RenewsItsAge, TakesARefusalForSuccess, ForgetsWhatCameMeanwhile,
)  # fmt: skip


class Quota:
    """Keeps what it has where there is no room for more, and says so of the rest."""

    full = False

    def reset(self) -> None:
        super().reset()  # type: ignore[misc]
        self.full = False

    def fill(self) -> None:
        self.full = True

    def make_room(self) -> None:
        self.full = False

    def store(self, message: str) -> str | None:
        if self.full:
            return "QuotaExceededError"
        super().store(message)  # type: ignore[misc]
        return None


class WithAQuota(Quota, KeepsItsPromise):  # type: ignore[misc]
    """Keeps its promise where its storage may be full."""


class TwoQueuesWithAQuota(Quota, TwoQueues):  # type: ignore[misc]
    """Keeps its promise with two queues, too."""

    def put(self, place: int, message: str) -> None:
        if not self.full:
            super().put(place, message)


class LosesWhatFailsWhenFull(WithAQuota):
    """A message is taken out before it is sent, and there is no room to put it back."""

    def handle(self) -> bool:
        sent = super().handle()
        if not sent and self.full:
            self.messages.pop(0)
        return sent


class StoresInSilenceWhenFull(WithAQuota):
    """Where there is no room the page is not told."""

    def store(self, message: str) -> str | None:  # type: ignore[override]
        super().store(message)
        return None


WRONG_WITH_A_QUOTA: tuple[type[WithAQuota], ...] = (LosesWhatFailsWhenFull, StoresInSilenceWhenFull)
