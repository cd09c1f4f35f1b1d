"""What breaks any protocol and is recorded all the same, with a deviation opened (PROTOCOL 8).

Each question returns a departure or None. A trial's own departures are hooks of its forms.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from crf import trial
from crf.rules import bottles
from crf.rules.dispensing import counted
from crf.rules.exposure import TakenInAll
from crf.rules.windows import window_of
from crf.spec import dates
from crf.spec.consequences import MAJOR, MINOR, Departure


def before_consent(*, form: str, done_on: date, consent_on: date | None, visit: str | None = None) -> Departure | None:
    """A procedure on a day before the consent, or without one. The same day is in time."""
    if consent_on is not None and done_on >= consent_on:
        return None
    why = "there is no consent" if consent_on is None else f"the consent is of {dates.day(consent_on)}"
    return Departure(
        "BEFORECONSENT",
        f"{form} was done on {dates.day(done_on)}, but {why}.",
        done_on,
        f"BEFORECONSENT:{form}:{visit or ''}",
        MAJOR,
        visit,
    )


def outside_window(*, visit: str, on: date, day_1: date | None) -> Departure | None:
    """A visit on a date out of its window: done, outside window, never refused."""
    window = window_of(visit, day_1=day_1)
    if window is None or window.holds(on):
        return None
    label = trial.visit(visit).label
    return Departure(
        "WINDOW",
        f"{label} took place on {dates.day(on)}; its window is {dates.day(window.opens)} to "
        f"{dates.day(window.closes)}.",
        on,
        f"WINDOW:{visit}",
        MINOR,
        visit,
    )


def missed_visit(*, visit: str, on: date) -> Departure:
    """A visit that did not take place, found on `on`."""
    return Departure("MISSED", f"{trial.visit(visit).label} was missed.", on, f"MISSED:{visit}", MINOR, visit)


def ineligible(*, reasons: Sequence[str], randomised_on: date) -> Departure | None:
    """Randomised although criteria were not met; `reasons` are their codes."""
    if not reasons:
        return None
    return Departure(
        "INELIGIBLE",
        f"Randomised without meeting {', '.join(reasons)}.",
        randomised_on,
        "INELIGIBLE",
        MAJOR,
        trial.BASELINE,
    )


def wrong_bottle(*, expected: str, handed_out: str, on: date, visit: str | None = None) -> Departure | None:
    """Another kit than the subject's was handed out. The number may be the kit's alone, or all that the label has."""
    if expected == handed_out or bottles.read_label(expected, handed_out) is not None:
        return None
    return Departure(
        "BOTTLE",
        f"Kit {handed_out} was handed out instead of {expected}.",
        on,
        f"BOTTLE:{visit or on.isoformat()}",
        MAJOR,
        visit,
    )


def unfit_bottle(
    *, expected: str, handed_out: str, stocked: Iterable[bottles.Stocked], on: date, visit: str | None = None
) -> Departure | None:
    """A bottle of the subject's own kit was handed out that had expired or was in quarantine on that day."""
    number = bottles.read_label(expected, handed_out) if handed_out != expected else 0
    if number is None:
        return None  # another kit's: that is a deviation of its own
    if not (why := bottles.why_unfit(stocked, number, on)):
        return None
    return Departure(
        "BOTTLE",
        f"The bottle {handed_out} was handed out although {why}.",
        on,
        f"UNFIT:{visit or on.isoformat()}",
        MAJOR,
        visit,
    )


def after_treatment(*, what: str, on: date, ended_on: date, visit: str | None = None) -> Departure:
    """A dose, a decision above 0 or a bottle after treatment had ended; `what`: the sentence without its day.

    It does not say by what treatment ended: who hands out a bottle may not read that.
    """
    return Departure(
        "AFTERSTOP",
        f"{what} on {dates.day(on)}; treatment ended on {dates.day(ended_on)}.",
        on,
        f"AFTERSTOP:{visit or on.isoformat()}",
        MAJOR,
        visit,
    )


