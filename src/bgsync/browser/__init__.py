"""A real browser: started, driven and ended through its DevTools protocol. It knows no spec."""

from bgsync.browser.chromium import Chromium, Session, chromium, find
from bgsync.browser.pipe import BrowserError
from bgsync.browser.site import Answer, Site

__all__ = ["Answer", "BrowserError", "Chromium", "Session", "Site", "chromium", "find"]
