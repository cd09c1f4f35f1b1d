"""Walks the demo's subjects through the trial by deeds, as people would: nothing is written past them.

The clock that the deeds read is moved to the day of each visit; the audit trail's own times are the database's and stay
true. Steps that were taken are not taken again, so a running trial is carried on where it stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from django.utils import timezone

from crf import permissions, trial
from crf.actions import alerts, enrol, enter, queries, randomise, visits
from crf.chart.standing import AFTER_RANDOMISATION, Standing
from crf.models import RECORDS, Alert, Query, Site, Subject, User, Visit
from crf.rehearsal import answers as demo_answers
from crf.rehearsal.calendar import Plan
from crf.rehearsal.outcomes import Outcome
from crf.rehearsal.review import review_visit
from crf.rehearsal.typical import typical

WEEKS = {code: place for place, code in enumerate(trial.ANALYSED, start=1)}


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let `timezone.now()` answer with this moment: the demo's only, and only while it is built."""
    true = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = true


class Walk:
    """The demo as it is on the day `until`; `begun` is its day zero."""

    def __init__(self, begun: date, until: date, outcomes: dict[str, Outcome], *, is_finishing: bool):
        self.begun, self.until, self.outcomes, self.is_finishing = begun, until, outcomes, is_finishing
        self.sites = {site.code: site for site in Site.objects.all()}

    # -- people and days

    @cache  # noqa: B019 - a walk lives as long as the command
    def person(self, role: str, site: str) -> User:
        """Somebody who holds the role at the site; the role is read on the first day and holds throughout."""
        held = self.sites[site].roles_held.select_related("user").filter(role=role).order_by("pk").first()
        return held.user

    def by(self, form: str, site: str) -> User:
        return self.person(permissions.may_enter_form(trial.form(form))[0], site)

    def date_of(self, day: int) -> date:
        return self.begun + timedelta(days=day)

    # -- one subject

    def subject(self, plan: Plan) -> None:
        """Everything that happened to the subject until today."""
        self.screening(plan)
        if plan.fails or (plan.only_consented and not self.is_finishing):
            return
        outcome = self.outcomes[plan.number]
        if self.date_of(plan.first_dose) > self.until:
            return
        if not self.baseline(plan, outcome):
            return
        for code in ("D4", *trial.ANALYSED):
            if outcome.leaves_at == code:
                self.leave(plan, outcome)
                return
            if not self.visit(plan, outcome, code):
                return
            if outcome.is_interrupted and code == demo_answers.INTERRUPTED_AFTER:
                self.pause(plan)
        self.end_of_treatment(plan)
        if self.visit(plan, outcome, "FU"):
            self.end_of_study(plan, "COMPLETED", self.date_of(plan.day_of("FU")))

    def found(self, plan: Plan) -> Subject:
        return Subject.objects.select_related("site").get(number=plan.number)

    def screening(self, plan: Plan) -> None:
        on = self.date_of(plan.screened)
        with self.on_day(on):
            if not Subject.objects.filter(number=plan.number).exists():
                made = enrol.enrol(site=self.sites[plan.site], screened_on=on, by=self.person("coordinator", plan.site))
                if made.number != plan.number:
                    raise RuntimeError(f"The demo expected the number {plan.number}, not {made.number}.")
            subject = self.found(plan)
            if plan.fails:
                self.fail(plan, subject, on)
                return
            visit = subject.visits.get(code=trial.SCREENING)
            outcome = self.outcomes[plan.number]
            only = {"CONSENT", "DEMOG"} if plan.only_consented and not self.is_finishing else None
            self.fill(subject, visit, on, outcome, only=only)
            if only is None:
                self.complete(visit, on)

    def fail(self, plan: Plan, subject: Subject, on: date) -> None:
        if subject.is_screen_failure:
            return
        visit = subject.visits.get(code=trial.SCREENING)
        self.save("CONSENT", subject, visit, on)
        self.save("DEMOG", subject, visit, on, sex="M")
        self.save("ELIG", subject, visit, on, e1="Y")
        investigator = self.person("investigator", plan.site)
        enrol.fail_screening(subject=subject, reasons=["E1 Any seizure ever"], by=investigator)

    def baseline(self, plan: Plan, outcome: Outcome) -> bool:
        """Baseline, attestation, randomisation and first dose; false where the running demo stops before one."""
        on = self.date_of(plan.first_dose)
        investigator = self.person("investigator", plan.site)
        with self.on_day(on):
            subject = self.found(plan)
            visit = subject.visits.get(code=trial.BASELINE)
            self.fill(subject, visit, on, outcome, without=AFTER_RANDOMISATION)
            if subject.attested_at is None:
                enrol.attest(subject=subject, by=investigator)
            if plan.number.startswith("JER") and plan.first_dose == 0 and not self.is_finishing:
                return False  # attested and ready: whoever looks at the demo randomises this one
            if not subject.is_randomised:
                randomise.randomise(subject=subject, by=investigator)
                subject = self.found(plan)
            self.fill(subject, visit, on, outcome)
            self.complete(visit, on)
        return True

    def visit(self, plan: Plan, outcome: Outcome, code: str) -> bool:
        """One visit with everything due; false when it lies ahead or stands open in the running demo."""
        on = self.date_of(plan.day_of(code))
        if on > self.until or (code in plan.not_yet and not self.is_finishing):
            return False
        with self.on_day(on):
            subject = self.found(plan)
            visit = subject.visits.get(code=code)
            if visit.state != Visit.State.PLANNED:
                return True
            if outcome.missed == code:
                return self.miss(plan, visit)
            self.fill(subject, visit, on, outcome)
            self.complete(visit, on)
        return True

    def miss(self, plan: Plan, visit: Visit) -> bool:
        """The visit is called missed when the next window has opened."""
        following = trial.ANALYSED[WEEKS[visit.code]]
        on = self.date_of(plan.day_of(following))
        if on > self.until:
            return False
        with self.on_day(on):
            visits.miss(visit=visit, reason="The subject was travelling", by=self.person("coordinator", plan.site))
        return True

    def pause(self, plan: Plan) -> None:
        """Two unscheduled visits: the drug is interrupted for a headache, and taken again when it has passed."""
        begins = self.date_of(plan.day_of(demo_answers.INTERRUPTED_AFTER) + demo_answers.PAUSE_BEGINS)
        ends = self.date_of(plan.day_of(demo_answers.INTERRUPTED_AFTER) + demo_answers.PAUSE_ENDS)
        subject = self.found(plan)
        if ends > self.until or subject.visits.filter(code=trial.UNSCHEDULED).exists():
            return
        with self.on_day(begins):
            self.save("AE", subject, None, begins, **demo_answers.headache(begins.isoformat()))
            self.unscheduled(plan, subject, begins, **demo_answers.interruption(begins))
        with self.on_day(ends):
            event = RECORDS["AE"].objects.standing().get(subject=subject)
            over = {"ongoing": "N", "resolved": ends.isoformat(), "outcome": "RECOVERED/RESOLVED"}
            answers = typical(event.form, None, begins, **demo_answers.headache(event.onset) | over)
            enter.save(
                form=event.form,
                subject=subject,
                visit=None,
                by=self.by("AE", plan.site),
                answers=answers,
                version=event.version,
                reason="Follow-up of the event",
            )
            self.unscheduled(plan, subject, ends)

    def unscheduled(self, plan: Plan, subject: Subject, on: date, **decided) -> None:
        """A visit for a decision about the dose."""
        coordinator = self.person("coordinator", plan.site)
        visit = visits.begin_unplanned(subject=subject, code=trial.UNSCHEDULED, by=coordinator)
        self.save("DOSING", subject, visit, on, **decided)
        self.complete(visit, on)

    def leave(self, plan: Plan, outcome: Outcome) -> None:
        """Early termination a day after the planned visit; the subject wants no further visits."""
        on = self.date_of(plan.day_of(outcome.leaves_at) + 1)
        if on > self.until:
            return
        with self.on_day(on):
            subject = self.found(plan)
            if subject.visits.filter(code=trial.EARLY_TERMINATION).exists():
                return
            visit = visits.begin_unplanned(
                subject=subject, code=trial.EARLY_TERMINATION, by=self.person("coordinator", plan.site)
            )
            self.fill(subject, visit, on, outcome, rated_as=outcome.leaves_at)
            self.complete(visit, on)
            self.save(
                "EOT",
                subject,
                None,
                on,
                last_dose_on=(on - timedelta(days=1)).isoformat(),
                reason="LACK OF EFFICACY",
                visits_go_on="N",
            )
        self.end_of_study(plan, "WITHDRAWAL BY SUBJECT", on)

    def end_of_treatment(self, plan: Plan) -> None:
        on = self.date_of(plan.day_of("W6"))
        if on > self.until:
            return
        with self.on_day(on):
            subject = self.found(plan)
            last = min(self.date_of(plan.first_dose + trial.LADDER.last_day - 1), on)
            self.save("EOT", subject, None, on, last_dose_on=last.isoformat(), reason="COMPLETED", visits_go_on="Y")

    def end_of_study(self, plan: Plan, reason: str, on: date) -> None:
        with self.on_day(on):
            withdrawn = "Y" if reason.startswith("WITHDRAWAL") else "N"
            self.save("EOS", self.found(plan), None, on, reason=reason, consent_withdrawn=withdrawn)

    # -- forms

    @contextmanager
    def on_day(self, on: date) -> Iterator[None]:
        """At three in the afternoon of the day, UTC: afternoon at the sites too."""
        with clock_at(datetime.combine(on, time(15, 0), tzinfo=UTC)):
            yield

    def fill(self, subject, visit, on, outcome, *, without=frozenset(), only=None, rated_as=None) -> None:
        """Every form that is due at the visit and not there yet, in prompted order."""
        standing = Standing.of(subject)
        for form, is_required in standing.due_at(next(one for one in standing.visits if one.pk == visit.pk)):
            if not is_required or form.code in without or (only and form.code not in only):
                continue
            if standing.at(form.code, visit):
                continue
            rows = {"LAB": demo_answers.panel(), "ADTRIAL": demo_answers.EARLIER_DRUGS}.get(form.code, [{}])
            for row, given in enumerate(rows, start=1):
                self.enter(form.code, subject, visit, on, outcome, rated_as=rated_as, row=row, **given)

    def save(self, code, subject, visit, on, outcome=None, **given) -> None:
        """One record, unless it is there."""
        if not RECORDS[code].objects.standing().filter(subject=subject, visit=visit).exists():
            self.enter(code, subject, visit, on, outcome, **given)

    def enter(self, code, subject, visit, on, outcome=None, *, rated_as=None, row=1, **given) -> None:
        """One record: typical answers, and those of the subject's story."""
        form = trial.form(code)
        rated = rated_as or (visit.code if visit else None)
        story = demo_answers.answers(code, subject, on, outcome, rated, until=self.until)
        enter.save(
            form=form,
            subject=subject,
            visit=visit,
            by=self.by(code, subject.site.code),
            row=row,
            answers=typical(form, visit.code if visit else None, on, **story | given),
        )

    def complete(self, visit: Visit, on: date) -> None:
        """The visit is settled, unless something keeps it open: an alert, or a form that lacks an answer."""
        visit.refresh_from_db()
        if visit.state != Visit.State.PLANNED:
            return
        site = next(code for code, one in self.sites.items() if one.pk == visit.site_id)
        if self.is_finishing:
            self.acknowledge(visit.subject_id, site)
        waits = Alert.objects.filter(visit=visit, is_blocking=True, acknowledged_at__isnull=True).exists()
        if not waits:
            visits.complete(visit=visit, by=self.person("coordinator", site), occurred_on=on)
            if not self.is_finishing:
                review_visit(self, visit, on)

    # -- what closes a trial

    def acknowledge(self, subject_id: int, site: str) -> None:
        """The investigator acts on every alert of the subject."""
        for alert in Alert.objects.filter(subject_id=subject_id, acknowledged_at__isnull=True):
            alerts.acknowledge(
                alert=alert,
                action="Seen the same day; no plan, no intent; contact again tomorrow.",
                by=self.person("investigator", site),
            )

    def laboratory(self, site: str) -> None:
        """The results of the site's glycine samples that were on their way."""
        form = trial.form("GLYCINE")
        waiting = RECORDS["GLYCINE"].objects.standing().filter(result__isnull=True, site__code=site)
        for record in waiting.select_related("subject__site", "visit"):
            outcome = self.outcomes.get(record.subject.number)
            if outcome is None:
                continue
            with self.on_day(record.drawn_on + timedelta(days=demo_answers.LABORATORY_DAYS)):
                given = {name: form.items[name].kind.raw(value) for name, value in record.values().items()}
                given |= demo_answers.glycine(outcome, record.drawn_on)
                enter.save(
                    form=form,
                    subject=record.subject,
                    visit=record.visit,
                    answers=given,
                    version=record.version,
                    by=self.by("GLYCINE", record.subject.site.code),
                    reason="Result of the laboratory",
                )

    def settle_queries(self) -> None:
        """The site answers, the monitor closes."""
        for query in Query.objects.filter(state__in=["open", "answered"]).select_related("site"):
            if query.state == Query.State.OPEN:
                queries.answer(
                    query=query,
                    text="Checked against the source: correct as entered.",
                    by=self.person("investigator", query.site.code),
                )
            queries.close(query=query, by=self.person("monitor", query.site.code))
