"""The small world of the tests: two sites, a person for every role, and subjects with fates.

It is built by deeds, so it cannot be in a state that people could not reach. Subjects by site:

    JER-001  in week 2: randomised, first dose, weeks 1 and 2 done
    JER-002  eligible and attested, not yet randomised
    JER-003  only screened: consent and demography
    JER-004  a screen failure
    AFU-001  randomised at the other site, nothing after baseline
"""

import tempfile
from datetime import date, datetime, time, timedelta
from functools import cache
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from crf import trial
from crf.actions import accounts, enrol, enter, lock, randomise
from crf.models import RECORDS, Site, Subject, User, Visit
from crf.rehearsal.typical import typical
from crf.rehearsal.walk import clock_at
from crf.shown import entry
from trialsite.database.wall import seeing

PASSWORD = "a long pass phrase of the tests"  # the tests' own, in a database that is thrown away
SEED = "the seed of the tests' list"

#: username -> (role, sites)
PEOPLE = {
    "ines": ("investigator", ("JER",)),
    "isaac": ("investigator", ("AFU",)),
    "clara": ("coordinator", ("JER",)),
    "carl": ("coordinator", ("AFU",)),
    "ruth": ("rater", ("JER",)),
    "peter": ("pharmacist", ("JER",)),
    "mona": ("monitor", ("JER", "AFU")),
    "dana": ("data_manager", ("JER", "AFU")),
    "david": ("data_manager", ("JER", "AFU")),
    "mark": ("medical_monitor", ("JER", "AFU")),
    "sofia": ("safety_officer", ("JER", "AFU")),
    "stefan": ("statistician", ("JER", "AFU")),
    "rolf": ("randomisation_statistician", ("JER", "AFU")),
    "ursula": ("unblinded_statistician", ("JER", "AFU")),
    "aude": ("auditor", ("JER", "AFU")),
    "adam": ("administrator", ("JER", "AFU")),
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
        _jerusalem(sites["JER"])
        _afula(sites["AFU"])


def _jerusalem(site: Site):
    today = site.today()
    first = screened(site, today - timedelta(days=25), "ines")
    baseline = today - timedelta(days=15)
    ready(first, baseline, "ines")
    randomised(first, baseline, "ines")
    started(first, baseline, "ines")
    week(first, "W1", baseline + timedelta(days=7), "ines", hamd="20")
    week(first, "W2", baseline + timedelta(days=14), "ines", hamd="18")
    second = screened(site, today - timedelta(days=10), "ines")
    ready(second, today, "ines")
    third = enrol.enrol(site=site, screened_on=today - timedelta(days=2), by=person("ines"))
    fill(third, "SCR", "CONSENT", today - timedelta(days=2), "ines")
    fill(third, "SCR", "DEMOG", today - timedelta(days=2), "ines", sex="M")
    fourth = enrol.enrol(site=site, screened_on=today - timedelta(days=20), by=person("ines"))
    fill(fourth, "SCR", "CONSENT", today - timedelta(days=20), "ines")
    enrol.fail_screening(subject=fourth, reasons=["E1 Any seizure ever"], by=person("ines"))


def _afula(site: Site):
    subject = screened(site, site.today() - timedelta(days=8), "isaac")
    ready(subject, site.today() - timedelta(days=1), "isaac")
    randomised(subject, site.today() - timedelta(days=1), "isaac")
    started(subject, site.today() - timedelta(days=1), "isaac")


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
    typed = {name: text for name, text in entry.typed_of(record).items() if "__" not in name}
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
    """A subject whose screening forms are complete, with HAMD-21 = 26."""
    subject = enrol.enrol(site=site, screened_on=on, by=person(by))
    for cell in trial.planned_at("SCR"):
        if cell.when is None:
            fill(subject, "SCR", cell.form, on, by, **_ill(cell.form))
    fill(subject, "SCR", "ADTRIAL", on, by, row=2)  # two adequate trials (I4)
    return subject


def ready(subject: Subject, on: date, by: str):
    """Baseline forms complete and eligibility attested: nothing stands against randomisation."""
    for cell in trial.planned_at("BL"):
        if cell.when is None:
            fill(subject, "BL", cell.form, on, by, **_ill(cell.form))
    enrol.attest(subject=subject, by=person(by))
    subject.refresh_from_db()


def randomised(subject: Subject, on: date, by: str):
    """Randomised at noon of that day."""
    with clock_at(datetime.combine(on, time(12), tzinfo=subject.site.zone)):
        randomise.randomise(subject=subject, by=person(by))


def started(subject: Subject, on: date, by: str):
    """First dose prescribed and taken."""
    subject.refresh_from_db()
    for code in ("DOSING", "DISPENSE", "FIRSTDOSE"):
        if trial.is_declared(code):
            fill(subject, "BL", code, on, by)
    subject.refresh_from_db()


def week(subject: Subject, visit: str, on: date, by: str, hamd: str = "20"):
    """A weekly visit with its ratings; the dose follows the plan."""
    for code in ("BDI", "HAMD", "CGI", "VITALS"):
        fill(subject, visit, code, on, by, **(hamd_of(int(hamd)) if code == "HAMD" else {}))


def _ill(form: str) -> dict[str, str]:
    return hamd_of(26) if form == "HAMD" else {}


def lock_study(*, reason: str = "Data review of today", by: str = "dana", confirmed_by: str = "mark"):
    """The study locked by two people, whatever is open."""
    return lock.lock_study(by=person(by), confirmed_by=person(confirmed_by), reason=reason, despite=True)


@cache
def hamd_of(total: int) -> dict[str, str]:
    """HAMD-21 answers that sum to the total, without touching suicide, insight, paranoia or weight."""
    order = [
        ("mood", 4),
        ("work", 4),
        ("guilt", 2),
        ("anxiety_psychic", 4),
        ("anxiety_somatic", 3),
        ("retardation", 2),
        ("insomnia_early", 2),
        ("insomnia_middle", 2),
        ("insomnia_late", 2),
        ("somatic_general", 2),
        ("genital", 2),
        ("somatic_gastrointestinal", 2),
        ("agitation", 2),
    ]
    answers, left = {}, total
    for name, most in order:
        answers[name] = str(min(most, left))
        left -= int(answers[name])
    if left:
        raise ValueError(f"{total} is more than these items can sum to.")
    return answers
