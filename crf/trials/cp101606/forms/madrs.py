"""The MADRS as ten numbers: the licensed form has the wording, nothing here has."""

from crf.spec import OPEN, Check, Form, Item, Score, scale
from crf.spec.people import RATERS, READERS_AND_RATERS
from crf.trials.cp101606 import protocol
from crf.trials.cp101606.rules.alerts import suicidality_from_madrs

SCORE = scale(0, 6)


class MADRS(Form):
    """Rated by the clinician from the licensed form. CDISC has the category and no item codes; MD01.. are our own."""

    code, title, domain, category = "MADRS", "MADRS (numbers and scores)", "RS", "MADRS"
    discloses = OPEN
    entered_by, read_by = RATERS, READERS_AND_RATERS
    rating = True
    short_under = protocol.SHORT_MINUTES
    alerts = (suicidality_from_madrs,)

    item_1 = Item("Item 1", SCORE, testcd="MD0101")
    item_2 = Item("Item 2", SCORE, testcd="MD0102")
    item_3 = Item("Item 3", SCORE, testcd="MD0103")
    item_4 = Item("Item 4", SCORE, testcd="MD0104")
    item_5 = Item("Item 5", SCORE, testcd="MD0105")
    item_6 = Item("Item 6", SCORE, testcd="MD0106")
    item_7 = Item("Item 7", SCORE, testcd="MD0107")
    item_8 = Item("Item 8", SCORE, testcd="MD0108")
    item_9 = Item("Item 9", SCORE, testcd="MD0109")
    item_10 = Item("Item 10", SCORE, testcd="MD0110")
    total = Score(
        "Total, MADRS",
        low=0,
        high=60,
        testcd="MD0111",
        of=[item_1, item_2, item_3, item_4, item_5, item_6, item_7, item_8, item_9, item_10],
    )
    checks = (
        Check(
            "MADRS-01",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
        Check(
            "MADRS-02",
            "All ten items have the same answer above 0: please confirm with the source.",
            lambda r: r.item_1 == 0 or len({getattr(r, f"item_{number}") for number in range(1, 11)}) > 1,
            items=tuple(f"item_{number}" for number in range(1, 11)),
        ),
    )
