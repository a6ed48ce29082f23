"""The smallest changes to one-off background sync under which its promises hold, with the findings that they mend."""

from bgsync.language.corrections import Correction, atomically, checked, left_out

FIRE = "fire a sync event"

CORRECTIONS = (
    Correction(
        "A registration that waits for its retry goes on waiting when it is asked for again: it has one timer.",
        ("retry-delay",),
        "register",
        "8.1",
        "8.1",
        left_out,
        rests_on="registering again does not end the wait for a retry: resolved-not-waiting is given up",
    ),
    Correction(
        "From the look-up of a tag to the start of its event nothing comes between.",
        ("unique-tag", "resolved-then-fires"),
        "register",
        "7",
        "9",
        atomically,
    ),
    Correction(
        "What somebody else has fired is not fired again.",
        ("asserts",),
        FIRE,
        "1",
        "1",
        checked,
    ),
    Correction(
        "What was taken out of the list is not fired.",
        ("asserts",),
        FIRE,
        "3",
        "3",
        checked,
    ),
    Correction(
        "To check that a registration may fire, to say that it does and to fire its event is one action.",
        ("one-event", "fires-listed", "lifecycle"),
        FIRE,
        "1",
        "5",
        atomically,
    ),
    Correction(
        "What is done after the wait for a retry is one action.",
        ("lifecycle",),
        FIRE,
        "5.3.2.2",
        "5.3.2.4",
        atomically,
    ),
)
