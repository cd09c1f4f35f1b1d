"""What holds of every box in which somebody types, and of every word that a page says: one walk over all pages."""

from datetime import date
from html.parser import HTMLParser

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from crf.models import RECORDS, AuditEntry, Site
from tests.accounts import fresh
from tests.every_form import words_of_the_program
from tests.pages.conftest import fill_everything
from tests.pages.test_every_page_by_role import TABLE, address
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
UNSEEN = (
    "\u2063\u2063"  # invisible separators: nobody types them, so what holds them is a box that took nothing for text
)


@pytest.fixture
def everything_committed(real_commits):
    """The pages' world in a database of its own."""
    with seeing(Site.objects.all()):
        return fill_everything()


class Boxes(HTMLParser):
    """The forms of a page that are posted: where to, and each field with its kind and a value that it offers."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[dict] = []
        self.inside = self.select = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        if tag == "form":
            self.inside = (
                {"action": of.get("action"), "fields": {}, "boxes": set()} if of.get("method") == "post" else None
            )
            if self.inside:
                self.forms.append(self.inside)
        if self.inside is None:
            return
        name, kind = of.get("name"), of.get("type", "text") if tag == "input" else tag
        if tag == "select":
            self.select = name
        if tag == "option" and self.select and of.get("value"):
            self.inside["fields"].setdefault(self.select, of["value"])
        if not name or tag not in ("input", "textarea", "button"):
            return
        if kind in ("text", "textarea", "search"):
            self.inside["boxes"].add(name)
        elif kind in ("hidden", "radio", "checkbox", "button", "submit"):
            self.inside["fields"].setdefault(name, of.get("value", "on"))
        elif kind in ("date", "number", "time", "email"):
            offered = {"date": date.today().isoformat(), "number": "1", "time": "10:00", "email": "a@example.org"}
            self.inside["fields"].setdefault(name, offered[kind])

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = None


#: Reports have no box, and take seconds; their words have tests of their own.
REPORTS = ("analysis:blinded", "analysis:rehearsal", "analysis:final")


def pages(everything):
    """(name, address, who) of every page that somebody sees, once."""
    for name, expectations in TABLE.items():
        for expected in expectations:
            is_page = not name.startswith(REPORTS) and not name.endswith(("_file", "figure", "casebook_blank"))
            if is_page and expected.who and not expected.only_post:
                who = expected.who & {"ines", "mona"} or sorted(expected.who)[:1]
                for person in who:
                    yield name, address(name, expected, everything), person


MARKUP = """<i class="planted">"x'&</i>"""
#: What the program compares, and nobody typed as words: other columns of text are free text, or shown as such.
NOT_TYPED = (
    *("table", "code", "state", "kind", "level", "scope", "role", "as_role", "meaning", "form", "item", "check_code"),
    *("occasion", "component", "occurrence", "rule", "fingerprint", "cause", "outcome", "how", "what", "place"),
    *("led_to", "timezone", "protocol_version", "password", "stratum", "treatment_ended_because"),
)


@pytest.mark.req("SEC-08")
def test_whatever_is_typed_into_whichever_column_no_page_takes_it_for_markup(everything_committed, superuser):
    """Every free text of every table says markup at once, names of people and sites and answers of forms among them."""
    planted, addresses = 0, {name: (url, person) for name, url, person in pages(everything_committed)}
    with superuser.transaction():
        tables = superuser.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'crf%' AND relkind = 'r'"
        ).fetchall()
        for (table,) in tables:
            superuser.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')
        for model in {*apps.get_app_config("crf").get_models(), *RECORDS.values()} - {AuditEntry}:
            planted += sum(_plant(superuser, model, column) for column in model._meta.concrete_fields)
        superuser.execute(
            "UPDATE crf_auditentry SET body = jsonb_set(body::jsonb, '{reason}', to_jsonb(%s::text))::text", [MARKUP]
        )
    assert planted > 60, planted
    looked, shown = 0, 0
    of_words = [(name, *where) for name, where in addresses.items() if not name.startswith("analysis:")]
    for name, _, _, text in opened(of_words):
        looked += 1
        assert "<i class=" not in text and """planted">"x'""" not in text, name
        shown += "&lt;i class=" in text
    assert looked > 60 and shown > 30, (looked, shown)


def opened(addresses):
    """(name, address, desk, text) of each page that is shown, of (name, address, person); a desk for each person."""
    desks: dict[str, Client] = {}
    for name, url, person in addresses:
        if person not in desks:
            desks[person] = fresh(Client(), person)
        page = desks[person].get(url, follow=True)
        if page.status_code < 400 and "html" in page.headers["Content-Type"]:
            yield name, url, desks[person], page.content.decode()


def _plant(superuser, model, column) -> bool:
    is_words = isinstance(column, models.TextField | models.CharField) and not column.choices and not column.unique
    if not is_words or column.name in NOT_TYPED or "hash" in column.name or "sha256" in column.name:
        return False
    if (column.max_length or 1000) < len(MARKUP) or isinstance(column, models.GeneratedField):
        return False
    try:
        with superuser.transaction():  # a table that admits only certain words says so
            table, words = model._meta.db_table, f'"{column.column}"'
            superuser.execute(f'UPDATE "{table}" SET {words} = %s WHERE length({words}) > 0', [MARKUP])
    except psycopg.Error:
        return False
    return True


@pytest.mark.finding("F-409")
@pytest.mark.finding("F-418")
def test_no_page_speaks_of_the_program_and_no_box_takes_a_text_that_shows_nothing(everything):
    spoken, posted, seen = [], 0, set()
    for name, url, desk, text in opened(pages(everything)):
        spoken += [(name, word) for word in words_of_the_program(text)]
        for form in Boxes(text).forms:
            if not form["boxes"] or (form["action"] or url) in seen or "logout" in (form["action"] or ""):
                continue
            seen.add(form["action"] or url)
            answer = desk.post(form["action"] or url, form["fields"] | dict.fromkeys(form["boxes"], UNSEEN))
            posted += 1
            assert answer.status_code < 500, (name, answer.status_code)
    assert not spoken
    with connection.cursor() as cursor, seeing(Site.objects.all()):
        cursor.execute("SELECT * FROM crf_auditentry WHERE body LIKE %s", [f"%{UNSEEN}%"])
        assert cursor.fetchall() == [], "a text that shows nothing is on record"
    assert AuditEntry.objects.exists() and posted > 25, posted
