"""Where the algorithms of the built-in model can be read: the published text, by the name of the algorithm or rule."""

SPEC = "https://wicg.github.io/background-sync/spec/"
SERVICE_WORKERS = "https://w3c.github.io/ServiceWorker/"

ADDRESSES = {
    "register": SPEC + "#dom-syncmanager-register",
    "getTags": SPEC + "#dom-syncmanager-gettags",
    "fire a sync event": SPEC + "#fire-a-sync-event",
    "changes to online": SPEC + "#online",
    "Fire Functional Event": SERVICE_WORKERS + "#fire-functional-event",
}
