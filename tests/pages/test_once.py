"""Once is once: what a page creates is created once, pressed twice, from two tabs, or after Back.

Every page of the URL table is opened by somebody whose page it is; each of its forms is filled in as its fields ask
and pressed three times: twice as it stands, and once more from a page that was opened afresh.
"""

from collections import Counter
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from crf import trial as served
from crf.actions import code_break
from crf.models import Press, Site, Subject
from tests import trial
from tests.pages.test_deeds_by_page import sign_in
from tests.pages.test_every_page_by_role import ROWS, TABLE, address
from tests.races.test_account_races import at_once
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.every_trial, pytest.mark.finding("F-303")]

#: Pages on which the forms, filled in as below, create something: each says what in the rows it adds.
CREATE = {
    "crf:enrol",
    "crf:begin_visit",
    "crf:ask_query",
    "crf:ask_correction",
    "crf:ask_correction_of_form",
    "crf:code_break",
    "crf:plan_code_break",
    "crf:lost_blind",
    "crf:safety_arm",
    "crf:open_account",
    "crf:give_role",
    "crf:site",
    "crf:access_review",
    "crf:send_link",
    *({"crf:new_limits"} if served.TRIAL.laboratory else ()),
    *({"crf:put_aside"} & set(TABLE)),
}
#: Answers for fields whose kind does not say what they want.
WORDS = {
    "username": "lea.katz",
    "name": "Lea Katz",
    "email": "lea@example.org",
    "low": "1",
    "high": "9",
    "rescreen_of": "",
    "sha256_stated": "",
    "valid_to": "",
    "ends_on": "",
    "last_day": "",
    "number": trial.TREATED,
}
#: An arm is not shown in the transaction in which it was asked for (tests/blind/test_hatch.py: it is shown once);
#: reports and files are only read, and take long to make.
NOT_PRESSED = {
    "crf:reveal",
    "crf:safety_reveal",
    "crf:casebook_blank",
    "crf:course_figure",
    "analysis:blinded",
    "analysis:rehearsal",
}
NOT_PRESSED |= {name for name in TABLE if name.endswith("_file")}
#: What is written beside the record: the trail, who came in, what left, and the presses themselves.
BESIDE = {"crf_auditentry", "crf_chainhead", "crf_press", "crf_signin", "crf_exportlog", "crf_heartbeat"}
TABLES = [
    model._meta.db_table
    for label in ("crf", settings.TRIAL)
    for model in apps.get_app_config(label).get_models()
    if model._meta.managed and not model._meta.proxy and model._meta.db_table not in BESIDE
]


class Forms(HTMLParser):
    """The forms of a page that are posted: (action, [(name, kind, value, is_chosen)])."""

    def __init__(self):
        super().__init__()
        self.found, self._form, self._select, self._area = [], None, None, None

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self._form = [] if told.get("method", "").lower() == "post" else None
            if self._form is not None:
                self.found.append((told.get("action", ""), self._form))
        if self._form is None or not told.get("name", self._select):
            return
        if tag == "input" or (tag == "button" and told.get("name")):
            kind = "date" if "data-day" in told else told.get("type", "text") if tag == "input" else "submit"
            self._form.append((told["name"], kind, told.get("value", ""), "checked" in told))
        elif tag == "textarea":
            self._form.append((told["name"], "text", "", False))
        elif tag == "select":
            self._select = told["name"]
        elif tag == "option" and self._select:
            self._form.append((self._select, "option", told.get("value", ""), "selected" in told))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


def filled(fields) -> dict[str, str]:
    """The form as a person fills it in: what is preset stays, the rest gets an answer of its kind."""
    answers, today = {}, min(Site.objects.first().today(), timezone.now().date())  # of the site, and of roles
    for name, kind, value, is_chosen in fields:
        match kind:
            case "radio" | "option":
                if value and (is_chosen or not answers.get(name)):
                    answers[name] = value
            case "checkbox":
                answers[name] = value or "on"
            case "submit":
                answers.setdefault(name, value)
            case "hidden" if name != "csrfmiddlewaretoken":
                answers[name] = value
            case "date":
                answers[name] = value or str(today)
            case "number":
                answers[name] = value or "20"
            case "text" | "email":
                answers[name] = value or WORDS.get(name, "As the source says")
    return answers | {name: word for name, word in WORDS.items() if name in answers}


def how_many() -> Counter:
    every = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TABLES)
    with seeing(Site.objects.all()), connection.cursor() as cursor:
        cursor.execute(every)
        opened = code_break.requests_for_reports(trial.person("sofia"))
        breaks = len(code_break.requests()) + len(opened)
        return Counter(dict(cursor.fetchall())) + Counter({"code breaks": breaks})


