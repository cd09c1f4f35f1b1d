"""The reading door: what was collected, as dataframes. A handful of queries for any number of subjects.

Row-level security decides which sites are read. Nothing of the class UNBLINDS is ever read, nor any kit.
"""

from datetime import UTC

import pandas as pd
from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from analysis.collect.frames import DESCRIBED, Collected
from analysis.derive import derivations as derive
from analysis.reports.manifest import Circumstances
from crf import spec, trial
from crf.actions import code_break
from crf.actions.randomise import commitment
from crf.chart.standing import Standing
from crf.models import RECORDS, AuditEntry, StudyLock, Subject


class Unblinding(Exception):
    """A data set was to read what would give the arm away. A mistake in this module."""


def collected() -> Collected:
    """Everything the reports are made from, for the sites that the reader may see."""
    people = list(Subject.objects.select_related("site").order_by("number"))
    standings = Standing.of_all(people)
    who = {one.pk: (one.number, one.site.code) for one in people}
    day_1 = {one.subject.pk: one.day_1 for one in standings}
    return Collected(
        subjects=subjects(people, standings),
        visits=visits(standings),
        scores=scores(standings, who, day_1),
        glycine=glycine(who),
        completeness=completeness(standings),
        adverse_events=adverse_events(who),
        intercurrent=_log("intercurrent", "ICE", who, "row_number", "kind", "began_on", "why"),
        medication=medication(who),
        decisions=decisions(who),
        capsules=capsules(who),
        deviations=_log("deviations", "DEVIATION", who, "row_number", "kind", "occurred_on", "severity", "at_visit"),
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
    )


# -- the frames, columns as described in analysis/collect/frames.py


def subjects(people: list[Subject], standings: list[Standing]) -> pd.DataFrame:
    """One row a subject, screen failures among them."""
    demography = {row["subject_id"]: row for row in _read("DEMOG", "birth_year", "sex")}
    treatment = {row["subject_id"]: row for row in _read("EOT", "last_dose_on", "reason")}
    ended = {row["subject_id"]: row for row in _read("EOS", "ended_on", "reason", "died_on")}
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
            visit.occurred_on,
            one.day_of(visit.occurred_on),
        )
        for one in standings
        for visit in one.visits
    ]
    return _frame("visits", rows)


def scores(standings: list[Standing], who: dict, day_1: dict) -> pd.DataFrame:
    """One row a subject and visit at which anything was rated."""
    hamd = {_place(row): row for row in _read("HAMD", "rated_on", "total_17", "total_21", "total_24")}
    bdi = {_place(row): row for row in _read("BDI", "rated_on", "total")}
    cgi = {_place(row): row for row in _read("CGI", "severity", "improvement")}
    hama = {_place(row): row for row in _read("HAMA", "rated_on", "total")}
    codes = {visit.pk: (visit.code, visit.number) for one in standings for visit in one.visits}
    order = {visit.code: visit.number for visit in trial.VISITS}
    places = sorted(
        hamd.keys() | bdi.keys() | cgi.keys() | hama.keys(),
        key=lambda place: (who[place[0]], order[codes[place[1]][0]], codes[place[1]]),
    )
    rows = []
    for place in places:
        h, b, c, a = hamd.get(place, {}), bdi.get(place, {}), cgi.get(place, {}), hama.get(place, {})
        rows.append(
            (
                *who[place[0]],
                codes[place[1]][0],
                h.get("rated_on"),
                None,
                h.get("total_17"),
                h.get("total_21"),
                h.get("total_24"),
                b.get("rated_on"),
                None,
                b.get("total"),
                _assessed(c.get("severity")),
                _assessed(c.get("improvement")),
                a.get("rated_on"),
                None,
                a.get("total"),
            )
        )
    frame = _frame("scores", rows)
    begun = pd.to_datetime(frame["subject"].map({who[pk][0]: day for pk, day in day_1.items()}))
    for score in ("hamd", "bdi", "hama"):
        frame[f"{score}_day"] = derive.study_day(frame[f"{score}_on"], day_1=begun)
    return frame


def _assessed(score: int | None) -> int | None:
    """CGI's 0 says that it was not assessed."""
    return score or None


def glycine(who: dict) -> pd.DataFrame:
    """The sample before the first dose and its result, one row a subject that has a sample."""
    samples = _read("GLYCINE", "drawn_on", "result")
    rows = [(who[row["subject_id"]][0], row["drawn_on"], row["result"]) for row in samples]
    frame = _frame("glycine", sorted(rows, key=lambda row: row[0]))
    return frame.astype({"glycine": float})


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


