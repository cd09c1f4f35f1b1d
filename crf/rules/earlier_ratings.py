"""What a rater may open of the ratings: the one being made, not what was rated before (PROTOCOL 6)."""

SENTENCE = (
    "Raters see no earlier rating, so that it cannot colour the next one. What you rate today stays open to you, and "
    "so does a rating with an open query. For anything else ask the investigator."
)
ANOTHERS = (
    "Another rater has entered this rating. What you typed, if anything, is kept as your draft; the investigator "
    "decides which of the two stands."
)


def is_open_to_rater(*, made_by_rater: bool, made_today: bool, is_complete: bool, has_query: bool) -> bool:
    """Whether somebody who only rates may open a stored rating.

    It must be their own; and it must be of today, unfinished, or asked about by a query that is not settled.
    """
    return made_by_rater and (made_today or has_query or not is_complete)
