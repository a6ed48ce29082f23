"""Where the algorithms of the built-in model can be read: the published text, by the name of the algorithm or rule."""

SPEC = "https://wicg.github.io/background-sync/spec/PeriodicBackgroundSync-index.html"
SERVICE_WORKERS = "https://w3c.github.io/ServiceWorker/"

ADDRESSES = {
    "register": SPEC + "#dom-periodicsyncmanager-register",
    "getTags": SPEC + "#dom-periodicsyncmanager-gettags",
    "unregister": SPEC + "#dom-periodicsyncmanager-unregister",
    "fire a periodicsync event": SPEC + "#firing-a-periodicsync-event",
    "Process periodic sync registrations": SPEC + "#process-periodic-sync-registrations-algorithm",
    "Respond to permission revocation": SPEC + "#responding-to-permission-revocation-algorithm",
    "Fire Functional Event": SERVICE_WORKERS + "#fire-functional-event",
}
