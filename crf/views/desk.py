"""The desk on which one record lies: who looks at it, which form, where, and the record if there is one."""

from functools import cache, cached_property
from typing import NoReturn

from django.db import Error as DatabaseTrouble
from django.db.models import Max
from django.http import Http404

from crf import permissions, trial
from crf.actions import enter
from crf.actions.enrol import refuse_annulled
from crf.chart import examine, states
from crf.chart.computed import COMPONENTS, computed_of, shown
from crf.chart.examine import understood_so_far
from crf.chart.facts import Settled, facts_of
from crf.chart.held import Held
from crf.chart.others import Others
from crf.chart.places import address
from crf.chart.rows import RowNames
from crf.chart.standing import Standing
from crf.models import Query, Record, TakenBack, Visit, records_of
from crf.models.lookup import Lookup
from crf.refusals import NotAllowed, Refusal
from crf.rules import disclosure, earlier_ratings
from crf.rules.withdrawal import may_begin
from crf.shown import entry, stock
from crf.shown.cautions import cautions
from crf.spec.purposes import Purpose
from crf.views.subject_page import Page

LAST_ROW = 9999  # of a repeating form, far below what the column holds


class Desk:
    """What the requests about one record have in common: who, which form, where, and the record if there is one."""

    def __init__(self, request, number: str, visit: str, form: str, row: int):
        self.request, self.user, self.row = request, request.user, row
        self.page = Page.of(request.user, number)
        self.subject = self.page.subject
        if request.method == "POST":
            refuse_annulled(self.subject)
        if not trial.is_declared(form) or trial.form(form) not in self.page.readable:
            raise Http404("There is no such form.")
        self.form = trial.form(form)
        if self.form.log is not (visit == "LOG") or (row > 1 and not self.form.repeating):
            raise Http404("The form does not belong there.")
        self.visit = None if self.form.log else self.page.visit(visit)
        if self.visit and not any(cell.form == form for cell in trial.planned_at(self.visit.code)):
            raise Http404("The form is not planned at this visit.")
        self.visit_code = self.visit.code if self.visit else None
        self.place = visit
        self.others = Others(self.subject.pk, at=self.visit)
        if row != 1:
            self._refuse_row_from_nowhere()
        if not self.page.roles_besides_rater():
            self._refuse_earlier_rating()

    @cached_property
    def record(self) -> Record | None:
        """The record that lies on the desk: the standing one, of a form with rows also a voided one; else None."""
        return _record_at(self.form.code).first(self.subject.pk, self.visit and self.visit.pk, self.row)

    @cached_property
    def voided(self) -> list[Record]:
        """Of a form without rows: what was voided at this place, the latest first."""
        if self.form.repeating:
            return []
        return _voided_at(self.form.code).of(self.subject.pk, self.visit and self.visit.pk)

    @cached_property
    def moved_away(self) -> list[TakenBack]:
        """What stood at this place and was moved to another visit, the latest first."""
        return _MOVED_AWAY.of(self.subject.pk, self.visit.pk, self.form.code) if self.visit else []

    @property
    def enters(self) -> bool:
        """Whether the person has a role that enters the form."""
        return permissions.role_for(self.user, permissions.may_enter_form(self.form), self.subject.site_id) is not None

    @property
    def why_nothing_is_entered(self) -> str:
        """Why somebody who enters the form does not here and now, as it is told to who had begun to type."""
        if self.is_held:
            return "This is frozen or locked."
        if self.record is not None and self.record.voided_at is not None:
            return "This was voided."
        if self.visit is not None and self.visit.state == Visit.State.MISSED:
            return f"{self.visit.label} was called missed."
        return "Nothing more is entered here."

    @cached_property
    def may_enter(self) -> bool:
        return (
            self.enters
            and not self.subject.is_annulled
            and (self.record is None or self.record.voided_at is None)
            and not (self.visit and self.visit.state == Visit.State.MISSED)
            and (self.record is not None or may_begin(self.form, self.subject.consent_withdrawn_on))
        )

    def refuse_entry(self) -> NoReturn:
        """Says why nothing is entered here: by role, after a withdrawal, or because the form or its visit is gone."""
        permissions.require_entry(self.user, self.form, self.subject.site_id)
        if self.record is None:
            enter.refuse_after_withdrawal(self.form, self.subject)
        raise Refusal("This record cannot be changed: its row was voided or its visit was missed.")

    def _refuse_row_from_nowhere(self):
        """A row is one that is there, voided or not, or the next free one: the number in the address is anybody's."""
        if self.row < 1 or self.row > LAST_ROW or (self.record is None and self.row != self._last_row() + 1):
            raise Http404("There is no such row.")

    def _last_row(self) -> int:
        taken = records_of(self.form.code).objects.filter(subject=self.subject, visit=self.visit)  # voided ones too
        return taken.aggregate(last=Max("row_number"))["last"] or 0

    def _refuse_earlier_rating(self):
        """Who only rates at the site sees the rating being made and no other. Raises NotAllowed."""
        record = self.record
        if record is None or trial.SETTINGS.rater_sees_earlier_ratings:
            return
        is_own = record.created_by_id == self.user.pk
        asked = Query.objects.filter(form=self.form.code, record=record.pk, state__in=("open", "answered"))
        made_on = record.created_at.astimezone(self.subject.site.zone).date()
        open_to_rater = earlier_ratings.is_open_to_rater(
            made_by_rater=is_own,
            made_today=made_on == self.subject.site.today(),
            is_complete=record.is_complete,
            has_query=asked.exists(),
        )
        if not open_to_rater:
            raise NotAllowed(earlier_ratings.SENTENCE if is_own else earlier_ratings.ANOTHERS)

    @cached_property
    def settled(self) -> Settled:
        """What is verified, signed and locked of the subject."""
        return Settled.of(self.subject.pk)

    @cached_property
    def hold(self) -> Held | None:
        """The freeze or lock under which the form or row stands as a whole, besides a lock of casebook or study."""
        return self.settled.hold_on(self.form.code, self.visit.pk if self.visit else None, self.row)

    @property
    def is_held(self) -> bool:
        """Whether nothing of it can be entered or changed."""
        return self.settled.lock is not None or self.hold is not None

    @cached_property
    def held_items(self) -> dict[str, Held]:
        """The answers of the record that are frozen or locked by themselves."""
        return self.settled.held_items(self.form.code, self.record.pk) if self.record is not None else {}

    def facts(self) -> dict:
        """What the page says of verification, signature and lock of the record, and what a monitor may do about it."""
        if self.record is None or self.record.voided_at is not None:
            return {}
        state, _ = self.settled.verification(self.form.code, self.record.pk, self.record.version)
        is_locked = self.settled.lock is not None or (self.hold is not None and self.hold.is_lock)
        verifies = self.page.may("verify") and not is_locked
        return {
            "facts": facts_of(self.record, self.settled)[1:],
            "may_verify": verifies and state is not states.VERIFIED,
            "may_withdraw": verifies and state is states.VERIFIED,
            "was_changed_since": self.page.may("verify") and state is states.VERIFIED_BEFORE,
        }

    @property
    def address(self) -> str:
        return address(self.subject, self.visit, self.form.code, self.row)

    @property
    def rows(self) -> list[int]:
        """The numbers of the standing rows of a repeating form, this one among them."""
        facts = self.page.standing.at(self.form.code, self.visit)
        return sorted({fact.row for fact in facts} | {self.row}) if self.form.repeating else []

    @property
    def next_row(self) -> str:
        """Where the next row of a repeating form is entered."""
        if not self.form.repeating:
            return ""
        return address(self.subject, self.visit, self.form.code, max(self._last_row(), self.row) + 1)

    @property
    def called(self) -> str:
        """How the form, or this row of a repeating one, is called (F-410)."""
        if not self.form.repeating:
            return self.form.title
        return self.form.row_called(self.row, self.record.values() if self.record else {})

    @property
    def beside_title(self) -> str:
        """What the heading says of the row beside the form's title: its name, else its number; nothing while new."""
        if self.record is None:
            return ""
        return self.called.removeprefix(f"{self.form.title} ")

    def row_addresses(self) -> list[tuple[int, str, str]]:
        """The standing rows, this one among them: number, name and address."""
        names = RowNames.of(self.subject.pk, [self.form])
        facts = {fact.row: fact.record for fact in self.page.standing.at(self.form.code, self.visit)}
        return [
            (
                row,
                names.called(self.form, facts[row], row) if row in facts else self.called,
                address(self.subject, self.visit, self.form.code, row),
            )
            for row in self.rows
        ]

    def sees_scores(self) -> bool:
        """Whether the person is shown the totals of what is saved (PROTOCOL 6)."""
        return disclosure.sees_totals(self.user.roles_at(self.subject.site_id))

    def typed(self) -> dict[str, str]:
        """What stands on the page: the posted answers."""
        return {key: value for key, value in self.request.POST.items() if key.partition("__")[0] in self.form.asked}

    def after_saving(self) -> str:
        """The next form; this one where the database fails only now: the page must not say that nothing was saved."""
        try:
            return self.next_address()
        except DatabaseTrouble:
            return self.address

    def next_address(self) -> str:
        """The next form of the visit in prompted order that this person enters and that is not complete; the casebook
        when there is none."""
        if self.visit is not None:
            standing = Standing.of(self.subject)  # as it is after the save
            order = [form for form, _ in standing.due_at(self.visit)]
            here = order.index(self.form) if self.form in order else -1
            for form in sorted(standing.incomplete_at(self.visit), key=lambda form: order.index(form) < here):
                roles = permissions.may_enter_form(form)
                if form is not self.form and permissions.role_for(self.user, roles, self.subject.site_id):
                    return address(self.subject, self.visit, form.code)
        return self.subject.get_absolute_url()


