"""What holds for every form that is declared, whatever it asks: one test each, and no list of forms to remember."""

from datetime import date
from itertools import cycle

import pytest
from django.db import DataError, IntegrityError, transaction

from crf import permissions, spec
from crf import trial as served
from crf.actions import enter
from crf.chart.computed import computed_of
from crf.chart.examine import examined
from crf.chart.others import Others
from crf.chart.standing import Standing
from crf.models import RECORDS, Query, Record, Site
from crf.papers import dictionary, printed_casebook
from crf.refusals import Refusal
from crf.shown import entry
from tests import every_form, trial
from tests.every_form import ALL, WITHOUT_A_PAGE, impossible, place_of
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
ON_A_PAGE = [code for code in ALL if code not in WITHOUT_A_PAGE]
TODAY = date(2026, 3, 10)
#: (form, a visit at which it is planned), for what needs no database.
DECLARED = [(form, next(iter(served.visits_of(form.code)), None)) for form in served.FORMS]


@pytest.fixture
def place(db, client, request):
    """Where the form is entered next; the person is signed in and sees the sites."""
    with seeing(Site.objects.all()):
        found = place_of(served.form(request.param))
        client.force_login(found.by)
        yield found


def look(place):
    """The sites are seen again after the page has been asked for."""
    return seeing(Site.objects.all())


every = pytest.mark.parametrize("place", ALL, indirect=True)
declared = pytest.mark.parametrize(("form", "visit"), DECLARED, ids=ALL)
on_a_page = pytest.mark.parametrize("place", ON_A_PAGE, indirect=True)


@on_a_page
def test_it_renders_every_question(client, place):
    page = client.get(place.address)
    assert page.status_code == 200
    shown = entry.lines_of(place.form, place.visit_code, {})
    assert [line.name for line in page.context["lines"]] == [line.name for line in shown]
    text = page.content.decode()
    assert [line.name for line in shown if f'name="{line.name}"' not in text] == []


def test_every_form_renders_at_every_visit_where_it_is_planned(client, db):
    client.force_login(trial.person("ines"))
    wrong = []
    for cell in served.SCHEDULE:
        if cell.visit in (served.EARLY_TERMINATION, served.UNSCHEDULED):
            continue  # these visits exist once somebody begins them
        answer = client.get(f"/subjects/{trial.TREATED}/{cell.visit}/{cell.form}/")
        if answer.status_code != 200:
            wrong.append((cell.form, cell.visit, answer.status_code))
    assert wrong == []


@on_a_page
def test_untouched_it_saves_nothing_unless_it_asks_for_nothing(client, place):
    answer = client.post(place.address, {})
    with look(place):
        assert answer.status_code == 302
        if place.form.unanswered({}, {}, place.visit_code):
            assert place.record is None
        else:
            assert place.record.is_complete and set(place.record.values().values()) == {None}


@on_a_page
@pytest.mark.req("CHK-01")
def test_it_saves_full_and_is_complete(client, place):
    typed = place.typical()
    answer = client.post(place.address, typed)
    assert answer.status_code == 302, answer.context and answer.context.get("errors")
    with look(place):
        record = place.record
        assert record.is_complete
        stored = {
            name: value for name, value in record.values().items() if value is not None and name in place.form.asked
        }
        assert stored == {name: place.form.items[name].kind.parse(text) for name, text in typed.items()}
        asked = Query.objects.filter(form=place.form.code, record=record.pk).values_list("check_code", flat=True)
        across = {check.code for check in place.form.checks if check.across}  # the other forms are not there
        assert set(asked) <= across
    page = client.get(place.address).content.decode()
    assert every_form.words_of_the_program(page) == []


@on_a_page
@pytest.mark.req("CHK-02")
def test_the_page_refuses_what_is_impossible_beside_each_item_and_stores_nothing(client, place):
    shown = [line.item for line in entry.lines_of(place.form, place.visit_code, {}) if not line.item.computed]
    page = client.post(place.address, {item.name: impossible(item.kind)[0] for item in shown})
    assert page.status_code == 422
    assert {item.name for item in shown} <= set(page.context["errors"])
    with look(place):
        assert place.record is None


@declared
@pytest.mark.req("CHK-02")
def test_each_impossible_value_of_each_item_is_refused_with_a_sentence(form, visit):
    accepted = []
    for name, item in form.asked.items():
        for text in impossible(item.kind):
            _, errors = examined(form, visit, {name: text}, {}, today=TODAY)
            if not errors.get(name) or not errors[name][0].endswith("."):
                accepted.append((name, text))
    assert accepted == []


