"""CHK-03: a changed check runs over old data and shows what it would newly flag; nothing changes unless one says so."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crf import trial as served
from crf.actions import queries
from crf.actions.follow import COMPONENT
from crf.chart.newly_flagged import newly_flagged
from crf.models import RECORDS, Alert, AuditEntry, Found, Query, Site
from crf.spec import Check
from crf.spec.consequences import Alert as AlertAsked
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.req("CHK-03")

VITALS = served.form("VITALS")
FAST = Check("VITALS-90", "The pulse is above 70: please confirm.", lambda r: r.pulse <= 70)
REFUSING = Check("VITALS-91", "The pulse cannot be above 70.", lambda r: r.pulse <= 70, hard=True)
ACROSS = Check(
    "VITALS-92",
    "A pulse was measured in a subject born after 1970: please confirm.",
    lambda r, others: (born := others.value("DEMOG", "birth_year", visit="SCR")) is None or born <= 1970,
    items=("pulse",),
)


@pytest.fixture
def all_sites(db):
    with seeing(Site.objects.all()):
        yield


@pytest.fixture
def declare(monkeypatch):
    """declare(check): from now on the vital signs have this check too."""

    def add(check):
        monkeypatch.setattr(VITALS, "checks", (*VITALS.checks, check))

    return add


def flagged(code: str) -> list[str]:
    """Where the check flags what nobody was asked about."""
    found = [one.record for one in newly_flagged(served.FORMS) if one.check.code == code]
    return sorted(f"{record.subject.number} {record.visit_code}" for record in found)


def run(*arguments: str) -> str:
    """What the command says. It sees no site afterwards, as any command; the test does again."""
    out = StringIO()
    try:
        call_command("recheck", *arguments, stdout=out)
    finally:
        sight = ",".join(str(site.pk) for site in Site.objects.all())
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('crf.sites', %s, false)", ["{" + sight + "}"])
    return out.getvalue()


MEASURED = sorted(
    ["JER-001 SCR", "JER-001 BL", "JER-001 W1", "JER-001 W2", "JER-002 SCR", "JER-002 BL", "AFU-001 SCR", "AFU-001 BL"]
)


def test_what_was_saved_under_the_checks_of_today_flags_nothing(all_sites):
    assert newly_flagged(served.FORMS) == []


@pytest.mark.parametrize("check", [FAST, REFUSING, ACROSS], ids=["asks", "refuses", "looks at other records"])
def test_a_new_check_flags_the_old_records_it_objects_to(all_sites, declare, check):
    declare(check)
    assert flagged(check.code) == MEASURED


def test_a_record_that_passes_is_not_flagged(all_sites, declare):
    subject = trial.subject("JER-001")
    trial.fill(subject, "W3", "VITALS", subject.site.today(), "clara", pulse="70")
    trial.fill(subject, "FU", "VITALS", subject.site.today(), "clara", pulse="71")
    declare(FAST)
    assert flagged("VITALS-90") == sorted([*MEASURED, "JER-001 FU"])


def test_what_somebody_was_asked_about_is_not_flagged_again(all_sites, declare):
    declare(FAST)
    run("--open", "--by", "dana")
    assert flagged("VITALS-90") == []
    for query in Query.objects.filter(check_code="VITALS-90"):
        queries.close(query=query, by=trial.person("dana"))
    assert flagged("VITALS-90") == []


def test_a_query_settled_before_the_record_last_changed_does_not_count(all_sites, declare, monkeypatch):
    declare(FAST)
    run("--open", "--by", "dana")
    for query in Query.objects.filter(check_code="VITALS-90"):
        queries.close(query=query, by=trial.person("dana"))
    monkeypatch.setattr(VITALS, "checks", VITALS.checks[:-1])  # the check rests while the value changes
    record = trial.record_of(trial.subject("JER-001"), "VITALS", "W1")
    trial.enter.save(
        form=VITALS,
        subject=record.subject,
        visit=record.visit,
        by=trial.person("clara"),
        version=record.version,
        answers=trial.typical(VITALS, "W1", record.measured_on, pulse="90"),
        reason="Misread",
    )
    declare(FAST)
    assert flagged("VITALS-90") == ["JER-001 W1"]


def test_the_number_of_statements_does_not_grow_with_the_records(all_sites, declare):
    declare(ACROSS)

    def statements():
        with CaptureQueriesContext(connection) as caught:
            newly_flagged([VITALS])
        return len(caught)

    before = statements()
    subject = trial.subject("JER-001")
    for code in ("W3", "W4", "W5", "W6"):
        trial.fill(subject, code, "VITALS", subject.site.today(), "clara")
    assert statements() == before


# -- the command


def test_the_command_lists_and_changes_nothing(all_sites, declare):
    declare(FAST)
    before = (Query.objects.count(), AuditEntry.objects.count())
    said = run("--form", "vitals")
    assert "VITALS-90 (version " in said
    assert f"{len(MEASURED)} newly flagged. {FAST.sentence}" in said
    assert "    JER-001, Week 1\n" in said
    assert (Query.objects.count(), AuditEntry.objects.count()) == before


def test_the_command_says_when_there_is_nothing(all_sites):
    assert run() == "Nothing is newly flagged.\n"


def test_opened_queries_bear_check_and_sentence_and_the_machine_as_their_writer(all_sites, declare):
    declare(FAST)
    assert f"{len(MEASURED)} queries opened." in run("--open", "--by", "dana")
    asked = Query.objects.filter(check_code="VITALS-90")
    assert {(one.text, one.item, one.state, one.opened_by.username) for one in asked} == {
        (FAST.sentence, "pulse", "open", "dana")
    }
    written = AuditEntry.objects.filter(table="crf_query", record__in=[one.pk for one in asked])
    assert {(entry.actor, entry.role) for entry in written} == {("system:recheck", "system")}
    assert len(written) == len(MEASURED)
    assert run("--open", "--by", "dana") == "Nothing is newly flagged.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--open"], "Say with --by who asks"),
        (["--open", "--by", "nobody"], "There is no account nobody"),
        (["--open", "--by", "clara"], "Your role at this site does not include: open query"),
        (["--form", "NOSUCH"], "There is no form NOSUCH"),
        (["--form", "DRUGLEVEL"], "unblinds"),
    ],
)
def test_the_command_refuses_with_a_sentence(all_sites, declare, arguments, sentence):
    declare(FAST)
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)


def test_no_query_is_opened_once_the_study_is_locked(all_sites, declare):
    trial.lock_study(reason="All is clean")
    declare(FAST)
    with pytest.raises(CommandError, match="The study is locked"):
        run("--open", "--by", "dana")


# -- the page


def test_the_page_lists_every_check_with_its_version(client, db):
    client.force_login(trial.person("dana"))
    said = client.get("/study/checks/").content.decode()
    shown = [check for form in served.FORMS if form.code != "DRUGLEVEL" for check in form.checks]
    assert [check.code for check in shown if check.code not in said] == []
    assert "DRUGLEVEL" not in said
    assert "newly flagged" not in said


def test_the_page_counts_what_would_be_flagged_and_changes_nothing(client, db, declare):
    declare(FAST)
    client.force_login(trial.person("dana"))
    said = client.post("/study/checks/").content.decode()
    assert f"{len(MEASURED)} newly flagged" in said
    assert "/subjects/JER-001/W1/VITALS/" in said
    with seeing(Site.objects.all()):
        assert not Query.objects.filter(check_code="VITALS-90").exists()


def test_the_page_counts_open_queries(client, all_sites):
    subject = trial.subject("JER-001")
    saved = trial.fill(subject, "W3", "VITALS", subject.site.today(), "clara", systolic="199", diastolic="60")
    assert saved.queries
    client.force_login(trial.person("dana"))
    rows = {
        row["check"].code: row["queries"]
        for _, checks in client.get("/study/checks/").context["forms"]
        for row in checks
    }
    with seeing(Site.objects.all()):
        expected = Query.objects.filter(state="open").exclude(check_code="").count()
    assert sum(rows.values()) == expected
    assert rows[saved.queries[0].check_code] >= 1


# -- everything that follows


def standing() -> tuple:
    """What follows and stands, and the length of the trail."""
    return (
        sorted(Query.objects.filter(state="open").values_list("check_code", "record")),
        sorted(Alert.objects.filter(no_longer_at__isnull=True).values_list("rule", "record")),
        sorted(Found.objects.filter(no_longer_at__isnull=True).values_list("occasion", "sentence")),
        AuditEntry.objects.count(),
    )


@pytest.fixture
def a_rule_that_changed(monkeypatch, declare):
    """A check more, and every rating raises an alert that none raised before."""
    declare(FAST)
    rating = served.form("HAMD")

    def always(record, chart):
        return [AlertAsked(rule="TEST-1", kind="suicidality", sentence="A rating was made.", prompts=(), blocking=True)]

    monkeypatch.setattr(rating, "alerts", (always,))


def test_a_changed_rule_shows_dry_what_it_would_change_and_then_applies_it(all_sites, a_rule_that_changed):
    before = standing()
    said = run("--everything")
    assert standing() == before
    ratings = Counter(
        one.subject.number for one in RECORDS["HAMD"].objects.standing().select_related("subject").order_by("pk")
    )
    numbers = ", ".join(f"{number} ({many})" if many > 1 else number for number, many in sorted(ratings.items()))
    assert f"alert TEST-1: {sum(ratings.values())} newly so. {numbers}\n" in said
    assert f"query VITALS-90: {len(MEASURED)} newly so. AFU-001 (2), JER-001 (4), JER-002 (2)\n" in said
    assert "--apply --by USERNAME --reason WHY" in said
    applied = run("--everything", "--apply", "--by", "dana", "--reason", "Release 2, amendment 1")
    assert [line for line in applied.splitlines() if "so. " in line] == [
        line for line in said.splitlines() if "so. " in line
    ]
    raised = Alert.objects.filter(rule="TEST-1")
    told = AuditEntry.objects.filter(table="crf_alert", record__in=[one.pk for one in raised])
    assert {(one.actor, one.reason) for one in told} == {(COMPONENT, "The rules changed: Release 2, amendment 1")}
    assert Query.objects.filter(check_code="VITALS-90").count() == len(MEASURED)
    assert run("--everything") == "Nothing would change.\n"


def test_what_the_old_rule_opened_goes_with_it(all_sites, a_rule_that_changed, monkeypatch):
    run("--everything", "--apply", "--by", "dana", "--reason", "Release 2")
    monkeypatch.setattr(served.form("HAMD"), "alerts", ())
    said = run("--everything", "--apply", "--by", "dana", "--reason", "Release 3")
    assert "alert TEST-1: " in said
    assert "no longer so. " in said
    assert not Alert.objects.waiting().filter(rule="TEST-1").exists()
    assert Alert.objects.filter(rule="TEST-1", no_longer_because="The rules changed: Release 3").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--everything", "--apply"], "Say with --by who asks"),
        (["--everything", "--apply", "--by", "dana"], "Say why the rules are applied"),
        (["--everything", "--apply", "--by", "clara", "--reason", "So"], "does not include: recheck"),
        (["--apply", "--by", "dana", "--reason", "So"], "Say --everything with --apply"),
        (["--everything", "--form", "VITALS"], "looks at whole subjects"),
    ],
)
def test_rules_are_applied_by_a_data_manager_for_a_reason(all_sites, a_rule_that_changed, arguments, sentence):
    before = standing()
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert standing() == before


def test_a_locked_study_is_told_and_left_alone(all_sites, declare):
    trial.lock_study(reason="All is clean")
    declare(FAST)
    assert "Locked, so nothing changes: AFU-001, JER-001, JER-002\n" in run("--everything")
