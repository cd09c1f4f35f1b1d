"""The demo trial, built and finished once for each state of the code, in databases of its own."""

import contextlib
import stat
from io import StringIO
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from analysis.collect import datasets
from analysis.reports import final
from crf.actions import code_break
from crf.actions.close_out import open_supplies
from crf.models import (
    RECORDS,
    Alert,
    AuditEntry,
    LevelMessage,
    Quarantine,
    Query,
    RoleHeld,
    Shipment,
    Site,
    Subject,
    Visit,
)
from crf.rehearsal import people as demo_people
from crf.rehearsal.supplies import states_of
from crf.shown.stock import kits_at
from tests.databases import clone, connected, drop, state_of, template, template_with_tables
from trialsite.database import roles
from trialsite.database.wall import seeing


def templates(admin) -> tuple[str, str, dict]:
    """The databases of the running and of the finished demo, made once for all workers, and the settings they want."""
    tables = template_with_tables(admin)
    state = state_of(
        "crf/**/*.py", "crf/**/*.sql", "analysis/sealed/opening.py", "analysis/sealed/unblinding.py", "trialsite/*.py"
    )
    var = settings.VAR / f"demo-{state}"
    in_demo_mode = {"DEMO": True, "VAR": var, "ARM_KEY_FILE": var / "arm.key"}
    running, finished = (f"{which}_{tables.removeprefix('tables_')}_{state}" for which in ("demorun", "demoend"))
    if not var.exists():  # the key of a template that was made before is gone with it
        for name in (running, finished):
            drop(admin, name)
        var.mkdir(parents=True, exist_ok=True)

    def step(*command, **options):
        def run():
            with override_settings(**in_demo_mode):
                call_command(*command, stdout=StringIO(), **options)

        return run

    template(
        admin, running, tables, (roles.OWNER, step("demo_list")), (roles.WEB, step("demo", if_empty=True, processes=1))
    )
    template(admin, finished, running, (roles.WEB, step("demo", finish=True, processes=1)))
    return running, finished, in_demo_mode


@pytest.fixture(scope="module")
def demo(admin, database_names, django_test_environment, django_db_blocker):
    """What the running demo shows; then the finished one's database to look into."""
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        running, finished, in_demo_mode = templates(admin)
        names = {template_name: next(database_names) for template_name in (running, finished)}
        for template_name, name in names.items():
            clone(admin, template_name, name)
            stack.callback(drop, admin, name)
        with connected(names[running], roles.WEB), override_settings(**in_demo_mode):
            shown, again = what_it_shows(), StringIO()
            call_command("demo", if_empty=True, stdout=again)
        stack.enter_context(connected(names[finished], roles.WEB))
        stack.enter_context(override_settings(**in_demo_mode))
        stack.enter_context(seeing(Site.objects.all()))
        opened = final.opened_list()
        report = final.build(
            datasets.collected(),
            datasets.circumstances(),
            final.opened_arms(opened),
            allocation=opened,
            verified=final.verified_list(),
        )
        yield SimpleNamespace(var=in_demo_mode["VAR"], running=shown, again=again.getvalue(), report=report)


