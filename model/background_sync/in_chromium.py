"""Chromium's background sync, driven by a page and a worker of ours, and read in three places that must agree.

What began is what the worker got; the browser's own background-service events must say the same, and getTags must fit.
"""

from __future__ import annotations

import json

from bgsync.browser import Session
from bgsync.driving import Unable

from .scoped import LATE, Scoped, pages


class InChromium(Scoped):
    """An adapter of a running Chromium. Raises BrowserError where there is none, or it breaks."""

    costly = ("restart", "unregister")
    """That takes long; and little can be done in the rest of an example once the worker is gone."""
    manager = "sync"
    """What a page registers with, a member of its registration."""
    permission = "background-sync"

    def __init__(self, browser: str | None = None) -> None:
        self._setting = "granted"
        self.other: Session | None = None
        super().__init__(browser, pages())

    # --- what every adapter has

    def reset(self) -> None:
        """Begin anew: a new service worker, online, a page open, permission granted."""
        if self.page is None:
            self.open_page()
        if self._setting != "granted":
            self.grant()
        self._alive, self._given, self._known, self._trouble = True, 0, 0, ""
        super().reset()

    def register(self, tag: str) -> str | None:
        """Call register() in the page."""
        assert self.page is not None
        return self._register(self.page, tag)

    def events(self) -> list[tuple[str, bool | None]]:
        """Give what the worker got since the last call, once it fits what the browser says."""
        new = self._began[self._given :]
        if new:
            got = self.worker.evaluate(f"begun({self._known}, {self._known + len(new)})")
            self._known += len(new)
            told = [(self._plain(tag), last) for tag, last in got]
            if told != new:
                self._trouble = f"the worker got {told}, and the browser says {new}"
        self._given += len(new)
        return new

    def settle(self, tag: str, fulfilled: bool) -> None:
        """Settle the event of a tag."""
        before = len(self._settled)
        self.worker.evaluate(f"settle({self._quoted(tag)}, {json.dumps(fulfilled)})")
        if self._tells_of(tag):
            self.chromium.pipe.wait(lambda: tag in self._settled[before:], LATE)
        self._at_rest()

    # --- what can be seen besides

    def tags(self) -> list[str] | None:
        """Give what getTags says; None where it is rejected."""
        where = self.page or self.worker
        given = where.evaluate(f"tags('{self.manager}')")
        return None if given is None else [self._plain(tag) for tag in given]

    def trouble(self) -> str:
        """Say where the three places do not agree."""
        return self._trouble

    # --- what can be done besides

    def register_from_worker(self, tag: str) -> str | None:
        """Call register() in the worker."""
        self._need_worker()
        return self._register(self.worker, tag)

    def at_once(self, first: tuple[str, ...], second: tuple[str, ...]) -> list[str | None]:
        """Do two things at once, each a method and its tag, and give how both calls ended.

        The first one registers in the page; the second one in another page of the origin, or in the worker, or it
        leaves the page meanwhile, so that nobody knows how the call ended.
        """
        assert self.page is not None
        call = self._registering(first[1])
        if second[0] == "close_page":
            self.page.evaluate(f"void addEventListener('beforeunload', () => {{ {call} }})")
            self.close_page()
            return ["lost"]
        where = self.worker
        if second[0] == "register":
            where = self.other = self.other or self.chromium.page(self.site.address("/page.html"), hidden=True)
            where.evaluate(f"again({self.number})")
        numbers = self.page.begin_evaluation(call), where.begin_evaluation(self._registering(second[1]))
        ended = [self.page.value(numbers[0]), where.value(numbers[1])]
        self._at_rest()
        return ended

    def terminate(self) -> None:
        """Stop the worker, and start it again."""
        self._need_worker()
        super().terminate()

    def restart(self) -> None:
        """Kill the browser, and start it again with its profile."""
        self._need_worker()
        before, closed = len(self._began), self.page is None
        super().restart()
        self.other = None  # it has gone with the browser
        del self._began[before:]
        self._began += [(self._plain(tag), last) for tag, last in self.worker.evaluate("begun(0, 0)")]
        if closed:
            self.close_page()

    def unregister(self) -> None:
        """Unregister the service worker."""
        self._need_worker()
        if self.page is None:
            raise Unable
        self._ask("registration.unregister()")
        self._alive = False
        self._at_rest()

    def revoke(self) -> None:
        """Deny the permission."""
        self._permit("denied")

    def grant(self) -> None:
        """Grant it."""
        self._permit("granted")

    def close_page(self) -> None:
        """Leave the page; no other one of its origin is open."""
        self._need_worker()
        assert self.page is not None
        if self.other is not None:
            self.chromium.shut(self.other)
            self.other = None
        self.page.visit("about:blank")
        self._tab, self.page = self.page, None
        self._at_rest()

    def open_page(self) -> None:
        """Open it again."""
        self.page = self._tab
        self.page.visit(self.site.address("/page.html"))
        if self.number:
            self._ask(f"again({self.number})")

    # --- how

    def _open(self) -> None:
        self._permit(self._setting)  # which is set in the browser, and not in its profile
        super()._open()

    def _tells_of(self, tag: str) -> bool:
        """Whether the browser says how an event of a tag ends: not once that is not registered any more."""
        return self._alive

    def _gone(self) -> None:
        self._known = 0  # a worker that is started again has got nothing

    def _network(self, *, offline: bool) -> None:
        self._need_worker()
        super()._network(offline=offline)

    def _need_worker(self) -> None:
        """Refuse what cannot be done once the worker is unregistered: another page would not come to it either."""
        if not self._alive:
            raise Unable

    def _permit(self, setting: str) -> None:
        permission, origin = {"name": self.permission}, self.site.address("")
        self.chromium.all.call("Browser.setPermission", permission=permission, setting=setting, origin=origin)
        self._setting = setting

    def _register(self, where: Session, tag: str) -> str | None:
        return self._answer(where, self._registering(tag))

    def _answer(self, where: Session, call: str) -> str | None:
        """Give how a call ends, when all is at rest."""
        error: str | None = where.evaluate(call)
        self._at_rest()
        return error

    def _registering(self, tag: str) -> str:
        return f"register({self._quoted(tag)}, '{self.manager}')"

    def _quoted(self, tag: str) -> str:
        return json.dumps(f"{tag}#{self.number}")

    @staticmethod
    def _plain(tag: str) -> str:
        return tag.partition("#")[0]
