"""What the small world of the first trial holds that its declaration does not say."""

from functools import cache

RATING = "HAMD"  # the form of a rating, and what raises an alert there
ALARMING = {"suicide": "4"}
A_NUMBER = ("VITALS", "weight")  # a form at the visits that were done, and a decimal item of it
RUN_IN = ()  # visits between screening and baseline, with days from baseline
SCREENED, BASELINE = 10, 15  # days from screening to baseline, and from there to today
DONE = (("W1", 7), ("W2", 14))  # the visits that the first subject had, with days from baseline
NEXT, AHEAD = "W3", "W4"  # not begun yet
TO_MISS = "D4"
DRAFTED = ("BPRS", "guilt", "4")  # a form of the visit ahead, with an item and an answer


def given(form: str, visit: str) -> dict[str, str]:
    """The answers of somebody who is ill enough: HAMD-21 of 26 before the drug."""
    if form != RATING:
        return {}
    return hamd_of({"W1": 20, "W2": 18}.get(visit, 26))


def rows(form: str) -> tuple[dict[str, str], ...]:
    """One row of the laboratory, two adequate trials of antidepressants (I4)."""
    return ({}, {}) if form == "ADTRIAL" else ({},)


def at_visit(visit: str) -> tuple[str, ...]:
    """The forms that were filled in at a weekly visit."""
    return ("BDI", RATING, "CGI", "VITALS")


@cache
def hamd_of(total: int) -> dict[str, str]:
    """HAMD-21 answers that sum to the total, without touching suicide, insight, paranoia or weight."""
    order = [
        ("mood", 4),
        ("work", 4),
        ("guilt", 2),
        ("anxiety_psychic", 4),
        ("anxiety_somatic", 3),
        ("retardation", 2),
        ("insomnia_early", 2),
        ("insomnia_middle", 2),
        ("insomnia_late", 2),
        ("somatic_general", 2),
        ("genital", 2),
        ("somatic_gastrointestinal", 2),
        ("agitation", 2),
    ]
    answers, left = {}, total
    for name, most in order:
        answers[name] = str(min(most, left))
        left -= int(answers[name])
    if left:
        raise ValueError(f"{total} is more than these items can sum to.")
    return answers