def what_it_shows() -> SimpleNamespace:
    with seeing(Site.objects.all()):
        pending = [
            entry
            for subject in Subject.objects.filter(kit__isnull=False)
            for entry in code_break.requests_for(subject)
            if entry["shown_at"] is None
        ]
        return SimpleNamespace(
            subjects=datasets.collected().subjects,
            queries=sorted(Query.objects.values_list("state", flat=True)),
            open_alerts=list(Alert.objects.filter(acknowledged_at__isnull=True).values_list("kind", flat=True)),
            pending_code_breaks=pending,
            ready=list(Subject.objects.filter(attested_at__isnull=False, kit__isnull=True)),
            decisions=list(RECORDS["DOSING"].objects.order_by("pk").values_list("decision", flat=True)),
            terminated=Visit.objects.filter(code="ET").count(),
            missed=Visit.objects.filter(state="missed").count(),
            deviations=list(RECORDS["DEVIATION"].objects.values_list("kind", flat=True)),
            told_of_levels=list(LevelMessage.objects.values_list("subject__number", "says", "seen_at")),
            samples=dict(RECORDS["DRUGLEVEL"].objects.values_list("subject__number", "level")),
            put_aside_at=list(Quarantine.objects.values_list("opened_at", flat=True)),
            bottles={site.code: states_of(site) for site in Site.objects.all()},
            on_their_way=Shipment.objects.filter(received_at__isnull=True).count(),
            too_warm=list(Shipment.objects.filter(condition="temperature").values_list("site__code", flat=True)),
            not_destroyed_yet=sum(
                kit.ledger.difference for kit in kits_at(Site.objects.all()) if kit.ledger.open_bottles == 0
            ),
        )


def cell(report, table: str, row: str, column: str) -> str:
    found = next(one for one in report.tables if one.key == table)
    return next(str(one[found.head.index(column)]) for one in found.rows if str(one[0]) == row)


def test_the_running_trial_has_subjects_at_every_stage(demo):
    stages = demo.running.subjects["status"].value_counts()
    assert set(stages.index) == {
        "screening",
        "screen failure",
        "on treatment",
        "in follow-up",
        "completed",
        "discontinued",
    }
    assert len(demo.running.subjects) == 27 and stages["screen failure"] == 1
    assert len(demo.running.ready) == 1


def test_it_shows_a_drop_out_a_pause_and_a_missed_visit(demo):
    assert demo.running.terminated == 2 and demo.running.missed == 1
    assert {"INTERRUPT", "RESUME"} <= set(demo.running.decisions)
    assert sorted(demo.running.deviations) == ["MISSED", "WINDOW"]


def test_it_shows_what_waits_for_somebody(demo):
    assert {"open", "answered"} <= set(demo.running.queries)
    assert demo.running.open_alerts == ["suicidality"]
    assert len(demo.running.pending_code_breaks) == 1


@pytest.mark.finding("F-605")
def test_the_sites_live_with_their_supplies_and_at_the_end_account_for_every_unit(demo):
    for states in demo.running.bottles.values():
        assert {"sent", "in_stock", "quarantined", "handed_out", "back"} <= set(states)
    assert any(states["destroyed"] for states in demo.running.bottles.values())
    assert demo.running.on_their_way == len(demo.running.bottles)
    assert set(demo.running.too_warm) == set(demo.running.bottles)
    assert demo.running.not_destroyed_yet == 0
    for site in Site.objects.all():
        assert open_supplies(site) == []
        assert not set(states_of(site)) - {"destroyed", "lost"}
        kits = kits_at([site])
        assert sum(kit.ledger.at_site for kit in kits if kit.explained is None) == 0
        explained = [kit for kit in kits if kit.explained]
        assert all(kit.explained.difference == kit.ledger.difference for kit in explained)
        assert len(explained) < len(kits) / 4


@pytest.mark.req("BLI-08")
def test_the_sites_are_told_of_drug_levels_in_words_that_come_on_both_arms(demo):
    told, samples = demo.running.told_of_levels, demo.running.samples
    assert len(told) == len(samples) >= 6
    assert {str(level) == "BLQ" for level in samples.values()} == {True, False}
    unread = [number for number, _, seen_at in told if seen_at is None]
    assert 0 < len(unread) < len(told)
    assert all(seen_at for *_, seen_at in LevelMessage.objects.values_list("pk", "seen_at"))  # the finished trial
    assert RECORDS["DRUGLEVEL"].objects.filter(subject__kit__isnull=False).count() > len(samples)


def test_nothing_of_it_lies_ahead(demo):
    """But for the visits and the days of expiry, which are meant to."""
    assert demo.running.put_aside_at and max(demo.running.put_aside_at) <= timezone.now()


