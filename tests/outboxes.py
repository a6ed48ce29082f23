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
