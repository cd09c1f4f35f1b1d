"""The monitoring report: how the trial is conducted, for data managers, monitors and the sites. All arms together.

Enrolment against the plan, screening log, retention, windows, forms to complete, queries, verification, signatures,
deviations, reviews of the trail, and ratings by rater and site.
"""

from analysis.collect.frames import Collected
from analysis.collect.oversight import Oversight
from analysis.reports import conduct, departures, outcome, overseen, rated, screening
from analysis.reports.document import DataSet, Report, Section
from analysis.reports.manifest import Circumstances, manifest
from crf import trial
from crf.rules import pace
from crf.spec import dates

NAME, TITLE = "monitoring-report", "Monitoring report"
COLUMNS = {
    "subject": "number of the subject",
    "site": "code of the site",
    "screened_on": "date of screening",
    "randomised_on": "date of randomisation",
    "status": "how far it came",
}


def build(collected: Collected, seen: Oversight, circumstances: Circumstances) -> Report:
    """The report on what was collected and what was done about it. Pure: the same frames give the same report."""
    until = circumstances.cut.date()
    everyone, order = outcome.everyone(collected.randomised), ("All",)
    sections = (
        _enrolment(collected, circumstances),
        screening.log(collected),
        conduct.retention(collected),
        screening.windows(collected),
        conduct.completeness(collected),
        screening.missing(collected),
        overseen.queries(seen, cut=circumstances.cut),
        overseen.verification(seen),
        overseen.signatures(seen),
        departures.departures(collected, everyone, order, listed=True),
        overseen.reviews(seen),
        rated.ratings(seen, collected),
    )
    return Report(
        name=NAME,
        title=TITLE,
        study=f"{trial.STUDY_ID}: {trial.TITLE}",
        sections=tuple(section for section in sections if section),
        manifest=manifest(collected, circumstances),
        cut=circumstances.cut,
        data=DataSet("subjects", f"Subjects as of {dates.day(until)}", COLUMNS, collected.subjects[list(COLUMNS)]),
        is_unblinded=False,
        is_synthetic=circumstances.is_synthetic,
        warning="The data are synthetic: made up to show the program." if circumstances.is_synthetic else "",
    )


def _enrolment(collected: Collected, circumstances: Circumstances) -> Section:
    """Enrolment against the plan of the sites that are read, and when it is reached if it goes on like this."""
    until = circumstances.cut.date()
    told = conduct.enrolment(collected, until=until, annulled=circumstances.annulled)
    days = sorted(day.date() for day in collected.randomised["randomised_on"])
    sites = set(collected.subjects["site"])
    plan = sum(site.planned for site in trial.SITES if site.code in sites)
    foreseen = pace.forecast(days, plan=plan, today=until)
    if foreseen is None:
        return told
    says = (
        f"At the pace of the last {pace.LOOKED_BACK.days} days the plan is reached about {dates.day(foreseen.likely)}, "
        f"with a chance of {pace.LEVEL} % between {dates.day(foreseen.first)} and {dates.day(foreseen.last)}."
    )
    return Section(told.key, told.title, (says, *told.blocks), told.population)
