"""The reading door: what was collected, as dataframes. A handful of queries for any number of subjects.

Row-level security decides which sites are read. Nothing of the class UNBLINDS is ever read, nor any kit.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime

import pandas as pd
from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from analysis.collect.frames import DESCRIBED, Collected
from analysis.derive import derivations as derive
from analysis.derive import intercurrent
from analysis.reports.manifest import Circumstances
from crf import spec, trial
from crf.actions import code_break
from crf.actions.randomise import commitment
from crf.chart.standing import Standing
from crf.models import RECORDS, AuditEntry, CodeBreak, StudyLock, Subject
from crf.spec.purposes import Purpose
from crf.spec.results import in_the_analysis


class Unblinding(Exception):
    """A data set was to read what would give the arm away. A mistake in this module."""


class Who(dict[int, tuple[str, str]]):
    """Whose data are read: (subject number, code of the site) by id. `is_all`: these are all that the reader sees."""

    is_all = True


def collected(numbers: Collection[str] | None = None) -> Collected:
    """Everything the reports are made from, for the sites that the reader may see.

    numbers: only these subjects, where what is made of each is made by itself.
    """
    found = Subject.objects.select_related("site").order_by("number")
    people = list(found if numbers is None else found.filter(number__in=numbers))
    standings = Standing.of_all(people)
    who = Who({one.pk: (one.number, one.site.code) for one in people})
    who.is_all = numbers is None
    day_1 = {one.subject.pk: one.day_1 for one in standings}
    return Collected(
        subjects=subjects(people, standings, who),
        visits=visits(standings),
        scores=scores(standings, who, day_1),
        moderators=moderators(standings, who),
        completeness=completeness(standings),
        adverse_events=adverse_events(who),
        intercurrent=_log("intercurrent", Purpose.INTERCURRENT, who, "kind", "began_on", "why"),
        medication=medication(who),
        decisions=decisions(who),
        capsules=capsules(who),
        deviations=_log("deviations", Purpose.DEVIATIONS, who, "kind", "occurred_on", "severity", "at_visit"),
        occurrences=occurrences(who, day_1),
        laboratory=laboratory(who, day_1),
        guesses=guesses(who),
        code_breaks=code_breaks(who),
    )


def circumstances() -> Circumstances:
    """When the data were cut and what was committed to. While the study is open, the cut is the last audited write."""
    lock = StudyLock.objects.filter(lifted_at__isnull=True).first()
    if lock:
        cut = lock.locked_at
    else:
        cut = AuditEntry.objects.filter(subject__isnull=False).aggregate(last=Max("at"))["last"] or timezone.now()
    return Circumstances(
        cut=cut.astimezone(UTC),
        commitment=commitment(),
        is_synthetic=settings.DEMO,
        locked=(lock.locked_at.astimezone(UTC), lock.content_hash) if lock else None,
        changed_after_opening=tuple(changed_after_opening()),
        annulled=tuple(_annulled()),
    )


def _annulled():
    """The numbers that were given in error."""
    found = Subject.everything.filter(annulled_at__isnull=False)
    return found.order_by("number").values_list("number", flat=True)


def changed_after_opening():
    """Every value of a subject that was written after the list was first open, from the hashed body of its event."""
    approvals = AuditEntry.objects.filter(table="sealed.opening").order_by("at").values_list("record", "at")
    seen, opened = set(), None
    for lock, at in approvals:
        if lock in seen:
            opened = at
            break
        seen.add(lock)
    if opened is None:
        return
    numbers = dict(Subject.objects.values_list("pk", "number"))
    tables = {
        model._meta.db_table: model.form for model in RECORDS.values() if model.form.discloses is not spec.UNBLINDS
    }
    entries = AuditEntry.objects.filter(at__gt=opened, table__in=tables, subject__isnull=False).order_by("at", "pk")
    for entry in entries:
        told, form = entry.told, tables[entry.table]
        for name, (old, new) in told["changes"].items():
            if name in form.items:
                yield (
                    told["at"][:16].replace("T", " "),
                    numbers.get(told["subject"], ""),
                    f"{form.code}: {form.items[name].label}",
                    "" if old is None else str(old),
                    "" if new is None else str(new),
                    f"{told['full_name'] or told['actor_name']}, {told['role']}",
                    told["reason"],
                )


# -- the frames, columns as described in analysis/collect/frames.py


def subjects(people: list[Subject], standings: list[Standing], who: Who) -> pd.DataFrame:
    """One row a subject, screen failures among them."""
    demography = {row["subject_id"]: row for row in _serving(Purpose.DEMOGRAPHY, who, "birth_year", "sex")}
    treatment = {row["subject_id"]: row for row in _serving(Purpose.END_OF_TREATMENT, who, "last_dose_on", "reason")}
    ended = {row["subject_id"]: row for row in _serving(Purpose.END_OF_STUDY, who, "ended_on", "reason", "died_on")}
    rows = []
    for one, standing in zip(people, standings, strict=True):
        born = demography.get(one.pk, {}).get("birth_year")
        end, stop = ended.get(one.pk, {}), treatment.get(one.pk, {})
        rows.append(
            (
                one.number,
                one.site.code,
                one.screened_on,
                demography.get(one.pk, {}).get("sex"),
                None if born is None else one.screened_on.year - born,
                one.randomised_on,
                one.first_dose_on,
                standing.day_1,
                stop.get("last_dose_on"),
                stop.get("reason"),
                end.get("ended_on"),
                end.get("died_on"),
                None if one.is_screen_failure else end.get("reason"),
                "; ".join(one.screen_failure_reasons) or None,
                _status(one, stop.get("reason"), end.get("reason")),
            )
        )
    return _frame("subjects", rows)


def _status(subject: Subject, treatment_ended: str | None, ended: str | None) -> str:
    if subject.is_screen_failure:
        return "screen failure"
    if not subject.is_randomised:
        return "screening"
    if ended is None:
        return "on treatment" if treatment_ended is None else "in follow-up"
    return "completed" if ended == "COMPLETED" else "discontinued"


def visits(standings: list[Standing]) -> pd.DataFrame:
    """One row a visit, planned ones that did not come yet among them."""
    rows = [
        (
            one.subject.number,
            one.subject.site.code,
            visit.code,
            visit.number,
            visit.state,
            visit.missed_because or None,
            visit.occurred_on,
            one.day_of(visit.occurred_on),
        )
        for one in standings
        for visit in one.visits
    ]
    return _frame("visits", rows)


def scores(standings: list[Standing], who: Who, day_1: dict) -> pd.DataFrame:
    """One row a rating and declared outcome, in the order of subject and visit; what was not assessed is missing."""
    codes = {visit.pk: (visit.code, visit.number) for one in standings for visit in one.visits}
    order = {visit.code: visit.number for visit in trial.VISITS}
    outcomes = trial.ANALYSIS.outcomes
    rows = []
    for code in dict.fromkeys(outcome.form for outcome in outcomes):
        form = trial.form(code)
        own = [(place, outcome) for place, outcome in enumerate(outcomes) if outcome.form == code]
        for row in _read(form, who, form.dated, *dict.fromkeys(outcome.score for _, outcome in own)):
            visit = codes[row["visit_id"]]
            at = (*who[row["subject_id"]], order[visit[0]], visit)
            for place, outcome in own:
                value = row[outcome.score]
                rows.append(
                    (at, place, outcome.code, row[form.dated], None if value in outcome.not_assessed else value)
                )
    rows.sort(key=lambda row: row[:2])
    frame = _frame(
        "scores", [(*at[:2], at[3][0], code, on, None, value) for at, _, code, on, value in rows], numbers=("value",)
    )
    begun = pd.to_datetime(frame["subject"].map({who[pk][0]: day for pk, day in day_1.items()}))
    return frame.assign(day=derive.study_day(frame["on"], day_1=begun))


def moderators(standings: list[Standing], who: Who) -> pd.DataFrame:
    """What was measured before treatment, one row a subject and declared moderator that has a record of it.

    The last visit up to baseline counts.
    """
    before = {
        visit.pk: trial.BEFORE_RANDOMISATION.index(visit.code)
        for one in standings
        for visit in one.visits
        if visit.code in trial.BEFORE_RANDOMISATION
    }
    last: dict[tuple[str, str], tuple] = {}
    for moderator in trial.ANALYSIS.moderators:
        form = trial.form(moderator.form)
        names = [name for name in (form.dated, moderator.item) if name]
        found = [row for row in _read(form, who, *names) if row["visit_id"] in before]
        for row in sorted(found, key=lambda row: before[row["visit_id"]]):
            subject = who[row["subject_id"]][0]
            on = row[form.dated] if form.dated else None
            last[subject, moderator.code] = (subject, moderator.code, on, in_the_analysis(row[moderator.item]))
    return _frame("moderators", [last[key] for key in sorted(last)], numbers=("value",))


def completeness(standings: list[Standing]) -> pd.DataFrame:
    """One row for each form that was required at a visit that took place; of screen failures no more is wanted."""
    rows = []
    for one in standings:
        if one.subject.is_screen_failure:
            continue
        for visit in one.visits:
            if visit.occurred_on is None:
                continue
            for form, is_required in one.due_at(visit):
                facts = one.at(form.code, visit)
                if is_required or facts:
                    state = "absent" if not facts else "complete" if all(f.is_complete for f in facts) else "incomplete"
                    rows.append((one.subject.number, one.subject.site.code, visit.code, form.code, state))
    return _frame("completeness", rows)


def adverse_events(who: Who) -> pd.DataFrame:
    """One row an event, all subjects together."""
    items = (
        "term",
        "onset",
        "special",
        "worsening",
        "severity",
        "serious",
        "related",
        "action",
        "outcome",
        "meddra_pt",
    )
    found = _serving(Purpose.ADVERSE_EVENTS, who, *items)
    rows = [(*who[row["subject_id"]], row["row_number"], *(_written(row[item]) for item in items)) for row in found]
    return _frame("adverse_events", sorted(rows, key=lambda row: row[:3]))


def medication(who: Who) -> pd.DataFrame:
    """The drugs that tell of an intercurrent event (the trial's declaration says which); nothing else."""
    frame = _log("medication", Purpose.MEDICATION, who, "drug", "group", "change", "began", "stopped")
    told = pd.Series(False, index=frame.index)
    for strategy in trial.ANALYSIS.strategies:
        for telling in strategy.told_by:
            if telling.purpose is Purpose.MEDICATION:
                told |= intercurrent.tells(frame, telling)
    return frame[told].reset_index(drop=True)


def decisions(who: Who) -> pd.DataFrame:
    """Every dosing decision with a dose, in the order in which they were taken."""
    items = ("decided_on", "decision", "prescribed_mg", "effective_on")
    rows = [
        row
        for row in _serving(Purpose.DOSING, who, *items, "id")
        if row["prescribed_mg"] is not None and row["decision"] and (row["effective_on"] or row["decided_on"])
    ]
    rows.sort(key=lambda row: (who[row["subject_id"]][0], row["decided_on"] or row["effective_on"], row["id"]))
    return _frame(
        "decisions",
        [
            (
                who[row["subject_id"]][0],
                row["decided_on"],
                row["decision"],
                row["prescribed_mg"],
                row["effective_on"] or row["decided_on"],
            )
            for row in rows
        ],
    )


def capsules(who: Who) -> pd.DataFrame:
    """What was handed out and what was counted, one row each; on one day the count comes before what is handed out."""
    given = [
        (row["subject_id"], row["dispensed_on"], row["capsules"], "N", None, None, None, None)
        for row in _serving(Purpose.DISPENSING, who, "dispensed_on", "capsules")
    ]
    counted = ("counted_on", "returned", "lost", "taken", "days_missed")
    rows = given + [
        (row["subject_id"], row["counted_on"], None, "Y", *(row[item] for item in counted[1:]))
        for row in _serving(Purpose.RETURNS, who, *counted)
    ]
    rows = [(who[row[0]][0], *row[1:]) for row in rows if row[1] is not None]
    return _frame("capsules", sorted(rows, key=lambda row: (row[0], row[1], row[3] == "N")))


def occurrences(who: Who, day_1: dict) -> pd.DataFrame:
    """One row a subject and declared yes-or-no item that was asked: whether ever so up to day 1, and after it."""
    found: dict[tuple[str, str, str], list[str | None]] = {}
    for one in trial.ANALYSIS.occurrences:
        form = trial.form(one.form)
        for row in _read(form, who, form.dated, *one.items):
            begun, on = day_1[row["subject_id"]], row[form.dated]
            after = int(begun is not None and on is not None and on > begun)
            for item in one.items:
                periods = found.setdefault((who[row["subject_id"]][0], one.form, item), [None, None])
                if row[item] is not None and periods[after] != "Y":
                    periods[after] = "Y" if row[item] == "Y" else "N"
    return _frame("occurrences", [(*key, *periods) for key, periods in sorted(found.items()) if any(periods)])


def laboratory(who: Who, day_1: dict) -> pd.DataFrame:
    """Every result of the safety laboratory in the standard unit, in the order of subject, test and date."""
    rows = [
        (who[row["subject_id"]][0], row["drawn_on"], None, row["analyte"], row["standard_result"], row["flag"])
        for row in _serving(Purpose.LABORATORY, who, "drawn_on", "analyte", "standard_result", "flag")
        if row["analyte"] is not None and row["drawn_on"] is not None
    ]
    rows.sort(key=lambda row: (row[0], row[3], row[1]))
    frame = _frame("laboratory", rows, numbers=("value",))
    begun = pd.to_datetime(frame["subject"].map({who[pk][0]: day for pk, day in day_1.items()}))
    return frame.assign(day=derive.study_day(frame["on"], day_1=begun))


def guesses(who: Who) -> pd.DataFrame:
    """What was guessed of the arm, one row a subject and form: of several guesses the last dated one."""
    last: dict[tuple[str, str], tuple] = {}
    for form in trial.FORMS:
        if form.purpose is not Purpose.BLINDING_GUESS:
            continue
        dated = form.dated or "guess"
        rows = [row for row in _read(form, who, *dict.fromkeys((dated, "guess"))) if row["guess"] is not None]
        for row in sorted(rows, key=lambda row: str(row[dated] or "") if form.dated else ""):
            subject = who[row["subject_id"]][0]
            on = row[dated] if form.dated else None
            last[subject, form.code] = (subject, form.code, on, row["guess"], form.guesses.get(row["guess"]))
    return _frame("guesses", [last[key] for key in sorted(last)])


def code_breaks(who: Who) -> pd.DataFrame:
    """Who had the code broken, when, and in which way; never what was shown. Not what was withdrawn, or recorded by
    mistake. After the lock nothing is added or taken away."""
    lock = StudyLock.objects.filter(lifted_at__isnull=True).first()
    until = lock.locked_at if lock else datetime.max.replace(tzinfo=UTC)
    register = list(CodeBreak.objects.filter(subject__in=who, asked_at__lte=until))
    withdrawn = {entry.log for entry in register if entry.declined_at and entry.declined_at <= until}
    rows = {
        (who[entry["subject_id"]][0], entry["at"].astimezone(UTC).date(), CodeBreak.Kind(entry["kind"]).label)
        for entry in code_break.requests()
        if entry["subject_id"] in who and entry["at"] <= until and entry["id"] not in withdrawn
    }
    # On paper, while the system was away: the room knows nothing of these.
    rows |= {
        (who[entry.subject_id][0], entry.happened_on, CodeBreak.Kind.ENVELOPE.label)
        for entry in register
        if entry.kind == CodeBreak.Kind.ENVELOPE and not (entry.taken_back_at and entry.taken_back_at <= until)
    }
    return _frame("code_breaks", sorted(rows))


def _log(name: str, purpose: Purpose, who: Who, *items: str) -> pd.DataFrame:
    """The rows of the form that serves the purpose, as a frame of that name: subject, row, then the items."""
    found = _serving(purpose, who, *items)
    rows = [
        (who[row["subject_id"]][0], row["row_number"], *(_written(row[item], name) for item in items)) for row in found
    ]
    return _frame(name, sorted(rows, key=lambda row: row[:2]))


# -- reading


def _serving(purpose: Purpose, who: Who, *names: str) -> list[dict]:
    """The standing records of the form that serves the purpose; an item that the form lacks is None.

    Nothing where the trial has no such form.
    """
    form = trial.serving(purpose)
    if form is None:
        return []
    known = [name for name in names if name in form.items or name in form.scores or name == "id"]
    lacking = dict.fromkeys(set(names) - set(known))
    return [row | lacking for row in _read(form, who, *known)]


def _read(form: type[spec.Form], who: Who, *names: str) -> list[dict]:
    """The standing records of a form, as dicts of these items and scores with subject_id, visit_id and row_number.

    A missed visit's records are read like others. Raises Unblinding for what would give the arm away.
    """
    given_away = [name for name in names if name in form.items and form.disclosure(form.items[name]) is spec.UNBLINDS]
    if form.discloses is spec.UNBLINDS or given_away:
        raise Unblinding(f"{form.code} {', '.join(given_away)} is of the class UNBLINDS.")
    records = RECORDS[form.code].objects.standing().order_by("subject_id", "visit_id", "row_number")
    if not who.is_all:
        records = records.filter(subject_id__in=list(who))
    return list(records.values("subject_id", "visit_id", "row_number", *names))


def _written(value, frame: str = ""):
    """A date as ISO 8601 text, as dates in part are; in a frame whose column is of dates it stays one."""
    return value.isoformat() if isinstance(value, date) and frame not in ("intercurrent", "deviations") else value


#: Columns of whole numbers that may be missing, and of dates.
WHOLE = {"age", "day", "number", "row", "mg", "dispensed", "returned", "lost", "taken", "days_missed"}
DATES = {
    "screened_on",
    "randomised_on",
    "first_dose_on",
    "day_1",
    "last_dose_on",
    "ended_on",
    "died_on",
    "occurred_on",
    "began_on",
    "decided_on",
    "effective_on",
    "on",
}


def _frame(name: str, rows: list[tuple], *, numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    """The frame of that name; `numbers`: columns that are whole where all their values are, and decimal otherwise."""
    frame = pd.DataFrame(rows, columns=list(DESCRIBED[name]), dtype=object)
    for column in frame.columns:
        if column in DATES:
            frame[column] = pd.to_datetime(frame[column])
        elif column in WHOLE:
            frame[column] = frame[column].astype("Int64")
        elif column in numbers:
            frame[column] = numbers_of(frame[column])
    return frame


def numbers_of(column: pd.Series) -> pd.Series:
    """The values as numbers that may be missing: whole ones where all are."""
    values = pd.Series([None if pd.isna(value) else float(value) for value in column], column.index, dtype="Float64")
    return values.astype("Int64") if (values.dropna() % 1 == 0).all() else values
