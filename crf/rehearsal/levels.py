"""What the safety officer does in the demo: levels of the drug come from the laboratory, and the sites are told.

The results go past everybody else; the investigator sees one of two messages that give no arm away (BLI-08).
"""

from datetime import date, timedelta

from crf import spec, trial
from crf.actions import level_messages
from crf.models import LevelMessage, Visit

UNREAD = timedelta(days=3)  # so long a message of the running demo waits for the investigator


def report(walk, code: str) -> None:
    """The levels of the site's samples whose results are there by today; a sample that was reported is left alone."""
    form = trial.serving(spec.Purpose.DRUG_LEVEL)
    if form is None or trial.LEVEL_MESSAGES is None:
        return
    told = set(LevelMessage.objects.filter(site__code=code).values_list("subject__number", "drawn_on"))
    due = Visit.objects.filter(site__code=code, code__in=walk.story.samples, occurred_on__isnull=False)
    for visit in due.select_related("subject__site").order_by("occurred_on", "pk"):
        drawn_on, subject = visit.occurred_on, visit.subject
        arrives = drawn_on + timedelta(days=walk.story.samples[visit.code])
        if not subject.is_randomised or arrives > walk.until or (subject.number, drawn_on) in told:
            continue
        tell(walk, form, subject, drawn_on, arrives)
    take_note(walk, code)


def tell(walk, form, subject, drawn_on: date, arrives: date) -> None:
    """The result is entered and the site told of it on one day."""
    officer = walk.person("safety_officer", subject.site.code)
    row = LevelMessage.objects.filter(subject=subject).count() + 1
    with walk.on_day(arrives):
        sample = walk.enter(form.code, subject, None, drawn_on, row=row, drawn_on=drawn_on.isoformat())
        says = level_messages.asked_for(sample=sample, by=officer).says
        level_messages.send(sample=sample, says=says, by=officer)


def take_note(walk, code: str) -> None:
    """The investigator reads each message on the day after it came; the latest of the running demo wait."""
    for message in LevelMessage.objects.filter(site__code=code, seen_at=None).order_by("pk"):
        came_on = message.sent_at.date()
        if came_on + UNREAD <= walk.until or walk.is_finishing:
            with walk.on_day(min(came_on + timedelta(days=1), walk.until)):
                level_messages.take_note(message=message, by=walk.person("investigator", code))
