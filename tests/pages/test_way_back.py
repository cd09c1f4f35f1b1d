"""The way back: what was saved or said by mistake is taken back with a reason, and shown struck through."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crf import trial as served
from crf.actions import queries, sign, verify, visits
from crf.actions.act import act
from crf.chart.signed_content import content_of
from crf.chart.standing import Standing
from crf.models import RECORDS, AuditEntry, Draft, Query, Signature, Site, Subject, TakenBack, Visit
from crf.papers.printed_casebook import filled
from crf.rehearsal.walk import clock_at
from tests import trial
from tests.pages.test_deeds_by_page import sign_in, text_of
from tests.pages.test_once import Forms
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.every_trial, pytest.mark.django_db]
FORM, VISIT, NEXT = trial.world.RATING, trial.world.DONE[0][0], trial.world.NEXT
OF_THE_SUBJECT = f"/subjects/{trial.TREATED}/"


@pytest.fixture
def subject():
    with seeing(Site.objects.all()):
        yield trial.subject(trial.TREATED)


def here(function):
    """Look while all sites are seen; a request closes them again."""
    with seeing(Site.objects.all()):
        return function()


def stands(form: str, visit: str) -> bool:
    found = RECORDS[form].objects.standing().filter(subject__number=trial.TREATED, visit__code=visit)
    return here(found.exists)


@pytest.mark.finding("F-301")
def test_a_form_at_the_wrong_visit_is_voided_and_its_place_is_free(client, subject):
    on = subject.site.today()
    trial.fill(subject, NEXT, FORM, on, "ines", **trial.world.given(FORM, NEXT))
    record = trial.record_of(subject, FORM, NEXT)
    query = queries.ask(record=record, text="When was it?", by=trial.person("mona"))
    assert trial.visit_of(subject, NEXT).occurred_on == on
    page = f"{OF_THE_SUBJECT}{NEXT}/{FORM}/"
    assert "Void this form" in text_of(sign_in(client, "ines").get(page))
    assert client.post(page + "void/", {"reason": "Of another subject"}).status_code == 302
    assert not stands(FORM, NEXT)
    assert here(lambda: Query.objects.get(pk=query.pk).state) == Query.State.CANCELLED
    visit = here(lambda: trial.visit_of(subject, NEXT))
    assert (visit.state, visit.occurred_on) == (Visit.State.PLANNED, None), "it is not begun again"
    assert "Of another subject" in text_of(client.get(page))
    assert f"<s>{served.form(FORM).title}" in client.get(page).content.decode()
    assert "Voided" in client.get(OF_THE_SUBJECT).content.decode()
    with seeing(Site.objects.all()):
        trial.fill(subject, NEXT, FORM, on, "ines", **trial.world.given(FORM, NEXT))
    assert stands(FORM, NEXT)
    assert client.post(page + "void/", {"reason": " "}).status_code in (200, 409)
    assert stands(FORM, NEXT)


@pytest.mark.finding("F-301")
def test_a_form_at_the_wrong_visit_is_moved_with_its_history(client, subject):
    record = trial.record_of(subject, FORM, VISIT)
    was = record.values()
    query = queries.ask(record=record, text="When was it?", by=trial.person("mona"))
    verify.verify(subject=subject, seen=[verify.Seen(FORM, record.pk, record.version)], by=trial.person("mona"))
    sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))
    page = f"{OF_THE_SUBJECT}{VISIT}/{FORM}/"
    assert "Signed" in text_of(sign_in(client, "ines").get(page))
    answers = {"to": NEXT, "reason": "Wrong visit opened", "version": record.version}
    moved = client.post(page + "move/", answers)
    assert moved.headers["Location"] == f"{OF_THE_SUBJECT}{NEXT}/{FORM}/"
    with seeing(Site.objects.all()):
        there = trial.record_of(subject, FORM, NEXT)
        assert (there.pk, there.values()) == (record.pk, was)
        assert Query.objects.get(pk=query.pk).visit.code == NEXT
        revoked = Signature.objects.get(subject=subject)
        assert "moved here from another visit" in revoked.revoked_because
        told = AuditEntry.objects.filter(table=there._meta.db_table, record=there.pk).order_by("pk").last().told
        assert (told["reason"], told["actor_name"]) == ("Wrong visit opened", "ines")
        assert TakenBack.objects.get().reason == "Wrong visit opened"
        dates = {one.code: one.occurred_on for one in Visit.objects.filter(subject=subject)}
    assert dates[NEXT] == there.rated_on
    said = text_of(client.get(moved.headers["Location"]))
    assert "Not signed" in said
    assert "Verified before the last change" in said or "changed since" in said.lower()
    left = client.get(page).content.decode()
    assert f"<s>{served.form(FORM).title}</s> was moved to" in left
    assert "Moved to" in client.get(OF_THE_SUBJECT).content.decode()
    again = client.post(moved.headers["Location"] + "move/", answers | {"to": VISIT})
    assert again.status_code == 409, "the version is not the one that was shown"


@pytest.mark.finding("F-201")
def test_a_visit_that_is_done_is_so_no_longer_once_a_form_lacks_that_it_needs(client, subject):
    page, unrated = f"{OF_THE_SUBJECT}{VISIT}/{FORM}/", dict.fromkeys(trial.world.given(FORM, VISIT), "")
    record = trial.record_of(subject, FORM, VISIT)

    def is_done() -> bool:
        return trial.visit_of(subject, VISIT).state == Visit.State.DONE

    def call_it_done():
        with act(by=trial.person("ines")):
            ended = {"state": Visit.State.DONE, "settled_at": timezone.now(), "settled_by": trial.person("ines")}
            Visit.objects.filter(pk=record.visit_id).update(**ended)

    call_it_done()
    trial.change(subject, VISIT, FORM, "ines", reason="Of another rating", **unrated)
    assert not is_done(), "a correction left answers open"
    assert TakenBack.objects.get(kind=TakenBack.Kind.DONE).reason == "Of another rating"
    trial.change(subject, VISIT, FORM, "ines", **trial.world.given(FORM, VISIT))
    call_it_done()
    trial.change(subject, VISIT, FORM, "ines", reason="Read again", **trial.world.given(FORM, VISIT))
    assert is_done(), "a form that stays complete leaves it done"
    assert sign_in(client, "ines").post(page + "void/", {"reason": "Of another subject"}).status_code == 302
    assert not here(is_done), "a form was voided"
    assert here(lambda: trial.visit_of(subject, VISIT).occurred_on), "others stand, so that it took place"


def test_a_form_is_not_moved_where_it_cannot_stand(client, subject):
    record = trial.record_of(subject, FORM, VISIT)
    other = trial.world.DONE[1][0]
    sign_in(client, "ines")
    page = f"{OF_THE_SUBJECT}{VISIT}/{FORM}/move/"
    offered = client.get(page).content.decode()
    assert f'value="{NEXT}"' in offered
    assert f'value="{other}"' not in offered, "it was entered there too"
    client.post(page, {"to": other, "reason": "Wrong", "version": record.version})
    assert stands(FORM, VISIT)
    assert sign_in(client, "mona").post(page, {"to": NEXT, "reason": "Wrong"}).status_code == 403


def test_what_is_being_typed_about_a_moved_form_goes_with_it(client, subject):
    from crf.actions import drafts, move

    record = trial.record_of(subject, FORM, VISIT)
    item = next(iter(trial.world.ALARMING))
    drafts.keep(
        form=record.form,
        subject=subject,
        visit=record.visit,
        by=trial.person("ruth"),
        changes={item: "1"},
        base_version=record.version,
    )
    to = trial.visit_of(subject, NEXT)
    move.move(record=record, to=to, version=record.version, by=trial.person("ines"), reason="Wrong visit")
    assert Draft.objects.get(user=trial.person("ruth"), form=FORM, subject=subject).visit == to


@pytest.mark.finding("F-302")
def test_a_visit_called_missed_by_mistake_is_as_it_was_before(client, subject):
    code = trial.world.TO_MISS
    with clock_at(timezone.now() + timedelta(days=40)):  # when the next window has opened
        visits.miss(visit=trial.visit_of(subject, code), reason="Did not come", by=trial.person("ines"))
    sign_in(client, "clara")
    assert "Take back" in text_of(client.get(OF_THE_SUBJECT))
    page = f"{OF_THE_SUBJECT}visits/{code}/undo/"
    assert client.post(page, {"reason": "Came after all"}).status_code == 302
    visit = here(lambda: trial.visit_of(subject, code))
    assert (visit.state, visit.missed_reason) == (Visit.State.PLANNED, "")
    said = client.get(OF_THE_SUBJECT).content.decode()
    assert "was not missed" in said
    assert "Came after all" in said
    assert client.post(page, {"reason": "Once more"}).status_code == 409
    assert here(lambda: TakenBack.objects.get().was) == "Did not come"


@pytest.mark.finding("F-302")
def test_a_visit_opened_by_mistake_is_undone_and_its_number_not_given_again(client, subject):
    sign_in(client, "clara")
    code = served.UNSCHEDULED
    client.post(OF_THE_SUBJECT + "visits/new/", {"code": code})
    page = f"{OF_THE_SUBJECT}visits/{code}/undo/"
    with seeing(Site.objects.all()):
        visit = Visit.objects.get(subject=subject, code=code)
        form = served.planned_at(code)[0].form
        trial.fill(subject, code, form, subject.site.today(), "ines", **trial.world.given(form, code))
    refused = client.post(page, {"reason": "Of another subject"})
    assert refused.status_code == 409
    assert served.form(form).title in text_of(refused)
    sign_in(client, "ines").post(f"{OF_THE_SUBJECT}{code}/{form}/void/", {"reason": "Of another subject"})
    assert client.post(page, {"reason": "Of another subject"}).status_code == 302
    assert here(lambda: not Visit.objects.filter(subject=subject, code=code).exists())
    assert "opened by mistake" in text_of(client.get(OF_THE_SUBJECT))
    assert client.get(f"{OF_THE_SUBJECT}{code}/{form}/").status_code == 404
    client.post(OF_THE_SUBJECT + "visits/new/?another", {"code": code})
    assert here(lambda: Visit.objects.get(subject=subject, code=code).number) == visit.number + 1


@pytest.mark.finding("F-302")
@pytest.mark.skipif(served.EARLY_TERMINATION is None, reason="the trial has no such visit")
def test_an_early_termination_visit_opened_by_mistake_can_be_opened_again(subject):
    from crf.actions import undo_visit

    def begin():
        return visits.begin_unplanned(subject=subject, code=served.EARLY_TERMINATION, by=trial.person("ines"))

    first = begin()
    undo_visit.undo(visit=first, by=trial.person("ines"), reason="Of another subject")
    second = begin()
    assert (second.number, second.pk) == (first.number, first.pk + (second.pk - first.pk))
    assert [one.pk for one in Visit.objects.filter(subject=subject, code=served.EARLY_TERMINATION)] == [second.pk]


@pytest.mark.finding("F-302")
def test_who_only_reads_takes_nothing_back(client, subject):
    for person in ("mona", "dana", "ruth"):
        sign_in(client, person)
        assert client.post(f"{OF_THE_SUBJECT}visits/{VISIT}/undo/", {"reason": "Wrong"}).status_code == 403
    assert here(lambda: not TakenBack.objects.exists())


# -- a number given in error


@pytest.mark.finding("F-303")
def test_a_number_given_in_error_counts_nowhere_and_is_not_given_again(client, subject):
    from analysis.collect import datasets
    from crf.actions import enrol

    site = subject.site
    with seeing(Site.objects.all()):
        counted = len(datasets.collected().subjects)
    sign_in(client, "clara")
    made = client.post("/subjects/enrol/", {"site": site.pk, "screened_on": str(site.today())}).headers["Location"]
    number = made.strip("/").rpartition("/")[2]
    with seeing(Site.objects.all()):
        wrong = trial.subject(number)
        trial.fill(wrong, served.SCREENING, trial.CONSENT, site.today(), "ines")
    assert client.post(made + "annul/", {"reason": "Enrolled twice", "typed_number": number}).status_code == 403
    sign_in(client, "ines")
    assert client.post(made + "annul/", {"reason": "Enrolled twice", "typed_number": "X"}).status_code == 409
    assert client.post(made + "annul/", {"reason": "Enrolled twice", "typed_number": number}).status_code == 302
    with seeing(Site.objects.all()):
        assert not Subject.objects.filter(number=number).exists()
        assert not RECORDS[trial.CONSENT].objects.standing().filter(subject__number=number).exists()
        assert len(datasets.collected().subjects) == counted
    listed = text_of(client.get("/subjects/"))
    assert f"Entered in error and not counted: {number}" in listed
    said = client.get(made)
    assert f'<s class="number">{number}</s> was entered in error' in said.content.decode()
    assert "Entered in error" in text_of(said)
    assert f"{made}LOG/" not in said.content.decode(), "nothing is offered that would be refused"
    assert client.get(f"{made}audit/").status_code == 200
    for page, answers in (
        (f"{made}{served.SCREENING}/{trial.CONSENT}/", {}),
        (f"{made}visits/new/", {"code": served.UNSCHEDULED}),
        (f"{made}annul/", {"reason": "Again", "typed_number": number}),
    ):
        assert client.post(page, answers).status_code == 409, page
    with seeing(Site.objects.all()):
        following = enrol.enrol(site=site, screened_on=site.today(), by=trial.person("ines"))
        assert following.number > number


@pytest.mark.finding("F-303")
def test_a_randomised_subject_is_not_annulled(client, subject):
    sign_in(client, "ines")
    refused = client.post(OF_THE_SUBJECT + "annul/", {"reason": "Twice", "typed_number": trial.TREATED})
    assert refused.status_code == 409
    assert here(lambda: Subject.objects.filter(number=trial.TREATED).exists())


# -- an untouched form


@pytest.mark.finding("F-304")
@pytest.mark.parametrize("then", ["next", "stay"])
def test_saving_an_untouched_form_saves_nothing_and_leads_on(client, subject, then):
    sign_in(client, "ines")
    for cell in served.planned_at(NEXT):
        if "investigator" not in served.form(cell.form).entered_by or cell.when is not None:
            continue
        page = f"{OF_THE_SUBJECT}{NEXT}/{cell.form}/"
        parser = Forms()
        parser.feed(client.get(page).content.decode())
        untouched = next(fields for action, fields in parser.found if any(name == "version" for name, *_ in fields))
        chosen = ("radio", "option", "checkbox")
        as_opened = {name: value for name, kind, value, is_chosen in untouched if kind not in chosen or is_chosen}
        answered = client.post(page, as_opened | {"then": then})
        assert answered.status_code == 302, cell.form
        assert (answered.headers["Location"] == page) == (then == "stay"), cell.form
        assert not stands(cell.form, NEXT), cell.form
    visit = here(lambda: trial.visit_of(subject, NEXT))
    assert visit.occurred_on is None, "it is not begun"
    item, answer = next(iter(trial.world.ALARMING.items()))
    client.post(f"{OF_THE_SUBJECT}{NEXT}/{FORM}/", {item: answer})
    assert stands(FORM, NEXT), "one answer is an answer"


def test_what_was_taken_back_is_printed(client, subject):
    sign_in(client, "ines")
    code = served.UNSCHEDULED
    client.post(OF_THE_SUBJECT + "visits/new/", {"code": code})
    with seeing(Site.objects.all()):
        form = served.planned_at(code)[0].form
        trial.fill(subject, code, form, subject.site.today(), "ines", **trial.world.given(form, code))
        version = trial.record_of(subject, FORM, VISIT).version
    client.post(f"{OF_THE_SUBJECT}{code}/{form}/void/", {"reason": "Of another subject"})
    client.post(f"{OF_THE_SUBJECT}visits/{code}/undo/", {"reason": "Opened by mistake"})
    moved = {"to": NEXT, "reason": "Wrong visit opened", "version": version}
    client.post(f"{OF_THE_SUBJECT}{VISIT}/{FORM}/move/", moved)
    with seeing(Site.objects.all()):
        standing = Standing.of(trial.subject(trial.TREATED))
        printed = str(filled(standing, [served.form(FORM), served.form(form)], annotated=False, is_synthetic=False))
    assert "was undone (Ines" in printed
    assert "Opened by mistake" in printed
    assert f"{served.form(FORM).title} was moved from" in printed
    assert "Voided by Ines" in printed
