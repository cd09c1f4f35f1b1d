"""The small world of the tests: two sites, a person for every role, and subjects with fates.

It is built by deeds, so it cannot be in a state that people could not reach. It is the same for every trial; what
only one trial's world can know stands in tests/worlds/<code>.py. Subjects, by their names here and, of the first trial,
by number:

    TREATED   JER-001  randomised, first dose, two visits done after baseline (weeks 1 and 2)
    READY     JER-002  eligible and attested, not yet randomised
    BEGUN     JER-003  only screened: consent and demography
    FAILED    JER-004  a screen failure
    ELSEWHERE AFU-001  randomised at the other site, nothing after baseline
"""

import importlib
import tempfile
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from crf import spec, trial
from crf.actions import accounts, enrol, enter, lock, randomise
from crf.models import RECORDS, Site, Subject, User, Visit
from crf.rehearsal.typical import typical
from crf.rehearsal.walk import clock_at
from crf.shown import entry
from trialsite.database.wall import seeing

PASSWORD = "a long pass phrase of the tests"  # the tests' own, in a database that is thrown away
SEED = "the seed of the tests' list"
CONSENT, DEMOGRAPHY = (trial.code_serving(one) for one in (spec.Purpose.CONSENT, spec.Purpose.DEMOGRAPHY))
world = importlib.import_module(f"tests.worlds.{trial.CODE}")
FIRST, SECOND = (site.code for site in trial.SITES[:2])
TREATED, READY, BEGUN, FAILED = (trial.subject_number(FIRST, place) for place in (1, 2, 3, 4))
ELSEWHERE = trial.subject_number(SECOND, 1)

#: username -> (role, sites)
PEOPLE = {
    "ines": ("investigator", (FIRST,)),
    "isaac": ("investigator", (SECOND,)),
    "clara": ("coordinator", (FIRST,)),
    "carl": ("coordinator", (SECOND,)),
    "ruth": ("rater", (FIRST,)),
    "peter": ("pharmacist", (FIRST,)),
    "mona": ("monitor", (FIRST, SECOND)),
    "dana": ("data_manager", (FIRST, SECOND)),
    "david": ("data_manager", (FIRST, SECOND)),
    "mark": ("medical_monitor", (FIRST, SECOND)),
    "sofia": ("safety_officer", (FIRST, SECOND)),
    "stefan": ("statistician", (FIRST, SECOND)),
    "rolf": ("randomisation_statistician", (FIRST, SECOND)),
    "ursula": ("unblinded_statistician", (FIRST, SECOND)),
    "sven": ("supply_manager", (FIRST, SECOND)),
    "aude": ("auditor", (FIRST, SECOND)),
    "adam": ("administrator", (FIRST, SECOND)),
    "nora": (None, ()),
}


def load_as_owner():
    """The sealed list, as the randomisation statistician's command loads it."""
    with tempfile.NamedTemporaryFile("w", suffix=".seed") as seed:
        seed.write(SEED)
        seed.flush()
        Path(seed.name).chmod(0o600)
        call_command("load_allocation", seed_file=Path(seed.name), by="rolf", stdout=StringIO())


def build_world():
    """Sites, people, subjects. Runs as ecrf_web."""
    today = date.today()
    for site in trial.SITES:
        accounts.set_up_site(
            code=site.code,
            name=site.name,
            country=site.country,
            timezone=site.timezone,
            protocol_version=trial.PROTOCOL_VERSION,
            activated_on=today - timedelta(days=200),
            by="system:tests",
        )
    sites = {site.code: site for site in Site.objects.all()}
    for username, (role, codes) in PEOPLE.items():
        user = accounts.open_account(
            username=username,
            name=username.capitalize(),
            organisation="Test organisation",
            email=f"{username}@example.org",
            password=PASSWORD,
            by="system:tests",
        )
        for code in codes:
            accounts.give_role(
                user=user, site=sites[code], role=role, starts_on=today - timedelta(days=100), by="system:tests"
            )
    with seeing(sites.values()):
        _at_first_site(sites[FIRST])
        _at_second_site(sites[SECOND])


def _at_first_site(site: Site):
    today = site.today()
    baseline = today - timedelta(days=world.BASELINE)
    first = screened(site, baseline - timedelta(days=world.SCREENED), "ines")
    ready(first, baseline, "ines")
    randomised(first, baseline, "ines")
    started(first, baseline, "ines")
    for code, days in world.DONE:
        week(first, code, baseline + timedelta(days=days), "ines")
    second = screened(site, today - timedelta(days=max(world.SCREENED, 10) if world.RUN_IN else 10), "ines")
    ready(second, today, "ines")
    third = enrol.enrol(site=site, screened_on=today - timedelta(days=2), by=person("ines"))
    fill(third, trial.SCREENING, CONSENT, today - timedelta(days=2), "ines")
    fill(third, trial.SCREENING, DEMOGRAPHY, today - timedelta(days=2), "ines", sex="M")
    fourth = enrol.enrol(site=site, screened_on=today - timedelta(days=20), by=person("ines"))
    fill(fourth, trial.SCREENING, CONSENT, today - timedelta(days=20), "ines")
    enrol.fail_screening(subject=fourth, reasons=["E1 Any seizure ever"], by=person("ines"))


