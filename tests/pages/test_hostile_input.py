"""Whatever is sent to whatever address by whatever method: never a server's error, and each refusal is a sentence.

The addresses are those of the table of all pages, so a new page is under this test from its first day. It runs on real
commits: an error of the database must be one of a request's own, as it is when served.
"""

import json
import re
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crf.middleware import refusal_of_sent
from crf.models import Output, Site
from tests import trial
from tests.accounts import fresh
from tests.pages.conftest import fill_everything
from tests.pages.test_every_page_by_role import OWN_ACCOUNT, ROWS, TABLE, address, every_name
from trialsite.database.wall import seeing
from trialsite.texts_sent import Handler

pytestmark = [pytest.mark.finding("F-809"), pytest.mark.finding("F-812")]

TEXTS = [
    "",
    "\x00",
    "7\x000",
    "\x1b[31m",
    "\ue000 \ufdd0 \uffff",
    "\u202e\u2066",
    "9" * 30,
    "9" * 5000,
    "-1",
    "0",
    "32767",
    "2147483648",
    "9223372036854775808",
    "1e400",
    "Infinity",
    "NaN",
    "٣",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "99:99",
    "'; DROP TABLE crf_user; --",
    "<script>alert(1)</script>",
    "=1+1",
    "x" * 6000,
    "../../etc/passwd",
    "a\r\nSet-Cookie: a=b",
    "%s %n {0} {{ x }}",
]
texts = st.one_of(st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
BODIES = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"\xff\xfe",
    b"[" * 200_000,
    b'{"changes": {"mood": Infinity}}',
    b'{"changes": {"mood": 1e400}}',
    b'{"changes": {"mood": "\\u0000\\ud800"}}',
    b'{"changes": [["mood", "1"]]}',
    b'{"changes": {"mood": {"a": {"b": []}}}}',
    b'{"changes": {}, "version": 1e400}',
    b'{"changes": {}, "version": Infinity}',
    b'{"changes": {}, "version": 999999999999999999999999999999}',
    b'{"changes": {}, "version": -1}',
    b'{"changes": {}, "version": "' + b"9" * 5000 + b'"}',
    b'{"changes": {}, "version": ' + b"9" * 5000 + b"}",
]
PARTS = 16  # a database for each
FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
SENTENCE = re.compile(r"[A-Z“][^.<>]{14,}[.?]")


@pytest.fixture
def things(real_commits):
    with seeing(Site.objects.all()):
        return fill_everything()


def desk_of(person: str) -> Client:
    """Somebody signed in, who has shown again who it is; answers of 500 come back as answers."""
    return fresh(Client(raise_request_exception=False), person)


def refuses_well(answer, what) -> None:
    assert answer.status_code < 500, what
    if answer.status_code in (400, 403, 404, 409, 413, 422, 429):
        text = answer.content.decode()
        if answer.headers["Content-Type"].startswith("application/json"):
            said = json.loads(text)
            assert str(said.get("sentence", said)).strip(), what
        else:
            assert SENTENCE.search(re.sub(r"<[^>]*>", " ", text.partition("<main")[2])), (what, text[-1500:])


def people_of(expected) -> str:
    return min(expected.who or {"ines"})


@pytest.mark.req("SEC-12")
@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_breaks_at_what_is_sent(things, part):
    for name, number in ROWS[part::PARTS]:
        send_what_is_strange(things, name, number)


def send_what_is_strange(things, name, number):
    expected = TABLE[name][number]
    person = people_of(expected)
    url, desk = address(name, expected, things), desk_of(person)
    page = desk.get(url).content.decode(errors="replace")
    fields = sorted(set(re.findall(r'name="([^"]+)"', page)) | {"reason", "version", "decision", "text", "shown"})

    @FEW
    @given(
        st.sampled_from(["get", "post"]),
        st.dictionaries(
            st.sampled_from([*fields, "page", "q", "who", "subject", "on", "record", "form"]), texts, max_size=6
        ),
    )
    def send(method, sent):
        answer = getattr(desk, method)(url, sent)
        refuses_well(answer, (name, method, sent))
        if answer.status_code == 302 and "/login/" in answer.headers["Location"]:
            fresh(desk, person)

    send()


def test_no_body_breaks_a_page_that_keeps_what_is_typed(things):
    for name in sorted({name for name, _ in ROWS if name.endswith("draft")}):
        expected = TABLE[name][0]
        desk, url = desk_of(people_of(expected)), address(name, expected, things)
        for body in BODIES:
            refuses_well(desk.post(url, body, content_type="application/json"), (name, body[:60]))


