"""Random answers to random forms: never a server error, and never anything stored that the declaration forbids."""

import datetime as dt
import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crf import spec
from crf import trial as served
from crf.chart.examine import examined
from crf.models import Site
from crf.rehearsal.typical import typical
from tests import trial
from tests.every_form import WITHOUT_A_PAGE, impossible, place_of
from trialsite.database.wall import seeing

TODAY = dt.date(2026, 3, 10)
GARBAGE = st.text(max_size=30) | st.sampled_from(
    [
        "",
        " ",
        "-0",
        "+1",
        "1e5",
        "0x10",
        "١",
        "٤",
        "²",
        "½",
        "None",
        "null",
        "NaN",
        "00",
        "1,5",
        "1.5",
        "\x00",
        "\ud800",
        "<script>",
        "' OR 1=1 --",
        "2026-02-29",
        "2024-02-29",
        "24:00",
        "9" * 30,
        "🙂",
        "a\r\nb",
        "\u202e",
    ]
)


def answer(kind: spec.Kind) -> st.SearchStrategy[str]:
    """What may be typed: mostly what is possible, and what is not."""
    return st.one_of(_possible(kind), _possible(kind), st.sampled_from(impossible(kind)), GARBAGE, st.just(""))


def _possible(kind: spec.Kind) -> st.SearchStrategy[str]:
    match kind:
        case spec.Coded():
            return st.sampled_from([str(code) for code, _ in kind.codes])
        case spec.Integer():
            return st.integers(kind.low, kind.high).map(str)
        case spec.Decimal():
            return st.decimals(kind.low, kind.high, places=kind.places).map(str)
        case spec.Date():
            return st.dates(dt.date(1890, 1, 1), dt.date(2110, 1, 1)).map(str)
        case spec.PartialDate():
            return st.dates(dt.date(1890, 1, 1), dt.date(2110, 1, 1)).flatmap(
                lambda day: st.sampled_from([f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"])
            )
        case spec.Time():
            return st.times().map(lambda time: f"{time:%H:%M}")
    return st.text(max_size=60)


@st.composite
def filled(draw, form: type[spec.Form], visit: str | None, today: dt.date):
    """(answers, missing) as a page may send them: a typical record with a few other answers, or anything at all."""
    names = sorted(form.asked)
    if draw(st.booleans()):
        answers = typical(form, visit, today)
        others = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    else:
        answers, others = {}, names
    answers |= {name: draw(answer(form.items[name].kind)) for name in others}
    marked = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    missing = {}
    for name in marked:
        missing[name] = {"code": draw(st.sampled_from([*spec.MISSING, "XX"])), "reason": draw(st.text(max_size=20))}
        if draw(st.booleans()):
            answers.pop(name, None)
    return answers, missing


def forbidden(form: type[spec.Form], visit: str | None, values: dict, missing: dict, today: dt.date) -> list[str]:
    """What in these values the declaration does not allow."""
    found = []
    for name, value in values.items():
        item = form.items[name]
        if value is None:
            continue
        if isinstance(value, str) and value.encode("utf-8", "replace").decode() != value:
            found.append(name)
        if item.kind.parse(item.kind.raw(value)) != value or not item.applies(values, visit) or name in missing:
            found.append(name)
        if isinstance(item.kind, spec.Date) and not item.kind.future and value > today:
            found.append(name)
    found += [pair for pair in form.never_both if None not in (values[pair[0]], values[pair[1]])]
    found += [check.code for check in form.failed(values, visit) if check.hard]
    found += [name for name, mark in missing.items() if mark["code"] not in spec.MISSING or not mark["reason"].strip()]
    return found


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_what_is_understood_is_what_the_declaration_allows(data):
    form = data.draw(st.sampled_from(served.FORMS))
    visit = data.draw(st.sampled_from([None, "SCR", "BL", "W3"]))
    answers, missing = data.draw(filled(form, visit, TODAY))
    values, errors = examined(form, visit, answers, missing, today=TODAY)
    assert set(values) == set(form.items)
    assert set(errors) <= set(form.items)
    assert all(sentence.strip() for sentences in errors.values() for sentence in sentences)
    if not errors:
        assert forbidden(form, visit, values, missing, TODAY) == []


def as_sent(text: str) -> str:
    """As a browser sends it: half a surrogate pair is no UTF-8."""
    return text.encode("utf-8", "replace").decode()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_page_that_is_sent_anything_answers_and_stores_only_what_is_allowed(client, db, data):
    code = data.draw(st.sampled_from([form.code for form in served.FORMS if form.code not in WITHOUT_A_PAGE]))
    form = served.form(code)
    with transaction.atomic():
        with seeing(Site.objects.all()):
            place = place_of(form)
        answers, missing = data.draw(filled(form, place.visit_code, place.today))
        posted = {name: as_sent(text) for name, text in answers.items()}
        for name, mark in missing.items():
            posted |= {f"{name}__missing": mark["code"], f"{name}__why": as_sent(mark["reason"])}
        client.force_login(place.by)
        said = client.post(place.address, posted)
        assert said.status_code in (302, 409, 422)
        with seeing(Site.objects.all()):
            record = place.record
            assert (record is not None) is (said.status_code == 302)
            if record is not None:
                assert forbidden(form, place.visit_code, record.values(), record.missing, place.today) == []
        transaction.set_rollback(True)


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a\udfffb", "🙂"])
def test_a_draft_keeps_what_can_be_kept_of_anything_typed(client, db, text):
    """A page sends drafts as JSON, in which half a surrogate pair can stand."""
    client.force_login(trial.person("ines"))
    sent = json.dumps({"changes": {"term": text, "term__why": text}, "version": None})
    assert client.post("/subjects/JER-001/LOG/AE/draft/", sent, content_type="application/json").status_code == 200


@pytest.mark.parametrize("text", ["a\x00", "\ud800", "a\udfffb"])
def test_a_text_that_no_record_can_hold_is_refused(text):
    with pytest.raises(spec.Impossible, match="cannot be stored"):
        spec.Text().parse(text)
