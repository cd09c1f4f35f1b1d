"""What holds of every box in which somebody types, and of every word that a page says: one walk over all pages."""

from datetime import date
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client

from crf.models import AuditEntry, Site
from tests.accounts import fresh
from tests.every_form import words_of_the_program
from tests.pages.test_every_page_by_role import TABLE, address
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
UNSEEN = (
    "\u2063\u2063"  # invisible separators: nobody types them, so what holds them is a box that took nothing for text
)


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


@pytest.mark.finding("F-409")
@pytest.mark.finding("F-418")
def test_no_page_speaks_of_the_program_and_no_box_takes_a_text_that_shows_nothing(everything):
    desks: dict[str, Client] = {}
    spoken, posted, seen = [], 0, set()
    for name, url, person in pages(everything):
        if person not in desks:
            desks[person] = fresh(Client(), person)
        desk = desks[person]
        page = desk.get(url, follow=True)
        if page.status_code >= 400 or "html" not in page.headers["Content-Type"]:
            continue
        text = page.content.decode()
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
