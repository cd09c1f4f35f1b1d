"""The production steps of the README, in their order: each command in a process of its own, as the role it names."""

import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from tests.databases import the_cluster
from tests.starter import a_free_port
from trialsite.database import passwords, roles
from trialsite.database.postgres import binaries

REPOSITORY = Path(passwords.__file__).resolve().parents[2]
NAME = f"installation_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"  # one for each process of the tests
MANAGE = [sys.executable, "manage.py"]
HOST = "ecrf.example.org"
#: Run by tests of their own, because they take a running trial: the demo (tests/journeys/test_demo_trial.py), the
#: second program's numbers (tests/unit/test_second_programmer.py), the list made elsewhere
#: (tests/blind/test_load_allocation.py), and the estimators (tests/stats/test_analyse.py, as
#: a process). makemigrations and documents are a developer's.
ELSEWHERE = {"demo", "make_allocation", "second", "analyse", "makemigrations", "documents"}


def url_of(role: str) -> str:
    cluster = the_cluster()
    secret = passwords.read_password(passwords.passfile(settings.VAR, role))
    return f"postgresql://{role}:{secret}@/{NAME}?host={cluster.socket}&port=5432"


class House(SimpleNamespace):
    """An installation: its folder, what its service's environment says, and what was run in it."""

    def run(self, *words, said: str = "", **beside) -> str:
        """A command of manage.py with the service's environment and what is said beside; returns what it printed."""
        done = subprocess.run(
            [*MANAGE, *words],
            cwd=REPOSITORY,
            env=self.environment | beside,
            input=said,
            text=True,
            capture_output=True,
            start_new_session=True,  # passphrases are asked of a terminal where there is one
            timeout=300,
        )
        assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        self.ran.append(words[0])
        return done.stdout

    @contextlib.contextmanager
    def gunicorn(self, bind: str = "", **beside):
        environment = {name: value for name, value in (self.environment | beside).items() if value is not None}
        words = [sys.executable, "-m", "gunicorn", "--config", "trialsite/deploy/gunicorn.conf.py", "trialsite.wsgi"]
        words += ["--log-level", "error", "--workers", "1"]
        with subprocess.Popen(
            [*words, "--bind", bind or f"127.0.0.1:{self.port}"],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as server:
            try:
                yield server
            finally:
                server.terminate()
                server.wait()

    def page(self, path: str, server: subprocess.Popen) -> str:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        request.add_header("Host", HOST)
        request.add_header("X-Forwarded-Proto", "https")
        request.add_header("X-Forwarded-For", "192.0.2.7")
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.read().decode()
            except urllib.error.HTTPError:
                raise
            except OSError:
                assert server.poll() is None, server.stdout.read()
                assert time.monotonic() < deadline
                time.sleep(0.1)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Steps 1 and 2: an empty database and the service's environment."""
    folder = tmp_path_factory.mktemp("installation")
    with the_cluster().connect() as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {NAME} OWNER {roles.OWNER}")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ECRF_", "DATABASE_", "DJANGO_")) and name != "EMAIL_URL"
    }
    environment |= {
        "ECRF_MODE": "production",
        "ECRF_SECRET_KEY": "k3y-of-the-installation-" * 4,
        "ECRF_HOSTS": HOST,
        "ECRF_HTTPS": "proxy",
        "ECRF_PROXIES": "127.0.0.1",
        "ECRF_VAR": str(folder / "var"),
        "ECRF_ARM_KEY_FILE": str(folder / "arm.key"),
        "DATABASE_URL": url_of(roles.WEB),
        "EMAIL_URL": f"smtp://127.0.0.1:{a_free_port()}",  # nobody answers: the deed is done all the same
    }
    house = House(folder=folder, environment=environment, port=a_free_port(), ran=[])
    script = house.run("prepare_database")
    psql = [str(binaries() / "psql"), "-v", "ON_ERROR_STOP=1", "-q", "-d", NAME]
    where = {"PGHOST": str(the_cluster().socket), "PGPORT": "5432", "PGUSER": passwords.ADMIN}
    where["PGPASSFILE"] = str(passwords.passfile(settings.VAR, passwords.ADMIN))
    subprocess.run(psql, input=script, text=True, check=True, env=os.environ | where)
    yield house
    with the_cluster().connect() as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