STRANGE = st.one_of(
    st.sampled_from([text for text in TEXTS if text and "/" not in text and len(text) < 3000]),
    st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=12),
)


def paths():
    """Every address of the pages, as its pattern is written: /subjects/<str:number>/<str:visit>/<str:form>/."""
    from django.urls import get_resolver

    def walk(patterns, before=""):
        for found in patterns:
            path = before + str(found.pattern)
            if hasattr(found, "url_patterns"):
                yield from walk(found.url_patterns, path)
            elif "<" in path and "(?P" not in path:
                yield path

    return sorted(set(walk(get_resolver().url_patterns)))


@pytest.mark.finding("F-808")
def test_no_address_breaks_a_page(things):
    known = {"number": "JER-001", "visit": "W1", "form": "HAMD", "row": "1", "kind": "glycine-results", "site": "JER"}
    known |= {
        "username": "clara",
        "code": "JER",
        "sha256": "0" * 64,
        "pk": "1",
        "record": "1",
        "held": "1",
        "log_id": "1",
    }
    desks = [desk_of(person) for person in ("ines", "adam", "sofia", "dana")]

    @settings(FEW, max_examples=120)
    @given(st.sampled_from(paths()), st.data())
    def ask(pattern, data):
        def filled(match):
            kind, _, name = match[1].rpartition(":")
            if data.draw(st.booleans()) and name in known:
                return known[name]
            if kind == "int":
                return data.draw(st.sampled_from(["0", "7", "32767", "2147483648", "9" * 19, "9" * 400]))
            return quote(data.draw(STRANGE), safe="")

        url = "/" + re.sub(r"<([^>]+)>", filled, pattern)
        for desk in desks:
            for method in ("get", "post"):
                refuses_well(getattr(desk, method)(url, {}), (method, url[:200]))

    ask()


def test_a_method_that_no_page_answers_is_refused(db):
    desk = desk_of("ines")
    for method in ("TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND"):
        for url in ("/", "/subjects/", "/subjects/JER-001/", "/accounts/login/", "/people/", "/nowhere/"):
            answer = desk.generic(method, url)
            assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_pages_of_the_own_account_break_at_nothing(things):
    desk = desk_of("clara")
    plain = sorted(name for name in every_name() if name.startswith(OWN_ACCOUNT) and name != "account_logout")
    urls = []
    for name in plain:
        for arguments in ({}, {"token": "x"}, {"rest": "x"}, {"pk": 1}, {"uidb36": "1", "key": "x-y"}):
            try:
                urls.append(reverse(name, kwargs=arguments))
            except NoReverseMatch:
                continue

    @settings(FEW, max_examples=80)
    @given(
        st.sampled_from(urls),
        st.sampled_from(["get", "post"]),
        st.dictionaries(
            st.sampled_from(
                ["login", "password", "email", "code", "password1", "password2", "oldpassword", "next", "credential"]
            ),
            texts,
        ),
    )
    def send(url, method, sent):
        assert getattr(desk, method)(url, sent).status_code < 500, (url, method, sent)
        assert getattr(Client(raise_request_exception=False), method)(url, sent).status_code < 500, (url, method, sent)

    send()


@pytest.mark.finding("F-808")
def test_a_row_is_one_that_is_there_or_the_next_free_one(things):
    desk = desk_of("ines")
    for row, status in ((1, 200), (2, 200), (3, 200), (4, 404), (32767, 404), (0, 404)):
        assert desk.get(f"/subjects/JER-001/LOG/AE/{row}/").status_code == status, row
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, None, "AE", subject.site.today(), "ines", row=3)
    assert desk.get("/subjects/JER-001/LOG/AE/4/").status_code == 200


ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "https:elsewhere.example",
    "javascript:alert(1)",
    "/%09/elsewhere.example",
    "\t//elsewhere.example",
    "http://testserver@elsewhere.example/",
    "/\r\nLocation: https://elsewhere.example/",
]