def test_there_is_an_account_for_every_role_and_its_password_is_in_a_private_file_only(demo):
    file = demo.var / "demo-accounts.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((demo.var / "demo-fates.json").stat().st_mode) == 0o600
    assert set(RoleHeld.objects.values_list("role", flat=True)) == set(RoleHeld.Role.values)
    words = file.read_text().split()
    assert all(person.username in words for person in demo_people.people())
    passwords = [word for word in words if word.count("-") == 3 and len(word) == 19]
    assert len(set(passwords)) == len(demo_people.people())
    assert not AuditEntry.objects.filter(body__contains=passwords[0]).exists()


def test_a_second_start_builds_nothing(demo):
    assert demo.again == ""


@pytest.mark.parametrize(
    ("table", "row", "column", "printed"),
    [
        ("baseline", "HAMD-21, mean (SD)", "DCS", "25.1 (5.6)"),
        ("baseline", "HAMD-21, mean (SD)", "Placebo", "27.2 (4.9)"),
        ("baseline", "Age (years), mean (SD)", "All", "53.0 (10.2)"),
        ("response", "Response", "DCS", "7 of 13 (53.8 %)"),
        ("response", "Response", "Placebo", "2 of 13 (15.4 %)"),
        ("response_tests", "Pearson, no correction", "p", "0.0393"),
        ("ancova", "HAMD-21, last carried forward", "p", "0.0050"),
        ("ancova", "BDI, last carried forward", "p", "0.0460"),
        ("glycine_moderation", "Treatment x serum glycine", "p", "0.0430"),
        # what the demo's stories tell the analysis
        ("events", "Study drug stopped", "Placebo, subjects", "2"),
        ("events", "Study drug stopped", "DCS, subjects", "2"),
        ("events", "New antidepressant", "DCS, subjects", "1"),
        ("events", "Antidepressant changed", "Placebo, subjects", "1"),
        ("events", "Drug interrupted", "DCS, subjects", "1"),
        ("hama_visits", "Week 6", "n", "12"),
        ("sets", "Full analysis", "DCS", "13"),
    ],
)
def test_the_final_report_of_the_finished_demo_prints_the_published_table(demo, table, row, column, printed):
    # TRIAL 4: baseline 25.1 (5.6) and 27.2 (4.9), 7/13 against 2/13 with p = .039, HAMD .005, BDI .046, glycine .043.
    assert cell(demo.report, table, row, column) == printed


def test_what_is_assumed_of_what_is_missing_makes_a_difference(demo):
    """Somebody of each arm left, stopped, or was given another treatment: else every assumption gave one number."""
    rows = (
        "MAR: missing at random",
        "J2R: jump to reference",
        "CR: copy reference",
        "CIR: copy increments in reference",
    )
    assert len({cell(demo.report, "reference_based", row, "Estimate") for row in rows}) == len(rows)
    tipping = next(table for table in demo.report.tables if table.key == "tipping_points")
    p = [float(str(cell).lstrip("<")) for row in tipping.rows for cell in row[1:]]
    assert min(p) < 0.05 < max(p)


def test_it_says_that_this_is_no_evidence(demo):
    (verdict, *_) = next(one for one in demo.report.sections if one.key == "list").blocks
    assert verdict.startswith("All ") and "agree with the commitment; 26 were given" in verdict
    assert demo.report.is_synthetic and "no evidence" in demo.report.warning


def test_what_happened_is_in_the_audit_trail_at_the_time_it_was_written(demo):
    """The clock that deeds read was moved; the database's was not."""
    first, last = (AuditEntry.objects.order_by(order).values_list("at", flat=True).first() for order in ("at", "-at"))
    assert (last - first).total_seconds() < 3600


@pytest.mark.parametrize("command", [("demo",), ("demo_list",), ("demo_opening", "statistician")])
def test_nothing_of_it_exists_outside_demo_mode(command):
    with override_settings(DEMO=False), pytest.raises(CommandError):
        call_command(*command)
