"""The tests' ground: a cluster of their own, a template database per state of the migrations, a copy for every worker.

A test says what it needs by the name of a fixture:

    client          Django's client as a person uses it: each post carries what the page would (tests/desk.py)
    db              a database holding the small world of tests/trial.py, as ecrf_web; rolled back afterwards
    real_commits    a copy of its own, as ecrf_web, where commits are commits; thrown away afterwards
    owner           a psycopg connection as ecrf_owner to the database the test is using (it sees what is committed)
    served          real_commits and a live server on it: `served.url`
    page            a page in a real Chromium; the test fails if the page breaks its Content-Security-Policy
    another_page    a function that opens a page of another browser session (somebody else at another desk)

`django_db(transaction=True)` and `live_server` are refused: they empty tables by TRUNCATE, which ecrf_web may not.
"""

import contextlib
import itertools
import os
import shutil

import hypothesis
import pytest
from django.conf import settings

from tests.databases import (
    clone,
    connected,
    drop,
    drop_what_killed_runs_left,
    point_at,
    template_with_world,
    the_cluster,
)
from trialsite.database import postgres, roles
from trialsite.starter.processes import working_in

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
_using = contextlib.ExitStack()
FIRST_TRIAL = "dcs_trd"  # its content is what the tests without the mark `every_trial` are about
# The same examples on every run: what passed once passes again. HYPOTHESIS_PROFILE=search looks for new ones.
#: How long an example takes says how busy the machine is, and nothing about the program.
TIMELESS = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("same", derandomize=True, **TIMELESS)
hypothesis.settings.register_profile("search", **TIMELESS)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


# -- one cluster for the run, started by the controller


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes are begun: each module is compiled once
    os.environ["TRIAL_TEST_RUN"] = str(os.getpid())  # part of the databases' names; workers inherit it
    cluster = the_cluster()
    try:
        try:
            _using.enter_context(cluster.in_use())
        except postgres.ClusterFailed:
            # Started with fsync off, a power cut may have spoilt it. Nothing in it is worth keeping.
            if working_in(cluster.data):
                raise
            shutil.rmtree(cluster.data, ignore_errors=True)
            _using.enter_context(cluster.in_use())
    except postgres.ClusterFailed as failure:
        pytest.exit(str(failure), returncode=3)
    with cluster.connect() as admin:
        roles.prepare_roles(
            admin, {role: postgres.read_password(postgres.passfile(settings.VAR, role)) for role in roles.LOGINS}
        )
        drop_what_killed_runs_left(admin)


def pytest_unconfigure(config):
    _using.close()


def pytest_ignore_collect(collection_path):
    """Over another trial than the first only the tests that hold of any are read, and those of that trial's folder."""
    if collection_path.suffix != ".py" or not collection_path.name.startswith("test_"):
        return None
    of_a_trial = collection_path.parent.parent.name == "trials"
    if of_a_trial:
        return collection_path.parent.name != settings.TRIAL or None
    if settings.TRIAL == FIRST_TRIAL or "mark.every_trial" in collection_path.read_text(encoding="utf-8"):
        return None
    return True


@pytest.hookimpl(trylast=True)  # once they are in random order
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        # The report of a run names what each test bears: the trace of requirements is made from it.
        for kind in ("req", "finding"):
            item.user_properties += [(kind, mark.args[0]) for mark in item.iter_markers(kind)]
        marker = item.get_closest_marker("django_db")
        asks = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if asks or (marker and (marker.kwargs.get("transaction") or any(marker.args))):
            raise pytest.UsageError(f"{item.nodeid}: use the fixtures real_commits and served (see tests/conftest.py).")


# -- fixtures


@pytest.fixture
def client():
    """A desk at which nobody is signed in."""
    from tests.desk import Desk

    return Desk()


@pytest.fixture(scope="session")
def admin():
    """A superuser's connection to the tests' cluster, for making and dropping databases."""
    with the_cluster().connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def world_template(admin, django_test_environment, django_db_blocker) -> str:
    """The name of the template that every test's database is a copy of."""
    with django_db_blocker.unblock():
        return template_with_world(admin)


@pytest.fixture(scope="session")
def database_names():
    """Names for this worker's databases; those of a run that was killed are dropped by the next run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return (f"run_{os.environ['TRIAL_TEST_RUN']}_{worker}_{number}" for number in itertools.count())


@pytest.fixture(scope="session")
def django_db_setup(admin, world_template, database_names, django_db_blocker):
    """What pytest-django's `db` stands on: this worker's copy, as ecrf_web."""
    name = next(database_names)
    clone(admin, world_template, name)
    with django_db_blocker.unblock():
        point_at(name, roles.WEB)
        yield
        from django.db import connections

        connections.close_all()
    drop(admin, name)


@pytest.fixture
def real_commits(request, admin, world_template, database_names, django_db_blocker):
    """A database of this test's own: what it commits, other connections see. Its name is the fixture's value."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        pytest.fail("A test has either `db` (rolled back) or `real_commits`.")
    from django.db import connections

    name = next(database_names)
    clone(admin, world_template, name)
    with django_db_blocker.unblock(), connected(name, roles.WEB):
        yield name
        connections.close_all()
    drop(admin, name)


@pytest.fixture
def owner(request):
    """ecrf_owner's own connection (autocommit) to the database of this test."""
    from django.db import connection

    if "real_commits" not in request.fixturenames:
        request.getfixturevalue("db")
    with the_cluster().connect(roles.OWNER, connection.settings_dict["NAME"]) as direct:
        if "real_commits" not in request.fixturenames:
            # Other tests use this database afterwards. What is done to its tables here is put right by the test, and is
            # no finding of the next look at the record.
            direct.execute("SET application_name TO 'ecrf-migrate'")
        yield direct


@pytest.fixture
def superuser(real_commits):
    """Above every guard, as a database administrator is: in replica mode no ordinary trigger fires for it."""
    from django.db import connection

    with the_cluster().connect(dbname=connection.settings_dict["NAME"]) as direct:
        yield direct


@pytest.fixture
def served(real_commits):
    """A live server on a database of its own. Passkeys want `localhost`, not a number."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium():
    """One browser a worker: the system's Chromium, else the one Playwright installed."""
    from playwright.sync_api import sync_playwright

    from tests.browser_for_tests import executable

    found = executable()  # asked before: Playwright's synchronous interface cannot be opened twice
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def another_page(chromium, served):
    """another_page(**options): a page in a session of its own; options are Playwright's for a context."""
    contexts, troubles = [], []

    def open_page(**options):
        context = chromium.new_context(**{"base_url": served.url, "locale": "en-GB", "timezone_id": "UTC"} | options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: "Content Security Policy" in line.text and troubles.append(line.text))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not troubles, troubles


@pytest.fixture
def page(another_page):
    return another_page()