def test_no_page_leads_to_another_host(db):
    """Whatever is asked as the next page, or as the host."""
    places = ["login/", "reauthenticate/", "2fa/authenticate/", "2fa/reauthenticate/", "logout/", "password/change/"]
    for somebody in (Client(), desk_of("ines")):
        for place in places:
            for following in ELSEWHERE:
                sent = {"next": following, "login": "clara", "password": trial.PASSWORD}
                for answer in (
                    somebody.get(f"/accounts/{place}", sent),
                    somebody.post(f"/accounts/{place}?{urlencode(sent)}", sent),
                ):
                    assert "elsewhere" not in urlsplit(answer.headers.get("Location", "")).netloc, (place, following)
                    assert answer.headers.get("Location", "/")[:1] in "/?", (place, following)
                    assert not re.search(r"""(href|action)=["'](https?:)?//""", answer.content.decode()), place
                    assert "charset=utf-8" in answer.headers["Content-Type"]
        for host in ("elsewhere.example", "testserver.elsewhere.example", "testserver:80@elsewhere.example", "", "a b"):
            for path in ("/accounts/login/", "/accounts/password/reset/", "/", "/subjects"):
                answer = somebody.get(path, headers={"Host": host, "X-Forwarded-Host": "elsewhere.example"})
                assert "elsewhere" not in answer.headers.get("Location", "")
                assert answer.status_code == 400 or host == "", (host, path)


def test_no_name_of_a_file_leads_out_of_what_is_handed_out(db):
    desk = desk_of("dana")
    output = Output.objects.create(kind="data", key="0" * 64, asked_by=trial.person("dana"), asked_at=timezone.now())
    for name in ("../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "..\\x", "."):
        for place in (f"/outputs/{output.pk}/", "/static/", "/reports/", "/subjects/JER-001/"):
            answer = desk.get(place + name)
            assert answer.status_code in {302, 400, 404}, (place, name)
            assert b"root:" not in b"".join(answer)


def test_a_control_character_in_an_address_is_refused_with_a_sentence(db):
    desk = desk_of("adam")
    for path in ("/subjects/%00/", "/people/account/%00/", "/sites/%00/", "/imports/%00/", "/%1b/"):
        answer = desk.get(path)
        assert answer.status_code == 400 and "not understood" in answer.content.decode(), path


#: What a request may say of its content; some of it no parser reads. After `|`: the heads of a form's part.
CONTENT_TYPES = [
    *(
        f"text/plain; charset={one}"
        for one in ("rot13", "zlib_codec", "unicode_escape", "utf-16-le", "utf-7", "no-such")
    ),
    *("text/plain; a*=no-such''x", "text/plain; a*=b; a*1=c", "text/plain; charset*=utf-8''rot13"),
    "multipart/form-data; boundary=x|; a*=b; a*1=c",
]


def test_no_charset_and_no_head_that_a_request_names_breaks_what_the_web_server_calls(db):
    """Read before any middleware, so it is asked as the web server asks. Nobody is signed in for it."""
    handler, kept = Handler(), {}
    for said in CONTENT_TYPES:
        kind, _, head = said.partition("|")
        body = f'--x\r\nContent-Disposition: form-data; name="a"{head}\r\n\r\n1\r\n--x--\r\n'.encode()
        for query in ("next=a%5Cud800", ""):
            environ = RequestFactory().generic("POST", "/accounts/login/", body).environ
            environ |= {"CONTENT_TYPE": kind, "QUERY_STRING": query, "HTTP_COOKIE": f"csrftoken={'a' * 32}"}
            answer = handler(environ, lambda status, headers: kept.update(status=status))
            text = re.sub(r"<[^>]*>", " ", b"".join(answer).decode().partition("<main")[2])
            assert kept["status"].startswith("400") and SENTENCE.search(text), (said, kept["status"], text[:300])


def test_what_is_too_large_or_has_too_many_fields_is_refused_before_it_is_read(db):
    desk = desk_of("ines")
    for sent, status in (
        ({"a": "x" * 5_000_000}, 413),
        ({"a": "x" * 1_500_000}, 400),
        ({f"f{n}": "1" for n in range(10_000)}, 400),
    ):
        form = "&".join(f"{name}={value}" for name, value in sent.items())
        answer = desk.post("/subjects/enrol/", form, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == status
        refuses_well(answer, status)


def test_what_a_page_overlooked_is_a_refusal_where_it_was_sent_and_stays_a_mistake_of_ours_where_it_was_not():
    sent = UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
    nul = ValueError("A string literal cannot contain NUL (0x00) characters.")
    ours = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    assert [getattr(refusal_of_sent(one), "status", None) for one in (sent, nul, ours)] == [400, 400, None]