def adverse_events(who: dict) -> pd.DataFrame:
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
    rows = [(*who[row["subject_id"]], row["row_number"], *(row[item] for item in items)) for row in _read("AE", *items)]
    return _frame("adverse_events", sorted(rows, key=lambda row: row[:3]))


def medication(who: dict) -> pd.DataFrame:
    """Antidepressants that changed since baseline, and drugs of the group that ketamine is in; nothing else."""
    frame = _log("medication", "CONMED", who, "row_number", "drug", "group", "change", "began", "ended")
    changed = frame["change"].notna() & (frame["change"] != "NONE")
    return frame[changed | (frame["group"] == "NMDA")].reset_index(drop=True)


def decisions(who: dict) -> pd.DataFrame:
    """Every dosing decision with a dose, in the order in which they were taken."""
    items = ("decided_on", "decision", "prescribed_mg", "effective_on")
    rows = [
        row
        for row in _read("DOSING", *items, "id")
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


def capsules(who: dict) -> pd.DataFrame:
    """What was handed out and what was counted, one row each; on one day the count comes before what is handed out."""
    given = [
        (row["subject_id"], row["dispensed_on"], row["capsules"], "N", None, None, None, None)
        for row in _read("DISPENSE", "dispensed_on", "capsules")
    ]
    counted = ("counted_on", "returned", "lost", "taken", "days_missed")
    rows = given + [
        (row["subject_id"], row["counted_on"], None, "Y", *(row[item] for item in counted[1:]))
        for row in _read("CAPSULES", *counted)
    ]
    rows = [(who[row[0]][0], *row[1:]) for row in rows if row[1] is not None]
    return _frame("capsules", sorted(rows, key=lambda row: (row[0], row[1], row[3] == "N")))


def code_breaks(who: dict) -> pd.DataFrame:
    """Who had the code broken, and when it was asked for; never what was shown. After the lock nothing is added."""
    lock = StudyLock.objects.filter(lifted_at__isnull=True).first()
    rows = {
        (who[entry["subject_id"]][0], entry["at"].astimezone(UTC).date())
        for entry in code_break.requests()
        if entry["subject_id"] in who and (lock is None or entry["at"] <= lock.locked_at)
    }
    return _frame("code_breaks", sorted(rows))


def _log(name: str, code: str, who: dict, *items: str) -> pd.DataFrame:
    """The rows of a log form as a frame of that name: subject, then the items."""
    rows = [(who[row["subject_id"]][0], *(row[item] for item in items)) for row in _read(code, *items[1:])]
    return _frame(name, sorted(rows, key=lambda row: row[:2]))


# -- reading


def _read(code: str, *names: str) -> list[dict]:
    """The standing records of a form, as dicts of these items and scores with subject_id, visit_id and row_number.

    A missed visit's records are read like others. Raises Unblinding for what would give the arm away.
    """
    form = trial.form(code)
    given_away = [name for name in names if name in form.items and form.disclosure(form.items[name]) is spec.UNBLINDS]
    if form.discloses is spec.UNBLINDS or given_away:
        raise Unblinding(f"{code} {', '.join(given_away)} is of the class UNBLINDS.")
    records = RECORDS[code].objects.standing().order_by("subject_id", "visit_id", "row_number")
    return list(records.values("subject_id", "visit_id", "row_number", *names))


def _place(row: dict) -> tuple[int, int]:
    return row["subject_id"], row["visit_id"]


#: Columns of whole numbers that may be missing, and of dates.
WHOLE = {
    "age",
    "day",
    "number",
    "row",
    "hamd_day",
    "bdi_day",
    "hama_day",
    "hamd17",
    "hamd21",
    "hamd24",
    "bdi",
    "cgi_s",
    "cgi_i",
    "hama",
    "mg",
    "dispensed",
    "returned",
    "lost",
    "taken",
    "days_missed",
}
DATES = {
    "screened_on",
    "randomised_on",
    "first_dose_on",
    "day_1",
    "last_dose_on",
    "ended_on",
    "died_on",
    "occurred_on",
    "hamd_on",
    "bdi_on",
    "hama_on",
    "drawn_on",
    "began_on",
    "decided_on",
    "effective_on",
    "on",
}


def _frame(name: str, rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(DESCRIBED[name]), dtype=object)
    for column in frame.columns:
        if column in DATES:
            frame[column] = pd.to_datetime(frame[column])
        elif column in WHOLE:
            frame[column] = frame[column].astype("Int64")
    return frame
