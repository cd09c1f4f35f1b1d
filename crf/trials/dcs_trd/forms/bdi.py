"""Beck's inventory as 21 numbers with scores: the licensed paper form has the wording, nothing here has (TRIAL 6b)."""

from crf.spec import OPEN, YES_NO, Check, Form, Item, Score, Text, Time, scale
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.rules import alerts

RECALL = {"BDI": "Right now", "BDI-IA": "The past week, including today", "BDI-II": "The past two weeks"}
CATEGORY = {"BDI": "BDI 1961", "BDI-IA": "BDI-IA", "BDI-II": "BECK DEPRESSION INVENTORY-II"}

_FIRST = ((0, "none or minimal"), (10, "mild to moderate"), (19, "moderate to severe"), (30, "severe"))
_SECOND = ((0, "minimal"), (14, "mild"), (20, "moderate"), (29, "severe"))
BANDS = {"BDI": _FIRST, "BDI-IA": _FIRST, "BDI-II": _SECOND}  # first score of each band (TRIAL 6b)

SCORE = scale(0, 3)
ANSWERS = "The subject's answers"
SEEN = "Before the subject left"


class BDI(Form):
    """The subject answers on paper; "rated by" is who handed it out and took it back.

    CDISC keeps BDI for another instrument and has no codes for Beck's items; BD01.. are the sponsor's (TRIAL 7).
    """

    code, title, domain = "BDI", "Beck inventory (numbers and scores)", "QS"
    category = CATEGORY[protocol.BDI_VERSION]
    reference = RECALL[protocol.BDI_VERSION]
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    rating = True
    languages = protocol.LANGUAGES
    alerts = (alerts.of_bdi,)
    bands = {"total": BANDS[protocol.BDI_VERSION]}

    item_1 = Item("Item 1", SCORE, testcd="BD0101", section=ANSWERS)
    item_2 = Item("Item 2", SCORE, testcd="BD0102", section=ANSWERS)
    item_3 = Item("Item 3", SCORE, testcd="BD0103", section=ANSWERS)
    item_4 = Item("Item 4", SCORE, testcd="BD0104", section=ANSWERS)
    item_5 = Item("Item 5", SCORE, testcd="BD0105", section=ANSWERS)
    item_6 = Item("Item 6", SCORE, testcd="BD0106", section=ANSWERS)
    item_7 = Item("Item 7", SCORE, testcd="BD0107", section=ANSWERS)
    item_8 = Item("Item 8", SCORE, testcd="BD0108", section=ANSWERS)
    item_9 = Item("Item 9", SCORE, testcd="BD0109", section=ANSWERS)
    item_10 = Item("Item 10", SCORE, testcd="BD0110", section=ANSWERS)
    item_11 = Item("Item 11", SCORE, testcd="BD0111", section=ANSWERS)
    item_12 = Item("Item 12", SCORE, testcd="BD0112", section=ANSWERS)
    item_13 = Item("Item 13", SCORE, testcd="BD0113", section=ANSWERS)
    item_14 = Item("Item 14", SCORE, testcd="BD0114", section=ANSWERS)
    item_15 = Item("Item 15", SCORE, testcd="BD0115", section=ANSWERS)
    item_16 = Item("Item 16", SCORE, testcd="BD0116", section=ANSWERS)
    item_17 = Item("Item 17", SCORE, testcd="BD0117", section=ANSWERS)
    item_18 = Item("Item 18", SCORE, testcd="BD0118", section=ANSWERS)
    item_19 = Item("Item 19", SCORE, testcd="BD0119", section=ANSWERS)
    item_20 = Item("Item 20", SCORE, testcd="BD0120", section=ANSWERS)
    item_21 = Item("Item 21", SCORE, testcd="BD0121", section=ANSWERS)
    item_9_seen = Item("Item 9 seen by a clinician before the subject left", YES_NO, section=SEEN)
    item_9_seen_at = Item("Seen at", Time(), section=SEEN, when=item_9_seen.isin("Y"))
    item_9_seen_by = Item(
        "Seen by", Text(100), section=SEEN, when=item_9_seen.isin("Y"), help="Initials or staff code, no full name"
    )

    total = Score(
        "Total",
        low=0,
        high=63,
        testcd="BD0122",
        of=[
            item_1,
            item_2,
            item_3,
            item_4,
            item_5,
            item_6,
            item_7,
            item_8,
            item_9,
            item_10,
            item_11,
            item_12,
            item_13,
            item_14,
            item_15,
            item_16,
            item_17,
            item_18,
            item_19,
            item_20,
            item_21,
        ],
    )

    checks = (
        Check(
            "BDI-01",
            "Item 9 is above 0 and no clinician saw it before the subject left: please say what was done.",
            lambda r: r.item_9 == 0 or r.item_9_seen == "Y",
        ),
        Check(
            "BDI-02",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
        Check(
            "BDI-03",
            "Item 9 was seen before the subject began to answer: please correct one of the times.",
            lambda r: r.started <= r.item_9_seen_at,
        ),
        Check(
            "BDI-04",
            "All 21 items have the same answer above 0: please confirm with the paper form.",
            lambda r: has_some_variety([getattr(r, f"item_{number}") for number in range(1, 22)]),
            items=tuple(f"item_{number}" for number in range(1, 22)),
        ),
    )

    typical = {"item_9_seen_at": "10:30", "item_9_seen_by": "RB"}


def has_some_variety(scores: list[int]) -> bool:
    """All zeros are plausible; the same higher score 21 times is not."""
    return scores[0] == 0 or len(set(scores)) > 1