def computed(desk: Desk, typed) -> dict[str, dict[str, str]]:
    """What the server computes of what stands on the page, as the page shows it."""
    if not any(item.computed for item in desk.form.items.values()):
        return {}
    values = understood_so_far(desk.form, typed)
    values |= computed_of(desk.form, values, site_id=desk.subject.site_id, others=desk.others, before=desk.record)
    return shown(desk.form, values)


def examined(desk: Desk, typed):
    """(errors, warnings, fired): sentences by item, and which check fired on which items."""
    answers, missing = entry.split(typed, desk.form)
    marked = {name: given for name, given in missing.items() if given["reason"].strip()}
    values, errors = examine.examined(desk.form, desk.visit_code, answers, marked, today=desk.subject.site.today())
    warnings: dict[str, list[str]] = {}
    fired = {}
    looks_at_it = desk.form.code in COMPONENTS or any(check.across for check in desk.form.checks)
    others = Others(desk.subject.pk, besides=desk.record) if looks_at_it and desk.record else desk.others
    values |= computed_of(
        desk.form, values, site_id=desk.subject.site_id, others=others, before=desk.record if looks_at_it else None
    )
    for check in desk.form.failed(values, desk.visit_code, others):
        item = check.named_items(desk.form)[-1 if check.hard else 0]
        fired[check.code] = (check.named_items(desk.form), check.sentence)
        if not check.hard:
            warnings.setdefault(item, []).append(f"{check.sentence} ({check.code})")
    if desk.form.purpose is Purpose.DISPENSING and (said := stock.trouble_with_bottle(desk.subject, values)):
        warnings.setdefault("kit", []).append(said)
    for item, sentences in cautions(desk.form, typed, desk.subject).items():
        warnings.setdefault(item, []).extend(sentences)
    return errors, warnings, fired


# -- statements


@cache
def _record_at(code: str) -> Lookup[Record]:
    found = records_of(code).objects.select_related("site", "visit", "created_by", "changed_by", "completed_by")
    found = found if trial.form(code).repeating else found.standing()
    return Lookup(
        lambda subject, visit, row: found.filter(subject_id=subject, visit_id=visit, row_number=row).order_by("pk")[:1]
    )


@cache
def _voided_at(code: str) -> Lookup[Record]:
    found = records_of(code).objects.filter(voided_at__isnull=False).order_by("-voided_at")
    found = found.select_related("voided_by", "created_by", "visit")
    return Lookup(lambda subject, visit: found.filter(subject_id=subject, visit_id=visit))


_MOVED_AWAY = Lookup(
    lambda subject, visit, form: (
        TakenBack.objects.filter(subject_id=subject, visit_id=visit, form=form)
        .select_related("to_visit", "taken_back_by")
        .order_by("-taken_back_at")
    )
)