@pytest.fixture(scope="module")
def installed(house):
    """Steps 3 to 5."""
    as_owner = {"ECRF_ROLE": "owner", "DATABASE_OWNER_URL": url_of(roles.OWNER)}
    house.run("migrate", "--verbosity", "0", **as_owner)
    house.run("collectstatic", "--noinput", "--verbosity", "0", **as_owner)
    seed = house.folder / "list.seed"
    passwords.write_secret(seed, "the seed of the installation")
    copies = house.folder / "copies"
    copies.mkdir(mode=0o700)
    house.loaded = house.run(
        "load_allocation",
        "--seed-file",
        str(seed),
        "--custodian-copies",
        str(copies),
        said="first custodian's words\n" * 2 + "second custodian's words\n" * 2,
        **as_owner,
    )
    house.run("check", "--database", "default")
    house.opened = house.run("first_administrator", "lea.katz", "Lea Katz", "lea@example.org", "--organisation", "Emek")
    return house


@pytest.mark.finding("F-801")
@pytest.mark.finding("F-803")
def test_the_steps_can_be_followed_in_the_order_in_which_they_stand(installed):
    assert "Commitment" in installed.loaded
    assert f"https://{HOST}/accounts/password/reset/key/" in installed.opened
    assert Path(installed.environment["ECRF_ARM_KEY_FILE"]).stat().st_mode & 0o777 == 0o600


@pytest.mark.finding("F-801")
@pytest.mark.long
def test_every_command_that_the_readme_names_was_run_as_people_run_it(installed):
    installed.run("watch", "--once")
    installed.run("keep_trail", "--once")
    assert ", key " in installed.run("anchor")
    copy = installed.folder / "copies" / "custodian-1.json"
    key = Path(installed.environment["ECRF_ARM_KEY_FILE"])
    kept = key.read_bytes()
    key.unlink()
    # Without its key nothing runs as the web; the owner brings it back.
    owner = {"ECRF_ROLE": "owner", "DATABASE_OWNER_URL": url_of(roles.OWNER)}
    installed.run("restore_arm_key", str(copy), said="first custodian's words\n", **owner)
    assert key.read_bytes() == kept
    installed.run("work", "--once")
    installed.run("check_trial", settings.TRIAL, "--record", str(installed.folder / "trial.txt"))
    installed.run("recheck", "--everything")
    installed.run("archive", str(installed.folder / "archive"), **owner)
    # The list is not opened, nobody has data to take out, this database is not empty; of an installation and a record
    # it is said what is not as it should be.
    for words, role in (
        (("verify_allocation",), {}),
        (("export", str(installed.folder / "no.zip"), "--by", "lea.katz", "--purpose", "To try it"), {}),
        (("restore_archive", str(installed.folder / "archive")), owner),
        (("qualify",), {}),
        (("verify",), owner),
    ):
        try:
            installed.run(*words, **role)
        except AssertionError as refused:
            assert "ended with 1" in str(refused) and "Traceback" not in str(refused)
            installed.ran.append(words[0])
    named = set(re.findall(r"manage\.py (\w+)", (REPOSITORY / "README.md").read_text()))
    assert named - ELSEWHERE <= set(installed.ran)


@pytest.mark.finding("F-802")
def test_gunicorn_serves_what_was_installed(installed):
    with installed.gunicorn() as server:
        page = installed.page("/accounts/login/", server)
    assert "Sign in" in page and "/static/" in page


@contextlib.contextmanager
def half_said(port: int, words: bytes, how_many: int):
    """So many connections that have sent these words and send no more."""
    with contextlib.ExitStack() as open_ones:
        for _ in range(how_many):
            one = open_ones.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            one.sendall(words)
        yield