def _at_second_site(site: Site):
    baseline = site.today() - timedelta(days=1)
    subject = screened(site, baseline - timedelta(days=world.SCREENED if world.RUN_IN else 7), "isaac")
    ready(subject, baseline, "isaac")
    randomised(subject, baseline, "isaac")
    started(subject, baseline, "isaac")


# -- steps that tests use too ------------------------------------------------------------------------------------------


def person(username: str) -> User:
    """The account with this name, freshly read: its roles are those of now."""
    return User.objects.get(username=username)


def subject(number: str) -> Subject:
    return Subject.objects.select_related("site").get(number=number)


def visit_of(subject: Subject, code: str) -> Visit:
    return Visit.objects.get(subject=subject, code=code)


def record_of(subject: Subject, form: str, visit: str | None = None):
    """The standing record of a form at a visit (None: a log form)."""
    found = RECORDS[form].objects.standing().filter(subject=subject)
    return (found.filter(visit__code=visit) if visit else found.filter(visit__isnull=True)).get()


def fill(subject: Subject, visit: str | None, form: str, on: date, by: str, *, row=1, **answers: str) -> enter.Saved:
    """Save a typical record of the form, with these answers instead of the typical ones."""
    return enter.save(
        form=trial.form(form),
        subject=subject,
        visit=visit_of(subject, visit) if visit else None,
        by=person(by),
        answers=typical(trial.form(form), visit, on, **answers),
        row=row,
    )


def change(subject: Subject, visit: str | None, form: str, by: str, *, reason="Typing error", **answers) -> enter.Saved:
    """Correct answers of the standing record of the form, for a reason."""
    record = record_of(subject, form, visit)
    typed = {name: text for name, text in entry.typed_of(record).items() if name in record.form.asked}
    return enter.save(
        form=record.form,
        subject=subject,
        visit=record.visit,
        by=person(by),
        answers=typed | answers,
        version=record.version,
        reason=reason,
    )


def screened(site: Site, on: date, by: str) -> Subject:
    """A subject whose screening forms are complete, and who is ill enough to take part."""
    subject = enrol.enrol(site=site, screened_on=on, by=person(by))
    fill_visit(subject, trial.SCREENING, on, by)
    return subject


def ready(subject: Subject, on: date, by: str):
    """Everything before baseline and at it complete, eligibility attested: nothing stands against randomisation."""
    for code, days in world.RUN_IN:
        fill_visit(subject, code, on + timedelta(days=days), by)
    fill_visit(subject, trial.BASELINE, on, by)
    enrol.attest(subject=subject, by=person(by))
    subject.refresh_from_db()


def fill_visit(subject: Subject, visit: str, on: date, by: str):
    """Every form that is planned at the visit without a condition."""
    for cell in trial.planned_at(visit):
        if cell.when is None:
            for row, answers in enumerate(world.rows(cell.form), start=1):
                fill(subject, visit, cell.form, on, by, row=row, **world.given(cell.form, visit) | answers)


def randomised(subject: Subject, on: date, by: str):
    """Randomised at noon of that day."""
    with clock_at(datetime.combine(on, time(12), tzinfo=subject.site.zone)):
        randomise.randomise(subject=subject, by=person(by))


def started(subject: Subject, on: date, by: str):
    """First dose prescribed and taken."""
    subject.refresh_from_db()
    for cell in trial.planned_at(trial.BASELINE):
        if trial.form(cell.form).after_randomisation and trial.form(cell.form).purpose is not None:
            fill(subject, trial.BASELINE, cell.form, on, by)
    subject.refresh_from_db()


def week(subject: Subject, visit: str, on: date, by: str, **given: str):
    """A visit after baseline with its ratings; `given` answers of the rating."""
    for code in world.at_visit(visit):
        fill(subject, visit, code, on, by, **world.given(code, visit) | (given if code == world.RATING else {}))


hamd_of = getattr(world, "hamd_of", None)  # of the first trial alone


def lock_study(*, reason: str = "Data review of today", by: str = "dana", confirmed_by: str = "mark"):
    """The study locked by two people, whatever is open."""
    return lock.lock_study(by=person(by), confirmed_by=person(confirmed_by), reason=reason, despite=True)
