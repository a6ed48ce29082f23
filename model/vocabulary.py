"""What spec texts call the parts of the environment: the words by which a text that is read meets `environment.py`.

A text says "the user agent is online" or "its active worker is null"; here stands which machine that speaks of, and
which of its states. A text that speaks of its surroundings in words that are not here leaves them open: a condition
that may be true or false at any time.
"""

from bgsync.prose.vocabulary import Vocabulary

PREDICATES = {
    # a property that something has: (machine, states)
    "online": ("network", ("online",)),
    "back online": ("network", ("online",)),
    "offline": ("network", ("offline",)),
    "unregistered": ("service worker", ("none",)),
}

PRESENCE = {
    # what is null unless a machine is in these states
    "active worker": ("service worker", ("active",)),
    "installing worker": ("service worker", ("installing",)),
    "waiting worker": ("service worker", ("waiting",)),
}

VALUES = {
    # what a part of the environment is compared with: (machine, states)
    "granted": ("permission", ("granted",)),
    "denied": ("permission", ("denied",)),
}

_DEVICE = "(?:the )?(?:user agent|browser|network|device|machine|computer|phone|host|operating system)"
_CONNECTION = "(?:network|internet)(?: connection| connectivity| access)?|connection|connectivity"
_AVAILABLE = "(?:up|available|established|re-established|restored|working)(?: again)?"
PHRASES = (
    # a condition in plain words, as a regular expression: (pattern, machine, states)
    (rf"{_DEVICE} is (?:back |now |still |currently )?online(?: again)?", "network", ("online",)),
    (
        rf"{_DEVICE} is (?:now |still |currently )?offline|{_DEVICE} is (?:not|no longer) online",
        "network",
        ("offline",),
    ),
    (
        rf"{_DEVICE} (?:is connected|has (?:a )?(?:{_CONNECTION}))(?: to (?:a|the)? ?(?:network|internet))?",
        "network",
        ("online",),
    ),
    (
        rf"{_DEVICE} (?:is (?:not|no longer) connected|has no (?:{_CONNECTION}))"
        "(?: to (?:a|the)? ?(?:network|internet))?",
        "network",
        ("offline",),
    ),
    (rf"(?:{_CONNECTION}) is {_AVAILABLE}|there is (?:{_CONNECTION})", "network", ("online",)),
    (
        rf"(?:{_CONNECTION}) is (?:not|no longer) {_AVAILABLE}|(?:{_CONNECTION}) is (?:down|lost|unavailable)"
        rf"|there is no (?:{_CONNECTION})",
        "network",
        ("offline",),
    ),
    (r"(?:installing|waiting) worker\b.*\bis (?:its|the|\S+'s) active worker", "service worker", ("active",)),
    (r".*\bfails to (?:install|activate)\b.* worker", "service worker", ("none",)),
    (r"user has (disabled|turned off|switched off|blocked|denied)\b.*", "permission", ("denied",)),
    (r"user has not (disabled|turned off|switched off|blocked|denied)\b.*", "permission", ("granted",)),
    (r".*\bpermission ?state\b.* is not granted", "permission", ("denied",)),
    (r".*\bpermission ?state\b.* is granted", "permission", ("granted",)),
    (
        r"(background sync|permission|.* permission) (is|has been) (disabled|denied|revoked|blocked)",
        "permission",
        ("denied",),
    ),
)

CHOICES = (
    # a condition that the user agent decides: (pattern, choice, whether the choice is the opposite, what the text must
    # say that it SHOULD do for the choice to be one that it makes sooner or later, and a name for that)
    (r"(user agent |\w+ )?(will retry|should be retried|will be retried)\b.*", "no further attempts will be made", True,
     r"should .*\b(cap|capping|limit|limiting)\b.* retries", "cap the number of retries"),
)  # fmt: skip

SINGLE = ("service worker registration", "origin")
"""What a text speaks of as many, and a scenario has one of."""

POPULATIONS = {
    # what a text goes through, one by one: the part of the environment that it is
    "service worker clients": "window clients",
    "window clients": "window clients",
}

_SITE = "(?:site|website|origin)"
_OF_A_SITE = rf"\b(?:browsing data|{_SITE}(?: 's)? (?:data|storage)|(?:data|storage) (?:of|for) {_SITE})"
OCCASIONS = (
    # when the user agent does something by itself, as a regular expression: (pattern, machine, trigger)
    (
        r"(changes|switches|transitions|goes) (from offline )?to online|(goes|comes|becomes|gets back|is back) online",
        "network",
        "go online",
    ),
    (r"(changes|switches|transitions|goes) (from online )?to offline|(goes|becomes) offline", "network", "go offline"),
    (r"(user agent )?(starts|is started|starts up|launches)", "user agent", "start"),
    (r".*\brevo(ke|cation).*permission|.*permission.*\brevoked", "permission", "revoke"),
    (
        r".*\bservice worker registration\b.*\b(?:unregistered|cleared)|.*\bunregisters? .*service worker"
        rf"|.*\bclears?\b.*{_OF_A_SITE}|.*{_OF_A_SITE}.*\bcleared",
        "service worker",
        "unregister",
    ),
)

_CLIENTS = r"(?:service worker|window|worker) clients?|windows?|pages?"
REQUIREMENTS = (
    # what a text says outside of its steps of who may call, as a regular expression: (pattern, machine, the member that
    # tells which of it count, those in the group `values`)
    (rf"\bin (?:the )?background\b.*\b(?:if|when|while)\b.*\bno (?:{_CLIENTS})\b"
     r"(?:.*?\bwhose frame type is (?P<values>.+?)(?= exists?\b| for | is | are | [.;]|$))?",
     "window clients", "frame type"),
    (r"\bpermissions?\b.*\b(?:denied|granted|revoked|withdrawn|disabled|blocked)\b", "permission", ""),
    (r"\b(?:disable|turn off|switch off|opt out of)\b|\bis (?:disabled|turned off|switched off)\b", "permission", ""),
)  # fmt: skip

SIGNATURES = {
    # an algorithm of another spec: the types of its parameters; of one that fires an event, what it is fired on
    "fire functional event": ("service worker registration",),
    "handle functional event": ("service worker registration",),
    "clear registration": ("service worker registration",),
    "run service worker": ("service worker",),
    "terminate service worker": ("service worker",),
}

VOCABULARY = Vocabulary(
    PREDICATES, PRESENCE, VALUES, PHRASES, POPULATIONS, OCCASIONS, CHOICES, SINGLE, REQUIREMENTS, SIGNATURES
)
