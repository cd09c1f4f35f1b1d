"""Outside scanners against the product as it is served: what they find is nothing, or is explained here.

    make scan        the scanners into var/scan (wapiti, sqlmap, semgrep, pip-audit), then this; about ten minutes
    make scan ARGS="-k sqlmap"

The small world is served as `make run` serves it; wapiti and sqlmap come as somebody who is signed in. testssl.sh
looks at nginx with the sample configuration, where both are installed. What is not there is skipped, and said so.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests import trial
from tests.databases import clone, connected, drop
from tests.operations.test_deploy import nginx, started, until
from tests.starter import REPOSITORY, a_free_port, starting
from trialsite.database import roles
from trialsite.validation import holes

TOOLS = REPOSITORY / "var" / "scan"  # a folder for each: they want other versions of the same packages
#: (scanner, what it says) -> why that is as it should be.
EXPLAINED: dict[tuple[str, str], str] = {
    ("wapiti", "Secure Flag cookie"): "the demo is served without TLS; in production: tests/unit/test_settings.py",
    ("testssl", "cert_chain_of_trust"): "the certificate is made for this run",
    ("testssl", "cert_trust"): "it is asked by the number of this machine",
    ("testssl", "cert_expirationStatus"): "the certificate is made for this run",
    ("testssl", "cert_extlifeSpan"): "the certificate is made for this run",
    ("testssl", "cert_notAfter"): "the certificate is made for this run",
    ("testssl", "cert_revocation"): "the certificate is made for this run",
    ("testssl", "DNS_CAArecord"): "the name of the example has no records",
    ("testssl", "engine_problem"): "of the scanner's own openssl",
    ("testssl", "sessionresumption_ticket"): "there are no tickets to resume by",
    ("testssl", "BREACH"): "pages are compressed, and padded at random (trialsite/decisions/0004)",
    ("testssl", "security_headers"): "looked at through the application, in tests/unit/test_middleware.py",
    ("testssl", "HSTS"): "looked at through the application, in tests/unit/test_middleware.py",
}
#: Who looks, and at which addresses with parameters.
ASKED = {
    "dana": (
        "/visits/?site=JER&stage=randomised&state=overdue&visit=W3&sort=newest&page=1",
        "/subjects/?q=JER-0&page=1",
        "/queries/?state=open&subject=JER-001&page=1",
        "/exports/?who=dana&page=1",
    ),
    "aude": ("/study/trail/?kind=record&who=ines&subject=JER-001&site=JER&since=2026-11-01&until=2026-11-27&page=1",),
    "adam": ("/people/?q=in&page=1", "/people/sign-ins/?who=ines&kind=in&page=1"),
}
#: Pages whose forms and parameters wapiti attacks, one by one: all it can reach from one page would take an hour.
ATTACKED = {
    "dana": ("/subjects/?q=JER-0&page=1", "/queries/?state=open&subject=JER-001&page=1"),
    "ines": ("/subjects/JER-003/SCR/DEMOG/", "/subjects/enrol/"),
    "adam": ("/people/?q=in&page=1", "/people/new/"),
}
MODULES = "cookieflags,crlf,csp,exec,file,http_headers,redirect,sql,ssrf,xss"


@pytest.fixture(scope="module")
def site(admin, world_template, database_names, django_db_blocker, tmp_path_factory):
    """The address at which the small world is served."""
    name = next(database_names)
    clone(admin, world_template, name)
    with django_db_blocker.unblock(), connected(name, roles.WEB):
        around = {"ECRF_MODE": "demo", "ECRF_SECRET_KEY": settings.SECRET_KEY, "ECRF_WORKERS": "2"}
        with starting(name, tmp_path_factory.mktemp("scan"), **around) as begin:
            starter = begin(with_files=True)
            starter.until_served()
            yield starter.url
    drop(admin, name)


def cookie_of(username: str) -> str:
    client = Client()
    client.force_login(trial.person(username))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def tool(name: str) -> str:
    found = next((str(found) for found in TOOLS.glob(f"*/bin/{name}")), None) or shutil.which(name)
    return found or pytest.skip(f"{name} is not installed.")


def unexplained(scanner: str, found: list[tuple[str, str]]) -> list[str]:
    for what, said in found:
        print(f"{scanner}: {what}: {said}  {EXPLAINED.get((scanner, what), '')}")
    return [f"{what}: {said}" for what, said in found if (scanner, what) not in EXPLAINED]


def run(words: list, folder: Path, seconds: int) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ECRF_", "DATABASE_", "DJANGO_"))}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=env | {"HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(("username", "url"), [(name, url) for name, urls in ATTACKED.items() for url in urls])
def test_wapiti_finds_nothing(site, tmp_path, username, url):
    report = tmp_path / "wapiti.json"
    words = [tool("wapiti"), "-u", site + url, "--scope", "page", "-m", MODULES, "--flush-session"]
    words += ["-H", f"Cookie: {cookie_of(username)}", "-d", "1", "--max-scan-time", "60", "--max-attack-time", "15"]
    words += ["-x", f"{site}/accounts/logout/", "--tasks", "4", "-f", "json", "-o", report, "--no-bugreport"]
    said = run([*words, "--store-session", tmp_path], tmp_path, 300)
    assert report.exists(), said[-2000:]
    told = json.loads(report.read_text())
    print(f"wapiti {url.partition('?')[0]}: {told['infos'].get('crawled_pages_nbr')} pages with their forms")
    found = [
        (kind, f"{one['method']} {one['path']} {one['info']}")
        for part in ("vulnerabilities", "anomalies")
        for kind, all_of_it in told[part].items()
        for one in all_of_it
    ]
    assert told["infos"].get("crawled_pages_nbr") and not unexplained("wapiti", found)


@pytest.mark.parametrize(("username", "url"), [(name, url) for name, urls in ASKED.items() for url in urls])
def test_sqlmap_finds_nothing(site, tmp_path, username, url):
    words = [tool("sqlmap"), "-u", site + url, "--batch", "--flush-session", "--cookie", cookie_of(username)]
    words += ["--skip", settings.SESSION_COOKIE_NAME, "--level", "1", "--risk", "1", "--technique", "BEU"]
    words += [
        "--dbms",
        "PostgreSQL",
        "--threads",
        "2",
        "--retries",
        "0",
        "--output-dir",
        tmp_path,
        "--disable-coloring",
    ]
    said = run(words, tmp_path, 600)
    parameters = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    tested = [name for name in parameters if f"'{name}'" in said]
    print(f"sqlmap {url.partition('?')[0]}: {', '.join(tested)}")
    assert "all tested parameters do not appear to be injectable" in said, said[-2000:]
    assert tested and "500 (Internal Server Error)" not in said, said[-2000:]


def test_testssl_finds_nothing_at_nginx_with_the_sample(site, tmp_path):
    tmp_path.chmod(0o755)
    http, https, log = a_free_port(), a_free_port(), tmp_path / "nginx.log"
    report, scanner = tmp_path / "testssl.json", tool("testssl")
    with started(nginx(tmp_path, http, https, urllib.parse.urlsplit(site).port), dict(os.environ), log):
        until(http, "/nothing", 308, log)
        words = [
            scanner,
            "--quiet",
            "--color",
            "0",
            "--protocols",
            "--server-defaults",
            "--fs",
            "--std",
            "--vulnerable",
        ]
        said = run([*words, "--jsonfile", report, f"127.0.0.1:{https}"], tmp_path, 400)
    found = [
        (one["id"].split(" ")[0], one["finding"]) for one in json.loads(report.read_text()) if one["severity"] in BAD
    ]
    assert not unexplained("testssl", found), said[-2000:]


BAD = {"LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN"}


def test_semgrep_with_our_rules_finds_nothing():
    rules = Path(__file__).with_name("scan.yml")
    words = [
        tool("semgrep"),
        "scan",
        "--config",
        rules,
        "--metrics",
        "off",
        "--disable-version-check",
        "--json",
        "--quiet",
        "--timeout",
        "60",
    ]
    done = subprocess.run(
        [*map(str, words), "crf", "analysis", "trialsite", "templates"], cwd=REPOSITORY, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    found = [(one["check_id"], f"{one['path']}:{one['start']['line']}") for one in told["results"]]
    assert not told["errors"] and not unexplained("semgrep", found)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-tests.lock"])
def test_no_package_has_a_known_hole(lock, tmp_path):
    report = tmp_path / "told.json"
    words = [tool("pip-audit"), "--requirement", lock, "--disable-pip", "--format", "json", "--output", report]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, timeout=300)
    if not report.exists():
        pytest.skip(f"pip-audit had no answer: {done.stderr.splitlines()[-1][:200]}")
    told = holes.read([report])
    if not told.looked_at:
        pytest.skip("The list of known holes cannot be reached from here.")
    print(f"pip-audit: {len(told.looked_at)} packages of {lock}")
    assert told.unexplained() == []


def test_bandit_finds_nothing():
    words = [sys.executable, "-m", "bandit", "-q", "-ll", "-r", "trialsite", "crf", "analysis", "-c", "pyproject.toml"]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