def overdose(
    *, most_in_a_day: int | None, prescribed_mg: int | None, in_all: TakenInAll | None, on: date, visit: str
) -> Departure | None:
    """More taken on one day than prescribed, or than the highest dose; or more in all since the last count."""
    ladder = trial.LADDER
    if ladder is None:
        return None
    told = []
    above_all = most_in_a_day is not None and ladder.exceeds_maximum(most_in_a_day)
    if most_in_a_day is not None and (
        above_all or (prescribed_mg is not None and ladder.exceeds(most_in_a_day, prescribed_mg))
    ):
        compared = "" if prescribed_mg is None else f"; {prescribed_mg} {ladder.amount} were prescribed"
        told.append(f"{ladder.amount_of(most_in_a_day)} were taken on one day{compared}.")
    if in_all is not None and in_all.is_overdose:
        told.append(
            f"{counted(in_all.taken, ladder.capsule)} were taken from {dates.day(in_all.first)} to "
            f"{dates.day(in_all.last)}; {counted(in_all.prescribed, ladder.capsule)} were prescribed."
        )
    if not told:
        return None
    severity = MAJOR if above_all else MINOR
    return Departure("OVERDOSE", " ".join(told), on, f"OVERDOSE:{visit}", severity, visit)


def not_admitted(*, dose: str, on: date, because: Sequence[str], visit: str | None) -> Departure:
    """A dose that was decided on and would not be admitted as the record stands now."""
    sentence = f"{dose} was decided on {dates.day(on)}; as the record stands, this was not admitted. "
    told = (sentence + " ".join(because))[:500]
    return Departure("TITRATION", told, on, f"TITRATION:{visit or on.isoformat()}", MAJOR, visit)


def too_long(*, sentence: str, due_on: date, visit: str | None) -> Departure:
    """A dose or an interruption went on beyond its most days; a decision was due on `due_on`."""
    told = f"{sentence} by {dates.day(due_on)}."
    return Departure("TITRATION", told, due_on, f"TITRATION:TIME:{visit or due_on}", MAJOR, visit)


def late_report(*, due: datetime | None, sent: datetime | None, event: int, called: str = "") -> Departure | None:
    """The first report of a serious adverse event reached the sponsor after its clock had run out."""
    if due is None or sent is None or sent <= due:
        return None
    return Departure(
        "SAELATE",
        f"The serious adverse event {f'“{called}”' if called else event} was reported later than "
        f"{trial.SETTINGS.sae_hours} hours after the site became aware of it.",
        sent.date(),
        f"SAELATE:{event}",
        MAJOR,
    )


def before_randomisation(*, form: str, on: date, randomised_on: date | None, visit: str | None) -> Departure | None:
    """A dose taken, or the drug handed out, before the subject was randomised. The same day is in time."""
    if randomised_on is not None and on >= randomised_on:
        return None
    why = "the subject was not randomised" if randomised_on is None else f"randomised on {dates.day(randomised_on)}"
    return Departure(
        "BEFORERANDOM",
        f"{form} is of {dates.day(on)}; {why}.",
        on,
        f"BEFORERANDOM:{form}:{visit or on.isoformat()}",
        MAJOR,
        visit,
    )


def blind_lost(*, kind: str, on: date, number: int) -> Departure:
    """The code of the subject was broken, or somebody learnt the arm by accident; `number` tells one from another."""
    told = {
        "emergency": "The code was broken in an emergency",
        "planned": "The code was broken as planned and approved",
        "accidental": "The blind was lost by accident",
        "envelope": "The sealed envelope was opened",
    }[kind]
    return Departure("BLIND", f"{told} on {dates.day(on)}.", on, f"BLIND:{number}", MAJOR)


def rated_by_who_knows(*, form: str, on: date, visit: str | None) -> Departure:
    """A rating by somebody who knew what the subject takes."""
    return Departure(
        "BLIND",
        f"{form} of {dates.day(on)} was rated by a person who knows what the subject takes.",
        on,
        f"BLIND:{form}:{visit or on}",
        MAJOR,
        visit,
    )
