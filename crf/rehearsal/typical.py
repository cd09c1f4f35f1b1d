"""A typical, plausible record of any form, from its declaration: for the demo trial and the tests.

Every applicable item gets an answer as it would be typed. What a form's own logic asks for stands in `TYPICAL`;
everything else follows from the kind of answer. Nothing here is read by pages or deeds.
"""

from datetime import date, timedelta

from crf import spec

#: The answer a check or the protocol expects, where the first code or the middle of the range would be implausible.
TYPICAL: dict[str, dict[str, str]] = {
    "CONSENT": {"consent_version": "1.0", "signed_at": "09:00"},
    "DEMOG": {"birth_year": "1972", "may_become_pregnant": "MENO"},
    "ELIG": {"i7": "NA", "adequate_trials": "2", "remark": ""} | {f"e{number}": "N" for number in range(1, 14)},
    "VITALS": {
        "systolic": "124",
        "diastolic": "78",
        "pulse": "72",
        "temperature": "36.6",
        "weight": "74.0",
        "height": "170",
        "measured_at": "09:10",
    },
    "GLYCINE": {
        "hours_fasting": "10",
        "drawn_at": "08:30",
        "frozen_at": "09:00",
        "result": "",
        "analysed_on": "",
        "shipped_on": "",
        "arrived_frozen": "",
    },
    "BDI": {"item_9_seen_at": "10:30"},
    "CGI": {"severity": "5", "improvement": "4"},
    "FIRSTDOSE": {"taken_at": "12:00"},
    "DOSING": {"decision": "STEP_UP", "prescribed_mg": "250"},
    "CAPSULES": {
        "returned": "4",
        "lost": "0",
        "taken": "12",
        "days_missed": "0",
        "most_in_a_day": "2",
        "most_on": "",
        "remark": "",
    },
    "AE": {
        "serious": "N",
        "special": "NONE",
        "ongoing": "N",
        "term": "Dry mouth",
        "worsening": "N",
        "related": "POSSIBLE",
        "treated": "N",
        "onset_at": "",
        "meddra_pt": "",
        "meddra_soc": "",
        "meddra_version": "",
    },
    "SAEREPORT": {"event": "1", "report": "INITIAL", "sent_to": "SPONSOR", "reference": ""},
    "DEVIATION": {"kind": "OTHER", "opened_by": "PERSON", "severity": "MINOR", "fingerprint": "", "at_visit": ""},
    "EOS": {"consent_withdrawn": "N"},
    "PSYHX": {
        "diagnosis": "RECURRENT",
        "episodes": "3",
        "age_at_onset": "34",
        "episode_began": "2025-06",
        "psychotic_features": "N",
        "admissions": "0",
        "attempts": "0",
        "family_history": "N",
        "comorbid": "",
    },
    "ADTRIAL": {
        "drug": "Escitalopram",
        "dose": "20",
        "weeks": "8",
        "adherence": "FULL",
        "began": "2025-07",
        "ongoing": "N",
        "ended": "2025-10",
        "effect": "PARTIAL",
    },
    "MEDHX": {"anything": "N"},
    "CONTACT": {"attempts": "1", "complaints": "N", "contacted_at": "10:00"},
    "BPRS": {},
    "SUICIDE": dict.fromkeys(
        (
            "passive",
            "nonspecific",
            "method",
            "intent",
            "plan",
            "completed",
            "attempt",
            "interrupted",
            "aborted",
            "preparation",
            "self_injury",
        ),
        "N",
    )
    | {"details": ""},
    "LAB": {"analyte": "ALT", "result": "24", "unit": "U/L", "low": "", "high": ""},
    "DISPENSE": {"capsules": "15", "daily_mg": "250", "kit": "", "dispensed_at": ""},
    "GUESSS": {"guess": "UNSURE", "remark": ""},
    "GUESSR": {"guess": "UNSURE", "remark": ""},
    "GUESSI": {"guess": "UNSURE", "remark": ""},
    "CONMED": {
        "drug": "Escitalopram",
        "group": "AD",
        "indication": "Depression",
        "dose": "20",
        "dose_unit": "mg",
        "began": "2025-11",
        "change": "NONE",
        "atc": "",
    },
    "ICE": {"kind": "REDUCTION", "over": "N"},
    "DRUGLEVEL": {"level": "12.50"},
    "RECONSENT": {"consent_version": "1.0"},
}

_TIMES = {"started": "10:00", "ended": "10:25"}
_TEXTS = {"rated_by": "RB", "obtained_by": "IM", "decided_by": "IM", "item_9_seen_by": "RB", "accession": "GL-0001"}


def typical(form: type[spec.Form], visit: str | None, on: date, **given: str) -> dict[str, str]:
    """Answers by item name, as typed, for a record made on the day; `given` ones replace the typical ones."""
    answers: dict[str, str] = {}
    values: dict = {}
    wanted = TYPICAL.get(form.code, {}) | given
    for name, item in form.asked.items():
        if item.retired or not item.applies(values, visit):
            continue
        text = wanted[name] if name in wanted else _answer(name, item, on)
        if text == "":
            continue
        answers[name] = text
        values[name] = item.kind.parse(text)
    return answers


def _answer(name: str, item: spec.Item, on: date) -> str:
    kind = item.kind
    match kind:
        case spec.Coded():
            codes = [code for code, _ in kind.codes]
            return str(0 if 0 in codes and 0 not in kind.not_assessed else codes[0])
        case spec.Integer():
            return str((kind.low + kind.high) // 2)
        case spec.Decimal():
            return str(round((float(kind.low) + float(kind.high)) / 2, kind.places))
        case spec.Date():
            return on.isoformat()
        case spec.PartialDate():
            return (on - timedelta(days=1)).isoformat()
        case spec.Time():
            return _TIMES.get(name, "11:00")
        case spec.Text():
            return _TEXTS.get(name, "As described")
    raise spec.DeclarationError(f"Nothing typical is known for the item “{item.label}”.")
