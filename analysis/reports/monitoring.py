"""Reports to the data monitoring committee: the open one pooled, the closed one by group. Safety only, no efficacy.

The groups are letters. The letters are the same for the whole trial and nothing here knows which arm is which.
"""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.papers.tables import counts
from analysis.reports import conduct, harm, whom
from analysis.reports.document import DataSet, Number, Report, Section, Table
from analysis.reports.harm import DAYS, SEVERITIES, Harm
from analysis.reports.manifest import Circumstances, manifest
from crf import trial

OPEN, CLOSED = "monitoring-open-report", "monitoring-closed-report"
OPEN_TITLE, CLOSED_TITLE = "Monitoring committee, open report", "Monitoring committee, closed report by group"
GROUPS = (
    "CONFIDENTIAL to the monitoring committee. Groups are letters, the same in every report of this trial; which arm "
    "is which is not in this report. Safety only: nothing here compares an outcome of efficacy."
)


def open_report(collected: Collected, circumstances: Circumstances) -> Report:
    """How the trial goes and pooled safety, for everybody at the meeting."""
    until = circumstances.cut.date()
    sections = [
        conduct.enrolment(collected, until=until, annulled=circumstances.annulled),
        conduct.retention(collected),
        conduct.completeness(collected),
        harm.pooled(Harm.of(collected, until=until)) if harm.is_recorded() else None,
    ]
    return _report(OPEN, OPEN_TITLE, collected, circumstances, sections, _subjects(collected), is_unblinded=False)


def closed_report(collected: Collected, circumstances: Circumstances, groups: pd.Series) -> Report:
    """Retention and adverse events by group, for the closed session."""
    found = Harm.of(collected, until=circumstances.cut.date()) if harm.is_recorded() else None
    sections = [_retention(collected, groups), _harm(found, groups) if found else None]
    data = _subjects(collected)
    data.insert(1, "group", data["subject"].map(groups))
    return _report(CLOSED, CLOSED_TITLE, collected, circumstances, sections, data, is_unblinded=True)


def _report(name, title, collected, circumstances, sections, data, *, is_unblinded: bool) -> Report:
    columns = {"subject": "number of the subject", "group": "letter of the group", "status": "how far it came"}
    columns |= {"first_dose_on": "first dose", "treatment_ended": "why treatment ended"}
    return Report(
        name=name,
        title=title,
        study=f"{trial.STUDY_ID}: {trial.TITLE}",
        sections=tuple(section for section in sections if section),
        manifest=manifest(collected, circumstances),
        cut=circumstances.cut,
        data=DataSet("subjects", "Randomised subjects", {one: columns[one] for one in data.columns}, data),
        is_unblinded=is_unblinded,
        is_synthetic=circumstances.is_synthetic,
        warning=GROUPS if is_unblinded else "",
    )


def _subjects(collected: Collected) -> pd.DataFrame:
    return collected.randomised[["subject", "status", "first_dose_on", "treatment_ended"]].reset_index(drop=True)


def _letters(groups: pd.Series) -> list[str]:
    return sorted(groups.unique())


def _retention(collected: Collected, groups: pd.Series) -> Section:
    subjects = collected.randomised.assign(group=collected.randomised["subject"].map(groups))
    letters = _letters(groups)
    stopped = subjects["treatment_ended"].notna() & (subjects["treatment_ended"] != "COMPLETED")
    kinds = [("Randomised", subjects["subject"].notna()), ("First dose taken", subjects["first_dose_on"].notna())]
    kinds += [(status.capitalize(), subjects["status"] == status) for status in conduct.STATUSES]
    kinds.append(("Stopped the study drug early", stopped))
    rows = [(what, *(int((holds & (subjects["group"] == one)).sum()) for one in letters)) for what, holds in kinds]
    head = ("", *(f"Group {one}" for one in letters))
    table = counts("retention_groups", "Randomised subjects by group", head, rows)
    return Section("retention", "Retention by group", (table,), whom.RANDOMISED)


def _harm(found: Harm, groups: pd.Series) -> Section:
    subjects = found.subjects.assign(group=found.subjects["subject"].map(groups))
    events = found.events.assign(group=found.events["subject"].map(groups))
    letters = _letters(groups)

    def row(label: str, some: pd.DataFrame) -> tuple:
        of_groups = [some[some["group"] == one] for one in letters]
        return (label, *(cell for own in of_groups for cell in (own["subject"].nunique(), len(own))))

    head = ("", *(cell for one in letters for cell in (f"Group {one}", f"Group {one}, events")))
    kinds = [row("Any", events), row("Serious", events[events["is_serious"]])]
    kinds += [row(word, events[events["severity"] == code]) for code, word in SEVERITIES.items()]
    names = events["name"].value_counts()
    terms = [row(name, events[events["name"] == name]) for name in sorted(names.index, key=lambda one: -names[one])]
    at_risk = counts(
        "harm_years",
        "Subjects and time at risk",
        ("Group", "Subjects dosed", "Subject-years", "Events"),
        [
            (
                f"Group {one}",
                int((subjects["group"] == one).sum()),
                Number(subjects.loc[subjects["group"] == one, "days_at_risk"].sum() / DAYS, 2),
                int((events["group"] == one).sum()),
            )
            for one in letters
        ],
    )
    tables: list[Table | str] = [
        at_risk,
        counts("harm_kinds", "Treatment-emergent adverse events by group", head, kinds, notes=harm.rule(found)),
        counts("harm_terms", "The same by term", head, terms[: harm.LISTED_ROWS]),
        _serious(events),
    ]
    return Section("harm", "Adverse events by group", tuple(tables), whom.DOSED)


def _serious(events: pd.DataFrame) -> Table | str:
    some = events[events["is_serious"]]
    if some.empty:
        return "There was no serious treatment-emergent adverse event."
    rows = [
        (one["subject"], one["group"], one["name"], one["onset"] or "unknown", str(one["outcome"]).lower())
        for one in some.head(harm.LISTED_ROWS).to_dict("records")
    ]
    head = ("Subject", "Group", "Event", "Onset", "Outcome")
    return counts("serious", "Serious treatment-emergent adverse events", head, rows)
