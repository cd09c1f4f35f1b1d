"""Walks the demo's subjects through the trial by deeds, as people would: nothing is written past them.

What happens to whom is told by a story (crf/spec/demo.py); who does it when follows from the declarations. The clock
that the deeds read is moved to the day of each visit; the audit trail's own times are the database's and stay true.
Steps that were taken are not taken again, so a running trial is carried on where it stands.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from django.utils import timezone

from crf import permissions, spec, trial
from crf.actions import alerts, enrol, enter, queries, randomise, visits
from crf.chart.dose import dose_on, prescriptions
from crf.chart.others import Others
from crf.chart.standing import Standing
from crf.models import RECORDS, Alert, Query, Record, Site, Subject, User, Visit
from crf.refusals import NotEligible
from crf.rehearsal import supplies
from crf.rehearsal.review import review_visit
from crf.rehearsal.typical import typical
from crf.rules.ladder import Decision, prescribed_on
from crf.rules.study_day import study_day
from crf.spec.demo import Episode, Fate, Moment, Plan, Story, Turn

P = spec.Purpose
#: Forms of the baseline visit that follow randomisation.
AFTER_RANDOMISATION = frozenset(form.code for form in trial.FORMS if form.after_randomisation)
#: The planned visits after baseline, in order.
AFTER_BASELINE = tuple(
    visit.code for visit in trial.VISITS if visit.is_planned and visit.code not in trial.BEFORE_RANDOMISATION
)
#: How treatment and study end, by what a trial knows of it: the first of these codes that its form has.
COMPLETED = ("COMPLETED",)
STOPPED = ("LACK OF EFFICACY", "ADVERSE EVENT", "WITHDRAWAL BY SUBJECT", "OTHER")
LEFT = ("WITHDRAWAL BY SUBJECT", "LOST TO FOLLOW-UP", "OTHER")


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

    def __init__(self, begun: date, until: date, story: Story, *, is_finishing: bool):
        self.begun, self.until, self.story, self.is_finishing = begun, until, story, is_finishing
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

    def date_of_visit(self, plan: Plan, code: str) -> date:
        if code == trial.SCREENING:
            return self.date_of(plan.screened)
        return self.date_of(plan.day_of(trial.visit(code).day, code))

    # -- one subject

    def subject(self, plan: Plan) -> None:
        """Everything that happened to the subject until today."""
        if self.date_of(plan.screened) > self.until or not self.screening(plan):
            return
        for code in trial.BEFORE_RANDOMISATION[1:-1]:
            if not self.visit(plan, Fate(), code):
                return
        if self.date_of(plan.first_dose) > self.until or not self.baseline(plan):
            return
        fate = self.story.fate(plan.number)
        for code in AFTER_BASELINE:
            if fate.leaves_at == code:
                self.leave(plan, fate)
                return
            if not self.visit(plan, fate, code):
                return
            for episode in fate.episodes:
                if episode.after == code:
                    self.episode(plan, episode)
            if fate.stops_at == code:  # a day later: what was prescribed at the visit was meant to be taken
                on = self.date_of_visit(plan, code)
                self.end_of_treatment(plan, STOPPED, on + timedelta(days=1), last_dose_on=on)
            elif code == trial.LAST_TREATMENT_VISIT:
                self.end_of_treatment(plan, COMPLETED, self.date_of_visit(plan, code))
        self.end_of_study(plan, COMPLETED, self.date_of_visit(plan, AFTER_BASELINE[-1]))

    def found(self, plan: Plan) -> Subject:
        return Subject.objects.select_related("site").get(number=plan.number)

    def screening(self, plan: Plan) -> bool:
        """The screening visit; false where the subject goes no further."""
        on = self.date_of(plan.screened)
        with self.on_day(on):
            if not Subject.objects.filter(number=plan.number).exists():
                made = enrol.enrol(site=self.sites[plan.site], screened_on=on, by=self.person("coordinator", plan.site))
                if made.number != plan.number:
                    raise RuntimeError(f"The demo expected the number {plan.number}, not {made.number}.")
            subject = self.found(plan)
            visit = subject.visits.get(code=trial.SCREENING)
            if plan.fails:
                for code, answers in plan.fails.forms.items():
                    self.save(code, subject, visit, on, **answers)
                self.fail(plan, subject, plan.fails.reasons)
            if subject.is_screen_failure or plan.fails:
                return False
            is_begun_only = plan.only_consented and not self.is_finishing
            first = {trial.code_serving(P.CONSENT), trial.code_serving(P.DEMOGRAPHY)}
            self.fill(subject, visit, on, only=first if is_begun_only else None)
            if not is_begun_only:
                self.complete(visit, on)
        return not is_begun_only

    def fail(self, plan: Plan, subject: Subject, reasons) -> None:
        if not subject.is_screen_failure:
            enrol.fail_screening(subject=subject, reasons=list(reasons), by=self.person("investigator", plan.site))

    def baseline(self, plan: Plan) -> bool:
        """Baseline, attestation, randomisation and first dose; false where the subject is not randomised.

        Whom the protocol does not let through (a gate, a criterion) is kept as a screen failure, with its reasons.
        """
        on = self.date_of(plan.first_dose)
        investigator = self.person("investigator", plan.site)
        with self.on_day(on):
            subject = self.found(plan)
            visit = subject.visits.get(code=trial.BASELINE)
            self.fill(subject, visit, on, without=AFTER_RANDOMISATION)
            if self.is_finishing:
                self.acknowledge(subject.pk, plan.site)
            try:
                if subject.attested_at is None:
                    subject = enrol.attest(subject=subject, by=investigator)
                if plan.waits and not self.is_finishing:
                    return False  # attested and ready: whoever looks at the demo randomises this one
                if not subject.is_randomised:
                    randomise.randomise(subject=subject, by=investigator)
            except NotEligible as refused:
                self.fail(plan, self.found(plan), refused.details or [refused.sentence])
                return False
            subject = self.found(plan)
            self.fill(subject, visit, on)
            self.complete(visit, on)
        return True

    def visit(self, plan: Plan, fate: Fate, code: str) -> bool:
        """One visit with everything due; false when it lies ahead or stands open in the running demo."""
        on = self.date_of_visit(plan, code)
        if self.is_to_come(plan, code):
            return False
        with self.on_day(on):
            subject = self.found(plan)
            visit = subject.visits.get(code=code)
            if visit.state != Visit.State.PLANNED:
                return True
            if fate.missed == code:
                return self.miss(plan, visit)
            self.fill(subject, visit, on)
            self.complete(visit, on)
        return True

    def is_to_come(self, plan: Plan, code: str) -> bool:
        """Whether the visit lies ahead, or stands open in the running demo."""
        return self.date_of_visit(plan, code) > self.until or (code in plan.not_yet and not self.is_finishing)

    def miss(self, plan: Plan, visit: Visit) -> bool:
        """The visit is called missed when the next window has opened."""
        following = AFTER_BASELINE[AFTER_BASELINE.index(visit.code) + 1]
        on = self.date_of_visit(plan, following)
        if on > self.until:
            return False
        with self.on_day(on):
            visits.miss(visit=visit, because="AWAY", by=self.person("coordinator", plan.site))
        return True

    def episode(self, plan: Plan, episode: Episode) -> None:
        """The turns of an episode, once its last day is past; told once."""
        after, subject = self.date_of_visit(plan, episode.after), self.found(plan)
        days = [after + timedelta(days=turn.days) for turn in episode.turns]
        if days[-1] > self.until or any(self.is_told(subject, turn) for turn in episode.turns):
            return
        for on, turn in zip(days, episode.turns, strict=True):
            with self.on_day(on):
                self.turn(plan, self.found(plan), turn, on)

    def is_told(self, subject: Subject, turn: Turn) -> bool:
        if turn.unscheduled and subject.visits.filter(code=trial.UNSCHEDULED).exists():
            return True
        return any(RECORDS[code].objects.standing().filter(subject=subject).exists() for code in turn.logs)

    def turn(self, plan: Plan, subject: Subject, turn: Turn, on: date) -> None:
        for code, answers in turn.logs.items():
            days = {name: on.isoformat() for name in ("onset", "resolved") if name in trial.form(code).items}
            self.save(code, subject, None, on, **days | dict(answers))
        for code, answers in turn.corrects.items():
            self.correct(plan, subject, code, on, answers)
        if turn.unscheduled:
            coordinator = self.person("coordinator", plan.site)
            visit = visits.begin_unplanned(subject=subject, code=trial.UNSCHEDULED, by=coordinator)
            for code, answers in turn.unscheduled.items():
                self.save(code, subject, visit, on, **answers)
            self.complete(visit, on)

    def correct(self, plan: Plan, subject: Subject, code: str, on: date, answers: Mapping[str, str]) -> None:
        """A row of a log form is carried on: what is answered now applies, dates that come up are of today."""
        record = RECORDS[code].objects.standing().get(subject=subject)
        form = record.form
        kept = {name: form.items[name].kind.raw(value) for name, value in record.values().items() if value is not None}
        comes_up = {name: on.isoformat() for name in ("resolved",) if name in form.items}
        enter.save(
            form=form,
            subject=subject,
            visit=None,
            by=self.by(code, plan.site),
            answers=typical(form, None, on, **kept | comes_up | dict(answers)),
            version=record.version,
            reason="Follow-up of the event",
        )

    def leave(self, plan: Plan, fate: Fate) -> None:
        """Early termination a day after the planned visit; the subject wants no further visits."""
        on = self.date_of_visit(plan, fate.leaves_at) + timedelta(days=1)
        if on > self.until:
            return
        with self.on_day(on):
            subject = self.found(plan)
            if trial.EARLY_TERMINATION is not None:
                if subject.visits.filter(code=trial.EARLY_TERMINATION).exists():
                    return
                visit = visits.begin_unplanned(
                    subject=subject, code=trial.EARLY_TERMINATION, by=self.person("coordinator", plan.site)
                )
                self.fill(subject, visit, on, rated_as=fate.leaves_at)
                self.complete(visit, on)
        self.end_of_treatment(plan, STOPPED, on, visits_go_on="N", last_dose_on=on - timedelta(days=1))
        self.end_of_study(plan, LEFT, on)

    def end_of_treatment(
        self, plan: Plan, reasons, on: date, *, visits_go_on: str = "Y", last_dose_on: date | None = None
    ) -> None:
        code = trial.code_serving(P.END_OF_TREATMENT)
        if code is None or on > self.until:
            return
        form, last = trial.form(code), last_dose_on or on
        if trial.DOSING is not None:
            last = min(self.date_of(plan.first_dose + trial.DOSING.last_day - 1), last)
        said = {"last_dose_on": last.isoformat(), "reason": reason_of(form, reasons), "visits_go_on": visits_go_on}
        with self.on_day(on):
            self.save(code, self.found(plan), None, on, **{name: said[name] for name in said if name in form.items})

    def end_of_study(self, plan: Plan, reasons, on: date) -> None:
        code = trial.code_serving(P.END_OF_STUDY)
        if code is None or on > self.until:
            return
        withdrawn = "N" if reasons is COMPLETED else "Y"
        with self.on_day(on):
            reason = reason_of(trial.form(code), reasons)
            self.save(code, self.found(plan), None, on, reason=reason, consent_withdrawn=withdrawn)
            supplies.destroy_of(self, self.found(plan))

    # -- forms

    @contextmanager
    def on_day(self, on: date) -> Iterator[None]:
        """At three in the afternoon of the day, UTC: a day of work almost everywhere."""
        with clock_at(datetime.combine(on, time(15, 0), tzinfo=UTC)):
            yield

    def fill(self, subject, visit, on, *, without=frozenset(), only=None, rated_as=None) -> None:
        """Every form that is due at the visit and not there yet, in prompted order."""
        standing = Standing.of(subject)
        for form, is_required in standing.due_at(next(one for one in standing.visits if one.pk == visit.pk)):
            if not is_required or form.code in without or (only and form.code not in only):
                continue
            if standing.at(form.code, visit):
                continue
            for row, given in enumerate(form.typical_rows, start=1):
                self.enter(form.code, subject, visit, on, rated_as=rated_as, row=row, **given)

    def save(self, code, subject, visit, on, **given) -> None:
        """One record, unless it is there."""
        if not RECORDS[code].objects.standing().filter(subject=subject, visit=visit).exists():
            self.enter(code, subject, visit, on, **given)

    def enter(self, code, subject, visit, on, *, rated_as=None, row=1, **given) -> Record:
        """One record: typical answers, what the engine knows, the subject's story, and what is given."""
        form = trial.form(code)
        moment = self.moment(subject, visit, on, rated_as)
        answers = self.known(form, subject, on, given) | dict(self.story.answers(code, moment)) | given
        try:
            saved = enter.save(
                form=form,
                subject=subject,
                visit=visit,
                by=self.by(code, subject.site.code),
                row=row,
                answers=typical(form, visit.code if visit else None, on, **answers),
            )
        except Exception as trouble:
            trouble.add_note(f"{code} at {visit.code}" if visit else code)
            raise
        if trial.serves(form, P.DISPENSING):
            supplies.hand_out(self, subject)
        elif trial.serves(form, P.RETURNS):
            supplies.take_back(self, subject)
        return saved.record

    def moment(self, subject: Subject, visit: Visit | None, on: date, rated_as: str | None = None) -> Moment:
        chart, begun = Others(subject.pk), subject.first_dose_on

        @cache
        def history():
            return prescriptions(chart, begun or on)

        return Moment(
            number=subject.number,
            site=subject.site.code,
            kit=subject.kit or "",
            screened_on=subject.screened_on,
            first_dose_on=begun,
            on=on,
            visit=visit.code if visit else None,
            rated=rated_as or (visit.code if visit else None),
            until=self.until,
            chart=chart,
            prescribed_mg=lambda day: prescribed_on(history(), day),
        )

    def known(self, form: type[spec.Form], subject: Subject, on: date, given: Mapping[str, str]) -> dict[str, str]:
        """What people would read elsewhere: the dose that the protocol proposes, the kit that was assigned."""
        if trial.serves(form, P.DISPENSING) and subject.kit:
            return {"kit": subject.kit}
        if trial.serves(form, P.RETURNS) and trial.LADDER is not None and subject.first_dose_on:
            return self.taken(subject, on)
        if not trial.serves(form, P.DOSING):
            return {}
        if "decision" in given:
            return {"effective_on": on.isoformat()}
        panel = on - timedelta(days=3)
        view = dose_on(subject, Others(subject.pk), day_1=subject.first_dose_on or on, on=on, panel_on=panel)
        stays = {}
        if view.proposal.must_judge:  # it was judged, and the dose kept
            first = str(form.items["reason"].kind.codes[0][0]) if "reason" in form.items else ""
            stays = {"decision": str(Decision.MAINTAIN), "as_planned": "N", "reason": first}
        found = {
            "decision": str(view.proposal.decision),
            "prescribed_mg": str(view.proposal.mg),
            "effective_on": (on + timedelta(days=max(view.effective_in, 0))).isoformat(),
            "as_planned": "Y",
            "panel_on": panel.isoformat() if view.proposal.decision == "STEP_UP" else "",
        }
        return {name: text for name, text in (found | stays).items() if name in form.items and text}

    def taken(self, subject: Subject, on: date) -> dict[str, str]:
        """What was prescribed was taken, and no more, up to the day before or to the end of treatment."""
        last = min(on - timedelta(days=1), (subject.treatment_ended_on or on) - timedelta(days=1))
        history = prescriptions(Others(subject.pk), subject.first_dose_on)
        mg = prescribed_on(history, study_day(last, day_1=subject.first_dose_on)) if history else 0
        if not trial.LADDER.is_dose(mg):
            return {}
        day = last.isoformat()
        return {"most_in_a_day": str(trial.LADDER.capsules_of(mg)), "most_on": day, "last_taken_on": day}

    def complete(self, visit: Visit, on: date) -> None:
        """The visit is settled, unless something keeps it open: an alert, or a form that lacks an answer."""
        visit.refresh_from_db()
        if visit.state != Visit.State.PLANNED:
            return
        site = next(code for code, one in self.sites.items() if one.pk == visit.site_id)
        if self.is_finishing or on + timedelta(days=self.story.alerts_stand) <= self.until:
            self.acknowledge(visit.subject_id, site)
        waits = Alert.objects.filter(
            visit=visit, is_blocking=True, acknowledged_at__isnull=True, no_longer_at__isnull=True
        ).exists()
        if not waits:
            visits.complete(visit=visit, by=self.person("coordinator", site), occurred_on=on)
            if not self.is_finishing:
                review_visit(self, visit, on)

    # -- what closes a trial

    def acknowledge(self, subject_id: int, site: str) -> None:
        """The investigator acts on every alert of the subject."""
        for alert in Alert.objects.filter(
            subject_id=subject_id, acknowledged_at__isnull=True, no_longer_at__isnull=True
        ):
            alerts.acknowledge(
                alert=alert,
                action="Seen the same day; no plan, no intent; contact again tomorrow.",
                by=self.person("investigator", site),
            )
        for alert in Alert.objects.prompting().filter(subject_id=subject_id):
            alerts.settle_prompts(
                alert=alert,
                reason="Judged with the alert: no event besides what is recorded.",
                by=self.person("investigator", site),
            )

    def laboratory(self, site: str) -> None:
        """The results of the site's samples that were on their way."""
        told = {plan.number for plan in self.story.plans if not plan.fails}
        for code, days in self.story.results.items():
            form, waiting = trial.form(code), RECORDS[code].objects.standing().filter(site__code=site)
            for record in waiting.select_related("subject__site", "visit"):
                drawn_on = getattr(record, form.dated)
                on = drawn_on + timedelta(days=days)
                if record.subject.number not in told or on > self.until:
                    continue
                with self.on_day(on):
                    kept = {name: form.items[name].kind.raw(value) for name, value in record.values().items()}
                    story = self.story.answers(code, self.moment(record.subject, record.visit, drawn_on))
                    if kept | dict(story) == kept:
                        continue
                    enter.save(
                        form=form,
                        subject=record.subject,
                        visit=record.visit,
                        answers=kept | dict(story),
                        version=record.version,
                        by=self.by(code, record.subject.site.code),
                        reason="Result of the laboratory",
                    )

    def ask(self) -> None:
        """The queries of the monitor that the story tells; some are answered."""
        for question in self.story.questions:
            found = RECORDS[question.form].objects.filter(subject__number=question.number, visit__code=question.visit)
            record = found.select_related("site").first()
            if record is None:
                continue
            site = record.site.code
            asked = queries.ask(record=record, item=question.item, text=question.text, by=self.person("monitor", site))
            if question.answer:
                queries.answer(query=asked, text=question.answer, by=self.by(question.form, site))

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


def reason_of(form: type[spec.Form], reasons) -> str:
    """The first of the reasons that the form knows; else its last one, which is usually “other”."""
    codes = [str(code) for code, _ in form.items["reason"].kind.codes]
    return next((reason for reason in reasons if reason in codes), codes[-1])
