"""What the pharmacist has before them: what to hand out and to count today, whose kit is which, and what is left over.

Kits are numbered, not named: nothing here tells an arm.
"""

from dataclasses import dataclass

from django.db.models import Sum

from crf import permissions, trial
from crf.chart import supply
from crf.chart.others import Others
from crf.chart.places import address
from crf.chart.standing import Standing
from crf.chart.study_end import has_ended
from crf.models import RECORDS, Record, Subject, User, Visit
from crf.rules.kit_numbers import labelled
from crf.spec.purposes import Purpose

DOSING, DISPENSING, RETURNS = (trial.code_serving(one) for one in (Purpose.DOSING, Purpose.DISPENSING, Purpose.RETURNS))
#: The items that say how many were handed out and what became of them, where a trial counts them.
HANDED_OUT, CAME_OF = "capsules", ("returned", "lost", "taken")


@dataclass(frozen=True)
class Counter:
    """One subject at a visit that began: the decision, what to hand out and what to count, each until it is done."""

    subject: Subject
    visit: Visit
    label: str
    decided_by: str
    hand_out: supply.ToHandOut | None
    hand_out_at: str
    count: supply.ToCount | None
    count_at: str


@dataclass(frozen=True)
class Balance:
    """Of one subject, to the last one: handed out, what came of it, and what nobody accounts for."""

    subject: Subject
    label: str
    handed_out: int
    came_of: tuple[int, ...]

    @property
    def unaccounted(self) -> int:
        return self.handed_out - sum(self.came_of)


def counter(user: User) -> list[Counter]:
    """Visits under way of subjects at the pharmacist's sites at which something is to be handed out or counted."""
    sites = user.sites_as(*permissions.DEEDS["run the pharmacy"])
    if DISPENSING is None:
        return []
    begun = Visit.objects.filter(state=Visit.State.PLANNED, occurred_on__isnull=False, subject__site_id__in=sites)
    subjects = Subject.objects.filter(
        ~has_ended(), pk__in=begun.values("subject"), randomised_at__isnull=False
    ).select_related("site")
    found = []
    for standing in Standing.of_all(subjects):
        others = Others(standing.subject.pk)
        under_way = [one for one in standing.visits if one.occurred_on and one.state == Visit.State.PLANNED]
        found += [_at(standing, others, visit) for visit in under_way]
    return [one for one in found if one.hand_out_at or one.count_at]


def _at(standing: Standing, others: Others, visit: Visit) -> Counter:
    subject = standing.subject
    due = {form.code for form, _ in standing.due_at(visit)}
    gives = DISPENSING in due and not standing.at(DISPENSING, visit)
    counts = RETURNS in due and not standing.at(RETURNS, visit)
    day = {"day_1": standing.day_1, "on": visit.occurred_on}
    decision = others.record(DOSING, visit=visit.code) if DOSING else None
    return Counter(
        subject,
        visit,
        labelled(subject.kit),
        decision.decided_by or "" if isinstance(decision, Record) and "decided_by" in decision.form.items else "",
        supply.to_hand_out(subject, others, visit, **day) if gives and (decision or DOSING not in due) else None,
        address(subject, visit, DISPENSING) if gives else "",
        supply.to_count(others, **day) if counts else None,
        address(subject, visit, RETURNS) if counts else "",
    )


def kits(user: User) -> list[tuple[Subject, str]]:
    """The subjects in the trial at the pharmacist's sites, each with the label of its kit."""
    sites = user.sites_as(*permissions.DEEDS["run the pharmacy"])
    subjects = Subject.objects.filter(~has_ended(), site_id__in=sites, randomised_at__isnull=False)
    return [(subject, labelled(subject.kit)) for subject in subjects.select_related("site").order_by("number")]


def balances(user: User) -> list[Balance]:
    """Every subject to whom something was handed out, to the last one. Three statements at most."""
    if not is_counted():
        return []
    sites = user.sites_as(*permissions.DEEDS["run the pharmacy"])
    given = _sums(DISPENSING, sites, HANDED_OUT)
    back = _sums(RETURNS, sites, *CAME_OF)
    subjects = Subject.objects.filter(pk__in=given).order_by("number")
    return [
        Balance(
            subject,
            labelled(subject.kit) if subject.kit else "",
            given[subject.pk][0],
            back.get(subject.pk, (0,) * len(CAME_OF)),
        )
        for subject in subjects
    ]


def sums_of(sites) -> dict[int, tuple[int, ...]]:
    """By subject of the sites: how many were handed out, returned, lost and taken in all."""
    given, back = _sums(DISPENSING, sites, HANDED_OUT), _sums(RETURNS, sites, *CAME_OF)
    nothing = (0,) * len(CAME_OF)
    return {one: (*given.get(one, (0,)), *back.get(one, nothing)) for one in given.keys() | back.keys()}


def is_counted() -> bool:
    """Whether the trial counts what is handed out and what becomes of it."""
    given, back = trial.serving(Purpose.DISPENSING), trial.serving(Purpose.RETURNS)
    return bool(given and back and HANDED_OUT in given.items and set(CAME_OF) <= back.items.keys())


def _sums(code: str, sites, *items: str) -> dict[int, tuple[int, ...]]:
    found = RECORDS[code].objects.standing().filter(site_id__in=sites).order_by().values("subject")
    summed = found.annotate(**{f"sum_{item}": Sum(item) for item in items})
    return {row["subject"]: tuple(row[f"sum_{item}"] or 0 for item in items) for row in summed}