@pytest.mark.finding("F-811")
@pytest.mark.finding("F-909")
def test_pages_come_while_hundreds_of_clients_send_nothing_half_a_head_or_half_a_body(installed):
    half_a_head = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode()
    half_a_body = f"POST /accounts/login/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5000\r\n\r\nlogin=".encode()
    with installed.gunicorn() as server:
        installed.page("/accounts/login/", server)
        with (
            half_said(installed.port, b"", 60),
            half_said(installed.port, half_a_head, 300),
            half_said(installed.port, half_a_body, 60),
        ):
            for _ in range(10):  # each is answered, or this fails after ten seconds of waiting for it
                assert "Sign in" in installed.page("/accounts/login/", server)
        proxy = http.client.HTTPConnection("127.0.0.1", installed.port, timeout=10)
        for body in (b"", b"a" * 300_000):  # on one connection, the second longer than one reading
            proxy.request("POST", "/accounts/login/", body, {"Host": HOST, "X-Forwarded-Proto": "https"})
            answer = proxy.getresponse()
            assert answer.status == 403 and answer.read()  # without the page's token
        proxy.close()
        for length, status in ((9_000, 431), (100_000, 431)):  # the parser's limit of one field, and the front's
            proxy.request("GET", "/", headers={"Host": HOST, "X-Long": "a" * length})
            assert proxy.getresponse().status == status
            proxy.close()


@pytest.mark.finding("F-802")
@pytest.mark.parametrize(
    ("spoilt", "sentences"),
    [
        (
            {"EMAIL_URL": None, "DATABASE_URL": None, "ECRF_ARM_KEY_FILE": "/nowhere/arm.key"},
            ("EMAIL_URL is not set", "DATABASE_URL is not set", "key of the sealed arms is not at"),
        ),
        ({"mode": 0o644}, ("Others may read",)),
        ({"DATABASE_URL": "superuser"}, ("this program logs in as ecrf_web",)),
        ({"ECRF_HOSTS": None}, ("ECRF_HOSTS is not set",)),
        ({"ECRF_SECRET_KEY": None}, ("ECRF_SECRET_KEY is not set",)),
        ({"ECRF_HTTPS": None}, ("ECRF_HTTPS is not set",)),
    ],
    ids=lambda spoilt: next(iter(spoilt)) if isinstance(spoilt, dict) else "",
)
def test_gunicorn_refuses_to_serve_what_is_not_sound(installed, spoilt, sentences):
    key = Path(installed.environment["ECRF_ARM_KEY_FILE"])
    spoilt = dict(spoilt)
    key.chmod(spoilt.pop("mode", 0o600))
    if spoilt.get("DATABASE_URL") == "superuser":
        spoilt["DATABASE_URL"] = url_of(passwords.ADMIN)
    try:
        with installed.gunicorn(**spoilt) as server:
            said, _ = server.communicate(timeout=60)
    finally:
        key.chmod(0o600)
    assert server.returncode == 3, said
    assert all(one in said for one in sentences) and "Traceback" not in said


class Behind(http.client.HTTPConnection):
    """As a proxy that speaks to gunicorn over a socket of this machine."""

    def __init__(self, path: Path):
        super().__init__(HOST)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))

    def ask(self, method: str, path: str, sent: dict | None = None, cookie: str = ""):
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.77", "Cookie": cookie}
        headers |= {"Referer": f"https://{HOST}/", "Content-Type": "application/x-www-form-urlencoded"}
        self.request(method, path, urllib.parse.urlencode(sent or {}), headers)
        answer = self.getresponse()
        return answer, answer.read().decode()


@pytest.mark.finding("F-901")
def test_over_a_socket_the_proxys_word_counts_and_the_real_address_is_written_down(installed, tmp_path):
    path = tmp_path / "g.sock"
    with installed.gunicorn(bind=f"unix:{path}", ECRF_PROXIES="unix") as server:
        deadline = time.monotonic() + 60
        while not path.exists():
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        proxy = Behind(path)
        answer, page = proxy.ask("GET", "/accounts/login/")
        assert answer.status == 200
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        sent = {"csrfmiddlewaretoken": token, "login": "lea.katz", "password": "wrong-Password-17"}
        answer, page = proxy.ask("POST", "/accounts/login/", sent, cookie)
        assert answer.status == 200 and "do not belong together" in page
    with the_cluster().connect(dbname=NAME) as admin:
        rows = admin.execute("SELECT kind, host(address) FROM crf_signin").fetchall()
    assert rows == [("failed", "192.0.2.77")]