@every
def test_the_table_refuses_what_is_out_of_bounds(place):
    record = enter.save(
        form=place.form, subject=place.subject, visit=place.visit, by=place.by, answers=place.typical()
    ).record
    taken = []
    for name, item in place.form.items.items():
        for value in _out_of_bounds(item.kind):
            try:
                with transaction.atomic():
                    RECORDS[place.form.code].objects.filter(pk=record.pk).update(**{name: value})
                taken.append((name, value))
            except (IntegrityError, DataError):
                pass
    assert taken == []


def _out_of_bounds(kind: spec.Kind) -> list:
    match kind:
        case spec.Coded():
            return [99 if kind.numeric else "zz"]
        case spec.Integer():
            return [kind.low - 1, kind.high + 1]
        case spec.Decimal():
            return [float(kind.low) - 1, float(kind.high) + 1]
        case spec.PartialDate():
            return ["2024-13", "May 2024"]
        case spec.Text() if kind.max_length < 256:
            return ["x" * (kind.max_length + 1)]
    return []


@on_a_page
@pytest.mark.req("CHK-02")
def test_each_item_can_be_marked_as_missing_with_a_reason(client, place):
    items = place.form.applicable({}, place.visit_code)
    marks = {item.name: code for item, code in zip(items, cycle(spec.MISSING), strict=False)}
    posted = {f"{name}__missing": code for name, code in marks.items()}
    answer = client.post(place.address, posted | {f"{name}__why": "Not asked today" for name in marks})
    with look(place):
        assert answer.status_code == 302
        assert place.record.missing == {
            name: {"code": code, "reason": "Not asked today"} for name, code in marks.items()
        }
        assert place.record.is_complete
        assert set(place.record.values().values()) == {None}


@declared
@pytest.mark.req("CHK-02")
def test_a_mark_without_a_reason_is_refused(form, visit):
    for item in form.applicable({}, visit):
        _, errors = examined(form, visit, {}, {item.name: {"code": "ND", "reason": " "}}, today=TODAY)
        assert errors == {item.name: ["Say in a few words why there is no answer."]}


@pytest.mark.parametrize("place", [form.code for form in served.FORMS if form.scores], indirect=True)
@pytest.mark.req("CHK-05")
def test_a_score_is_computed_by_the_database_and_never_taken_from_the_page(client, place):
    typed, sent = place.typical(), dict.fromkeys(place.form.scores, "1")
    assert client.post(place.address, typed | sent).status_code == 302
    with look(place):
        record = place.record
        expected = {name: score.compute(record.values()) for name, score in place.form.scores.items()}
        assert {name: getattr(record, name) for name in place.form.scores} == expected
    with pytest.raises(Refusal, match="does not have"):
        examined(place.form, place.visit_code, sent, {}, today=place.today)


@pytest.mark.parametrize("place", [form.code for form in served.FORMS if form.asked != form.items], indirect=True)
@pytest.mark.req("CHK-05")
def test_what_the_server_computes_or_keeps_for_itself_is_never_taken_from_the_page(client, place):
    typed = place.typical()
    sent = {name: impossible(item.kind)[0] for name, item in place.form.items.items() if name not in place.form.asked}
    marks = {f"{name}__missing": "ND" for name in sent} | {f"{name}__why": "I say so" for name in sent}
    assert client.post(place.address, typed | sent | marks).status_code == 302
    with look(place):
        record = place.record
        others = Others(place.subject.pk)
        expected = dict.fromkeys(sent) | computed_of(
            place.form, record.values(), site_id=place.subject.site_id, others=others
        )
        assert {name: getattr(record, name) for name in sent} == expected
        assert record.missing == {}
    with pytest.raises(Refusal, match="does not have"):
        examined(place.form, place.visit_code, sent, {}, today=place.today)


@every
def test_it_stands_in_the_dictionary_and_in_the_printed_casebook(place):
    enter.save(form=place.form, subject=place.subject, visit=place.visit, by=place.by, answers=place.typical())
    rows = {(row["form"], row["item"]) for row in dictionary.rows()}
    assert {(place.form.code, name) for name in (*place.form.items, *place.form.scores)} <= rows
    readable = permissions.readable_forms(trial.person("dana"), place.subject.site_id)
    book = printed_casebook.filled(Standing.of(place.subject), readable, annotated=False, is_synthetic=False)
    titles = {sheet["title"] for part in book["parts"] for sheet in part["forms"]}
    assert (place.form.title in titles) is (place.form.discloses is not spec.UNBLINDS)


def test_every_form_has_somebody_who_enters_it():
    first = {form.code: permissions.may_enter_form(form)[0] for form in served.FORMS}
    assert [code for code, role in first.items() if role not in every_form.AT_FIRST_SITE] == []


def test_every_record_model_belongs_to_a_declared_form():
    assert [model.form.code for model in Record.__subclasses__()] == ALL
