"""Many people do what they may, in any order: after each step signatures, locks and trail agree with the record.

Hypothesis chooses the steps. A deed may be refused; then nothing of it is stored. The whole is rolled back.
"""

import contextlib

import hypothesis
import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from crf import spec
from crf import trial as served
from crf.actions import compared, hold, lock, queries, sign, verify, verify_record, void
from crf.chart.held import LEVELS, Place
from crf.chart.signed_content import content_of, content_under
from crf.models import RECORDS, AuditEntry, CasebookLock, Hold, Query, RecordCheck, Signature, Site
from crf.refusals import Refusal
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
RATING, VISIT = trial.world.RATING, trial.world.DONE[0][0]
ITEM = next(iter(trial.world.ALARMING))
EVENTS = served.code_serving(spec.Purpose.ADVERSE_EVENTS)
#: Those who may, and one who may not.
SITE, SPONSOR = st.sampled_from(["ines", "ruth", "mona"]), st.sampled_from(["mona", "dana", "ines"])
SIGNING, LOCKING = st.sampled_from(["ines", "clara"]), st.sampled_from(["dana", "ines"])


class Record(RuleBasedStateMachine):
    """One subject and five people. `done` counts what was not refused, so that a machine that does nothing fails."""

    done = 0

    @initialize()
    def begin(self):
        self.leave = contextlib.ExitStack()
        self.leave.enter_context(seeing(Site.objects.all()))
        self.leave.enter_context(transaction.atomic())
        self.leave.callback(transaction.set_rollback, True)
        self.subject = trial.subject(trial.TREATED)
        self.events, self.frozen = self.count(), {}

    def teardown(self):
        if hasattr(self, "leave"):
            with self.leave:
                assert verify_record.verify(cause=RecordCheck.Cause.BY_HAND).findings == []

    def record(self):
        """The rating that stands; None once it was voided."""
        return RECORDS[RATING].objects.standing().filter(subject=self.subject, visit__code=VISIT).first()

    def count(self) -> int:
        return AuditEntry.objects.filter(subject=self.subject.pk).count()

    def tried(self, deed) -> None:
        """The deed in a savepoint: where it is refused, not one event was written."""
        before = self.count()
        try:
            with transaction.atomic():
                deed()
        except Refusal:
            assert self.count() == before
        else:
            Record.done += 1

    @rule(by=SITE, value=st.sampled_from("0123"))
    def change(self, by, value):
        if self.record():
            self.tried(lambda: trial.change(self.subject, VISIT, RATING, by, reason="Read wrongly", **{ITEM: value}))

    @rule(by=SPONSOR)
    def ask(self, by):
        if record := self.record():
            self.tried(lambda: queries.ask(record=record, item=ITEM, text="Is this right?", by=trial.person(by)))

    @rule(by=SITE | SPONSOR, deed=st.sampled_from(["answer", "close", "reopen", "cancel"]))
    def settle(self, by, deed):
        query = Query.objects.filter(subject=self.subject).order_by("-pk").first()
        if query:
            said = {
                "answer": {"text": "It is"},
                "close": {},
                "reopen": {"text": "Look again"},
                "cancel": {"text": "Mistake"},
            }
            words = said[deed]
            self.tried(lambda: getattr(queries, deed)(query=query, by=trial.person(by), **words))

    @rule(by=SIGNING)
    def sign(self, by):
        shown = content_of(self.subject).sha256
        self.tried(lambda: sign.sign_casebook(subject=self.subject, shown_sha256=shown, by=trial.person(by)))

    @rule(by=LOCKING)
    def lock(self, by):
        who = trial.person(by)
        self.tried(lambda: lock.lock_casebook(subject=self.subject, by=who, reason="Reviewed", despite=True))

    @rule(by=LOCKING)
    def lift(self, by):
        self.tried(lambda: lock.lift_casebook(subject=self.subject, by=trial.person(by), reason="One correction"))

    @rule(by=LOCKING, level=st.sampled_from(sorted(LEVELS)), locks=st.booleans())
    def freeze_or_lock(self, by, level, locks):
        """At every level; most people may not, and whole casebooks are locked elsewhere."""
        place, who = self.place(level), trial.person(by)
        if level == "item" and place.record is None:
            return
        if locks:
            self.tried(lambda: hold.lock(place=place, by=who, reason="Reviewed", despite=True))
        else:
            self.tried(lambda: hold.freeze(place=place, by=who, reason="Cleaned"))

    @rule(by=LOCKING)
    def lift_what_was_placed_first(self, by):
        if stands := Hold.objects.standing().order_by("pk").first():
            self.tried(lambda: hold.lift(hold=stands, by=trial.person(by), reason="One correction"))

    @rule(by=SPONSOR)
    def verify(self, by):
        if record := self.record():
            seen = [verify.Seen(RATING, record.pk, record.version)]
            self.tried(lambda: verify.verify(subject=self.subject, seen=seen, by=trial.person(by)))

    @rule()
    def enter_anew(self):
        """Another row, where one may be added: the log of what the site saw."""
        on, last = self.subject.site.today(), RECORDS[EVENTS].objects.filter(subject=self.subject).count()
        self.tried(lambda: trial.fill(self.subject, None, EVENTS, on, "clara", row=last + 1))

    def place(self, level: str) -> Place:
        form, visit = served.form(RATING), trial.visit_of(self.subject, VISIT)
        record, site = self.record(), self.subject.site
        return {
            "item": Place(site, self.subject, visit, form, 1, record, ITEM),
            "form": Place(site, self.subject, visit, form),
            "visit": Place(site, self.subject, visit),
            "subject": Place(site, self.subject),
            "site": Place(site),
            "study": Place(),
        }[level]

    @invariant()
    def what_is_locked_is_what_was_hashed_and_what_is_frozen_did_not_change(self):
        if not hasattr(self, "subject"):
            return
        for one in Hold.objects.standing():
            place = Place.of(one)
            if one.kind == Hold.Kind.LOCK:
                assert compared.lock_at(place, one).agrees
            record = self.record()
            now = (record.pk, getattr(record, ITEM)) if record else None
            assert self.frozen.setdefault(one.pk, now) == now
        standing = set(Hold.objects.standing().values_list("pk", flat=True))
        self.frozen = {pk: value for pk, value in self.frozen.items() if pk in standing}

    @rule(by=SIGNING)
    def void(self, by):
        if record := self.record():
            self.tried(lambda: void.void(record=record, by=trial.person(by), reason="Entered twice"))

    @invariant()
    def every_event_is_as_hashed_and_every_signature_stands_on_what_is_stored(self):
        if not hasattr(self, "subject"):
            return
        assert self.count() >= self.events
        assert all(entry.is_as_hashed for entry in AuditEntry.objects.filter(subject=self.subject.pk, sequence__gt=40))
        for signature in Signature.objects.standing().filter(subject=self.subject):
            assert content_under(signature).sha256 == signature.content_sha256
        assert CasebookLock.objects.filter(subject=self.subject, lifted_at__isnull=True).count() <= 1


@pytest.mark.req("AUD-01")
@pytest.mark.req("SIG-05")
@pytest.mark.req("LCK-01")
@pytest.mark.req("QRY-01")
def test_in_whatever_order_people_work_the_record_agrees_with_its_trail(db, settings, tmp_path):
    settings.ANCHORS, settings.ANCHOR_KEY_FILE = tmp_path / "anchors", tmp_path / "anchor.key"
    few = hypothesis.settings(
        max_examples=7,
        stateful_step_count=16,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    run_state_machine_as_test(Record, settings=few)
    assert Record.done > 5
