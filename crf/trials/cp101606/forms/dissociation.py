"""Dissociation after the infusion as 23 numbers.

The publication names neither scale nor times: both are our assumption.
"""

from crf.spec import OPEN, Form, Item, Score, scale
from crf.spec.people import READERS, SITE_TEAM

SCORE = scale(0, 4)


class Dissociation(Form):
    """Rated by somebody of the site who rates no mood: what one sees here could tell the arm."""

    code, title, domain = "DISSOC", "Dissociation (numbers and scores)", "QS"
    catch = "Whoever rates this rates no mood: what is seen here could tell the arm."
    category = "DISSOCIATION"
    reference = "Since the infusion began"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    after_randomisation = True
    rating = True

    item_1 = Item("Item 1", SCORE, testcd="DX01")
    item_2 = Item("Item 2", SCORE, testcd="DX02")
    item_3 = Item("Item 3", SCORE, testcd="DX03")
    item_4 = Item("Item 4", SCORE, testcd="DX04")
    item_5 = Item("Item 5", SCORE, testcd="DX05")
    item_6 = Item("Item 6", SCORE, testcd="DX06")
    item_7 = Item("Item 7", SCORE, testcd="DX07")
    item_8 = Item("Item 8", SCORE, testcd="DX08")
    item_9 = Item("Item 9", SCORE, testcd="DX09")
    item_10 = Item("Item 10", SCORE, testcd="DX10")
    item_11 = Item("Item 11", SCORE, testcd="DX11")
    item_12 = Item("Item 12", SCORE, testcd="DX12")
    item_13 = Item("Item 13", SCORE, testcd="DX13")
    item_14 = Item("Item 14", SCORE, testcd="DX14")
    item_15 = Item("Item 15", SCORE, testcd="DX15")
    item_16 = Item("Item 16", SCORE, testcd="DX16")
    item_17 = Item("Item 17", SCORE, testcd="DX17")
    item_18 = Item("Item 18", SCORE, testcd="DX18")
    item_19 = Item("Item 19", SCORE, testcd="DX19")
    item_20 = Item("Item 20", SCORE, testcd="DX20")
    item_21 = Item("Item 21", SCORE, testcd="DX21")
    item_22 = Item("Item 22", SCORE, testcd="DX22")
    item_23 = Item("Item 23", SCORE, testcd="DX23")
    total = Score(
        "Total, dissociation",
        low=0,
        high=92,
        testcd="DX24",
        of=[
            *(item_1, item_2, item_3, item_4, item_5, item_6, item_7, item_8),
            *(item_9, item_10, item_11, item_12, item_13, item_14, item_15, item_16),
            *(item_17, item_18, item_19, item_20, item_21, item_22, item_23),
        ],
    )