def added(desk, to: str, sent: dict) -> Counter:
    """The rows that the press adds, by table."""
    before = how_many()
    desk.post(to, sent)
    return how_many() - before


@pytest.mark.long
def test_no_page_creates_twice_what_is_pressed_twice(everything):
    creating, twice = set(), []
    for name, number in ROWS:
        expected = TABLE[name][number]
        if not expected.who or expected.only_post or name in NOT_PRESSED:
            continue
        desk = sign_in(Client(raise_request_exception=False), min(expected.who))
        url = address(name, expected, everything)
        for action, fields in forms_of(desk, url):
            mark = transaction.savepoint()
            to, sent = action or url, filled(fields)
            first = added(desk, to, sent)
            again = added(desk, to, sent)
            press = Press.objects.filter(place=to).first()
            back = sent | ({"once": str(press.nth + 1)} if press else {})
            again += added(desk, to, back)
            if press:
                creating.add(name)
                assert first, (name, "what the page made is not counted here")
            if again:
                twice.append((name, to, dict(again)))
            transaction.savepoint_rollback(mark)
    assert twice == []
    assert creating == CREATE


def forms_of(desk, url: str):
    """The posted forms of the page, as this person sees it now."""
    page = desk.get(url)
    if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
        return []
    parser = Forms()
    parser.feed(page.content.decode())
    return [form for form in parser.found if not form[0].startswith("/accounts/")]


def test_a_page_without_its_number_does_nothing_and_keeps_what_was_typed(db):
    desk, site = sign_in(Client(), "clara"), Site.objects.get(code=trial.FIRST)
    typed = {"site": site.pk, "screened_on": str(site.today())}
    with seeing([site]):
        before = Subject.objects.count()
    refused = desk.post("/subjects/enrol/", typed)
    assert refused.status_code == 409
    assert str(site.today()) in refused.content.decode()
    with seeing([site]):
        assert Subject.objects.count() == before
    parser = Forms()
    parser.feed(refused.content.decode())
    ((_, fields),) = (form for form in parser.found if not form[0])
    assert desk.post("/subjects/enrol/", filled(fields)).status_code == 302


def test_one_more_that_says_the_same_is_made_when_the_person_says_so(client, db):
    sign_in(client, "clara")
    site = Site.objects.get(code=trial.FIRST)
    typed = {"site": site.pk, "screened_on": str(site.today())}
    first = client.post("/subjects/enrol/", typed).headers["Location"]
    assert client.post("/subjects/enrol/", typed).headers["Location"] == first
    said = client.get("/subjects/enrol/").content.decode()
    assert first in said
    assert 'href="?another"' in said
    assert client.post("/subjects/enrol/?another", typed).headers["Location"] != first


def test_what_says_something_else_is_another(client, everything):
    sign_in(client, "mona")
    page = f"/queries/ask/{trial.world.RATING}/{everything.record}/"
    made = {client.post(page, {"text": text}).headers["Location"] for text in ("When was it?", "Who was there?")}
    assert len(made) == 2


def test_two_presses_at_the_same_moment_make_one(real_commits):
    site = Site.objects.get(code=trial.FIRST)
    with seeing([site]):
        rating = trial.record_of(trial.subject(trial.TREATED), trial.world.RATING, trial.world.DONE[0][0]).pk
    above = f"/subjects/{trial.TREATED}/"
    presses = [
        ("clara", "/subjects/enrol/", {"site": site.pk, "screened_on": str(site.today())}),
        ("clara", above + "visits/new/", {"code": served.UNSCHEDULED}),
        ("mona", f"/queries/ask/{trial.world.RATING}/{rating}/", {"text": "When was it?"}),
        ("ines", above + "code-break/", {"reason": "Found unconscious at home"}),
        ("adam", "/people/new/", {"username": "lea.katz", "name": "Lea Katz", "email": "lea@example.org"}),
    ]
    for who, page, typed in presses:
        sent = typed | {"once": "1", "organisation": "Emek"}
        before = how_many()
        desks = [sign_in(Client(), who), sign_in(Client(), who)]
        answers = at_once([lambda desk=desk, page=page, sent=sent: desk.post(page, sent) for desk in desks])
        assert {answer.status_code for answer in answers} == {302}, page
        assert len({answer.headers["Location"] for answer in answers}) == 1, page
        made = how_many() - before
        made.pop("crf_mail", None)
        assert set(made.values()) - {len([v for v in served.VISITS if v.is_planned])} == {1}, (page, made)
