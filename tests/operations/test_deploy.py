"""The files of trialsite/deploy are not prose: each is read by the program it is for, and the service starts from them.

The whole way of the README's production section on a PostgreSQL server of its own, over TCP, behind nginx with TLS.
"""

import contextlib
import ipaddress
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests.operations.real_server import clean_environment, running
from tests.starter import a_free_port
from trialsite import environment
from trialsite.database import roles
from trialsite.starter import run

REPOSITORY = Path(run.__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "trialsite" / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
HOST = "ecrf.example.org"


def needs(program: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed here")
    return found


def settings_of(name: str) -> dict[str, str]:
    """What a sample says, with secrets of one's own in place of its words."""
    lines = (DEPLOY / name).read_text().replace(environment.PLACEHOLDER, "Our-0wn").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


# -- each file by its own program


@pytest.mark.finding("F-904")
def test_systemd_accepts_the_units(tmp_path):
    analyze = needs("systemd-analyze")
    for name in UNITS:
        text = (DEPLOY / "systemd" / name).read_text().replace("/opt/ecrf/", f"{REPOSITORY}/")
        for theirs in ("/usr/bin/pgbackrest", "/usr/bin/psql"):  # on the database's host
            text = text.replace(theirs, shutil.which("true"))
        (tmp_path / name).write_text(text.replace("file://" + str(REPOSITORY), "file:///opt/ecrf"))
    words = [analyze, "verify", *[str(tmp_path / name) for name in UNITS]]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"})
    about_ours = [line for line in done.stderr.splitlines() if "ecrf" in line]
    assert done.returncode == 0 and about_ours == [], done.stderr


@pytest.mark.finding("F-904")
@pytest.mark.parametrize("program", ["web", "worker", "trail", "watch"])
def test_a_unit_has_its_account_may_gain_no_right_reaches_no_strange_address_and_is_started_again(program):
    unit = DEPLOY / "systemd" / f"ecrf-{program}.service"
    lines = unit.read_text().splitlines()
    for line in ("NoNewPrivileges=true", "ProtectSystem=strict", "Restart=always", "CapabilityBoundingSet="):
        assert line in lines
    (account,) = (line.removeprefix("User=") for line in lines if line.startswith("User="))
    assert account == ("ecrf-watch" if program == "watch" else "ecrf-web")
    assert "IPAddressDeny=any" in lines
    (reached,) = (line.removeprefix("IPAddressAllow=").split() for line in lines if line.startswith("IPAddressAllow="))
    assert reached.pop(0) == "localhost" and all(ipaddress.ip_network(one).is_private for one in reached)
    words = [needs("systemd-analyze"), "security", "--offline=yes", "--threshold=25", "--no-pager", str(unit)]
    judged = subprocess.run(words, capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.finding("F-904")
@pytest.mark.parametrize("name", ["web.env", "watch.env"])
def test_the_sample_environments_are_read_and_hold_no_more_than_the_program_needs(name, tmp_path):
    said = settings_of(name)
    known = set(re.findall(r"^([A-Z_]+)  ", environment.__doc__, re.MULTILINE))
    assert set(said) <= known
    assert ("DATABASE_URL" in said) == (name == "web.env")
    found = environment.read(said | {"ECRF_VAR": str(tmp_path)}, REPOSITORY)
    assert found.mode == "production" and found.https == "proxy" and not found.embedded and found.email
    assert "DATABASE_OWNER_URL" not in said
    assert ("ECRF_ARM_KEY_FILE" in said) == (name == "web.env")


@pytest.mark.finding("F-904")
def test_logrotate_accepts_its_file(tmp_path):
    words = [needs("logrotate"), "--debug", "--state", str(tmp_path / "state"), str(DEPLOY / "logrotate.conf")]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0 and "error:" not in done.stderr, done.stderr


@pytest.mark.finding("F-904")
def test_caddy_accepts_the_file_of_the_container(tmp_path):
    """The other one is served from in test_through_proxies.py."""
    file = DEPLOY / "container" / "Caddyfile"
    words = [needs("caddy"), "validate", "--adapter", "caddyfile", "--config", str(file)]
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | home)
    assert done.returncode == 0 and "Valid configuration" in done.stdout + done.stderr, done.stderr


@pytest.mark.req("SEC-15")
def test_rsyslog_accepts_its_file():
    words = [needs("rsyslogd"), "-N1", "-f", str(DEPLOY / "rsyslog.conf")]
    done = subprocess.run(words, capture_output=True, text=True)
    missing = ("imjournal", "gtls", "lmnsd")  # modules that come in packages of their own
    wrong = [line for line in done.stderr.splitlines() if "rror" in line and not any(word in line for word in missing)]
    wrong = [line for line in wrong if "errors occured" not in line and "run failed with error" not in line]
    assert wrong == [], done.stderr


def test_docker_compose_reads_its_file_and_every_program_runs_without_rights():
    docker = needs("docker")
    words = [docker, "compose", "-f", str(DEPLOY / "container" / "compose.yaml"), "config", "--format", "json"]
    done = subprocess.run(words, capture_output=True, text=True)
    if "is not a docker command" in done.stderr or "unknown" in done.stderr:
        pytest.skip("docker has no compose here")
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    for name in ("web", "worker", "trail", "watch"):
        assert services[name]["read_only"] and services[name]["cap_drop"] == ["ALL"]
    assert "outside" not in services["web"]["networks"] and "outside" not in services["database"]["networks"]
    assert not services["watch"].get("secrets")


def test_every_program_that_has_a_unit_runs_in_the_containers_too():
    text = (DEPLOY / "container" / "compose.yaml").read_text()
    commands = {
        command
        for unit in (DEPLOY / "systemd").glob("*.service")
        for command in re.findall(r"^ExecStart=.* manage\.py (\w+)$", unit.read_text(), re.MULTILINE)
    }
    assert commands == {"watch", "keep_trail", "work"}
    assert all(f"command: [python, manage.py, {command}]" in text for command in commands)


def test_the_container_file_copies_what_is_there_compiles_it_and_runs_without_rights():
    lines = (DEPLOY / "container" / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    said = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    copied = [words.split() for word, words in said if word == "COPY"]
    assert all((REPOSITORY / source).exists() for *sources, _ in copied for source in sources)
    kept = {Path(source).name for *sources, _ in copied for source in sources}
    assert kept >= {"manage.py", "requirements.lock", "analysis", "crf", "templates", "trialsite"}
    order = [word for word, _ in said]
    at = [number for number, (word, words) in enumerate(said) if word == "RUN" and "compileall" in words]
    assert at and at[0] > max(number for number, word in enumerate(order) if word == "COPY")
    assert order.count("FROM") == 1 and not said[0][1].endswith((":latest", "python"))
    assert order.index("USER") > at[0] and dict(said)["USER"] not in ("root", "0")
    assert {"HEALTHCHECK", "CMD"} <= set(order) and "--require-hashes" in " ".join(words for _, words in said)


def test_the_image_is_built_and_starts():
    docker = needs("docker")
    if subprocess.run([docker, "info"], capture_output=True).returncode:
        pytest.skip("no docker daemon runs here")
    file = DEPLOY / "container" / "Containerfile"
    built = subprocess.run([docker, "build", "-q", "-t", "ecrf-test", "-f", file, REPOSITORY], capture_output=True)
    if built.returncode and b"could not" in built.stderr.lower():
        pytest.skip("docker has no network here")
    assert built.returncode == 0, built.stderr.decode()
    words = [docker, "run", "--rm", "--read-only", "ecrf-test", "python", "manage.py", "check"]
    refused = subprocess.run(words, capture_output=True, text=True)
    assert "ECRF_HOSTS is not set" in refused.stdout + refused.stderr  # it starts, and says what it wants


# -- the whole way


class Installation:
    """What an administrator has before and after each step of the README."""

    def __init__(self, server, var: Path):
        self.server, self.var = server, var
        self.passwords = {role: f"{role}-of-the-test" for role in roles.LOGINS}
        self.web = settings_of("web.env") | {
            "ECRF_VAR": str(var),
            "ECRF_ARM_KEY_FILE": str(var / "arm.key"),
            "DATABASE_URL": server.url(roles.WEB, self.passwords[roles.WEB]),
            "ECRF_WORKERS": "1",
            "ECRF_PROXIES": "127.0.0.1",
        }
        self.owner = self.web | {
            "ECRF_ROLE": "owner",
            "DATABASE_OWNER_URL": server.url(roles.OWNER, self.passwords[roles.OWNER]),
        }

    def manage(self, *words: str, env: dict[str, str], said: str = "") -> str:
        """A command in a process of its own, as a person types it."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=REPOSITORY,
            env=clean_environment() | env,
            input=said,
            capture_output=True,
            text=True,
            start_new_session=True,
        )
        assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout


@contextlib.contextmanager
def started(words: list[str], env: dict[str, str], log: Path):
    with open(log, "w") as output:
        process = subprocess.Popen(words, cwd=REPOSITORY, env=env, stdout=output, stderr=output, process_group=0)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Browser:
    """As much of one as needed: TLS with the proxy's certificate, the host's name, cookies."""

    def __init__(self, port: int, certificate: Path):
        self.port, context = port, ssl.create_default_context(cafile=str(certificate))
        context.check_hostname = False  # it is asked for as 127.0.0.1; who answers is told by the certificate
        handlers = [urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({}), Stay()]
        self.opener = urllib.request.build_opener(*handlers)
        self.cookies: dict[str, str] = {}

    def get(self, path: str, data: bytes | None = None):
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", data=data)
        request.add_header("Host", HOST)
        request.add_header("Referer", f"https://{HOST}/")
        if self.cookies:
            request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        try:
            answer = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        for line in answer.headers.get_all("Set-Cookie", []):
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, answer.headers, answer.read().decode(errors="replace")


#: People by the deeds that set a trial up; the administrator's approvals and activation of each site; then one subject
#: by the deeds of the site from enrolment to the first dose, as ecrf_web, by the list that was loaded.
FIRST_SUBJECT = """
from django.db import transaction
from crf.actions import sites
from crf.models import Site, Subject, User
from crf.rehearsal.plausible import Plausible
from crf.rehearsal.walk import Walk
from trialsite.database.wall import seeing
from trialsite.management.commands.rehearse import Played
played = Played(Plausible(subjects=3, seed=1))
with transaction.atomic():
    played.people_and_sites(played.begun())
first = min(played.told.plans, key=lambda plan: plan.first_dose)
with seeing(Site.objects.all()):
    walk = Walk(played.begun(), played.today, played.told, is_finishing=False)
    with walk.on_day(walk.date_of(first.screened - 1)):
        for site in Site.objects.all():
            by = User.objects.get(username="administrator")  # who opened the first account has a role from today on
            for what in sites.APPROVALS:
                filed = {"approved_on": walk.date_of(first.screened - 2), "reference": "In the site's file"}
                sites.record_approval(site=site, what=what, by=by, **filed)
            sites.activate(site=site, by=by)
played.walk(played.begun(), walk.date_of(first.first_dose), is_finishing=False)
with seeing(Site.objects.all()):
    print(dict(played.broke), Subject.objects.filter(kit__isnull=False).count())
"""


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **words):
        return None


def until(port: int, path: str, status: int, log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            try:
                found = urllib.request.build_opener(Stay()).open(f"http://127.0.0.1:{port}{path}", timeout=5).status
            except urllib.error.HTTPError as answer:
                found = answer.code
            if found == status:
                return
        time.sleep(0.2)
    raise AssertionError(f"{path} did not answer {status}: {log.read_text()[-3000:]}")


def nginx(folder: Path, http: int, https: int, behind: int) -> list[str]:
    """The sample with this machine's ports and a certificate made here."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
        + ["-addext", f"subjectAltName=DNS:{HOST}", "-keyout", folder / "key.pem", "-out", folder / "fullchain.pem"],
        check=True,
        capture_output=True,
    )
    text = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/ecrf", str(folder))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{http};")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{https} ssl")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;\n"
        f"events {{}}\nhttp {{\n{temporary}\n{text}\n}}\n"
    )
    return [needs("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


@pytest.mark.finding("F-904")
@pytest.mark.req("VAL-04")
@pytest.mark.long
def test_from_an_empty_server_to_a_page_behind_nginx_with_tls(tmp_path):
    needs("openssl")
    needs("nginx")
    var, seed = tmp_path / "var", tmp_path / "seed"
    var.mkdir(mode=0o700)
    seed.write_text("the seed of this installation's list\n")
    seed.chmod(0o600)
    with running() as server, contextlib.ExitStack() as house:
        here = Installation(server, var)
        # 1. roles and the bare database
        server.psql("CREATE DATABASE ecrf TEMPLATE template0;", "postgres")
        server.psql(here.manage("prepare_database", env=here.web))
        server.psql("".join(f"ALTER ROLE {role} PASSWORD '{said}';" for role, said in here.passwords.items()))
        # 3. tables and static files
        here.manage("migrate", env=here.owner)
        here.manage("collectstatic", "--no-input", env=here.owner)
        # 4. the list, and the custodians' copies
        phrases = "a pass phrase of one\n" * 2 + "a pass phrase of two\n" * 2
        said = here.manage(
            "load_allocation",
            "--seed-file",
            str(seed),
            "--custodian-copies",
            str(tmp_path / "copies"),
            env=here.owner,
            said=phrases,
        )
        assert "loaded and verified" in said
        # 5. nothing is found; the first administrator
        here.manage("check", "--database", "default", env=here.web)
        said = here.manage(
            "first_administrator",
            "adam.cohen",
            "Adam Cohen",
            "adam@example.org",
            "--organisation",
            "Sponsor",
            env=here.web,
        )
        link = re.search(rf"https://{HOST}(/accounts/password/reset/key/\S+)", said).group(1)
        # the sites are activated, and the first subject is given a kit
        said = here.manage("shell", "--no-imports", "-c", FIRST_SUBJECT, env=here.web)
        assert said.split() == ["{}", "1"], said
        # 6. the web server as its unit starts it, behind the proxy's sample
        behind, http, https = a_free_port(), a_free_port(), a_free_port()
        unit = (DEPLOY / "systemd" / "ecrf-web.service").read_text()
        words = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE).group(1).split()
        words[0] = words[0].replace("/opt/ecrf", str(REPOSITORY))
        env = clean_environment() | here.web | {"ECRF_BIND": f"127.0.0.1:{behind}", "PYTHONUNBUFFERED": "1"}
        env["DJANGO_SETTINGS_MODULE"] = "trialsite.settings"
        log = tmp_path / "web.log"
        house.enter_context(started(words, env, log))
        until(behind, "/health/ready", 200, log)
        house.enter_context(started(nginx(tmp_path, http, https, behind), clean_environment(), tmp_path / "nginx.log"))
        browser = Browser(https, tmp_path / "fullchain.pem")
        until(http, "/nothing", 308, tmp_path / "nginx.log")
        look_at_it(browser, behind, link, log)
        # the watch, from its own environment, sends what waits; it holds neither the web's log-in nor the arm key
        watch = settings_of("watch.env") | {
            "ECRF_VAR": str(tmp_path / "watch"),
            "DATABASE_WATCH_URL": server.url(roles.WATCH, here.passwords[roles.WATCH]),
            "ECRF_SECRET_KEY": here.web["ECRF_SECRET_KEY"],
            "EMAIL_URL": f"smtp://nobody:x@127.0.0.1:{a_free_port()}",
        }
        here.manage("watch", "--once", env=watch)
        found = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{behind}/health/ready").read())["findings"]
        state = {one["name"]: one["state"] for one in found}
        assert state["watch"] == "well" and state["mail"] == "warning"
        # who backs it up reads everything, and a copy is held against the live one
        compared(server, here)
        # what its timer says once pgBackRest is done, and the drill, stands there too; this server archives nothing
        unit = (DEPLOY / "systemd" / "ecrf-backup.service").read_text()
        with psycopg.connect(server.url(roles.BACKUP, here.passwords[roles.BACKUP])) as keeper:
            keeper.execute(re.search(r'-c "(SELECT public[^"]+)"', unit).group(1))
        found = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{behind}/health/ready").read())["findings"]
        said = {one["name"]: one["sentence"] for one in found}
        assert said["drill"] == "The last restore drill was 0 minutes ago and found nothing wrong."
        assert said["backup"].startswith("The database's server archives no change (archive_mode is off).")
        assert said["trail"].startswith("Who keeps the trail was never seen")


def look_at_it(browser: Browser, behind: int, link: str, log: Path) -> None:
    status, headers, page = browser.get("/accounts/login/")
    assert status == 200 and "Strict-Transport-Security" in headers and headers["X-Request-ID"]
    style = re.search(r'href="(/static/ecrf/ecrf[^"]+\.css)"', page).group(1)
    assert browser.get(style)[0] == 200
    assert browser.get("/metrics")[0] == 404
    assert json.loads(browser.get("/health/ready")[2]) == {"ready": True}
    assert urllib.request.urlopen(f"http://127.0.0.1:{behind}/metrics").status == 200
    status, headers, _ = browser.get(link)  # the key goes into the session, and the page is asked for without it
    assert status == 302
    status, _, page = browser.get(headers["Location"].removeprefix(f"https://{HOST}"))
    assert status == 200 and "password1" in page
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    answered = [line for line in lines if line["logger"] == "ecrf.requests"]
    assert {"route", "status", "ms", "request"} <= set(answered[0])
    assert not any(link.split("/")[-2] in json.dumps(line) for line in lines)


def compared(server, here: Installation) -> None:
    url = server.url(roles.BACKUP, here.passwords[roles.BACKUP])
    words = [sys.executable, "-m", "trialsite.operations.drill", "--restored", url, "--live", url]
    env = clean_environment() | {"ECRF_VAR": str(here.var)}
    done = subprocess.run(words, cwd=REPOSITORY, env=env, capture_output=True, text=True)
    assert done.returncode == 0 and "Lost: nothing." in done.stdout, done.stdout + done.stderr
