"""What a planned review of the audit trail looks at first: kinds of events in which errors and fraud are likelier.

Each risk is a condition on the events of forms between two days. The conditions are ours (AUD-16 names the kinds, and
no limits); an event that meets one is nothing wrong by itself. Forms that unblind are in none of them.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection

from crf import trial
from crf.shown.trail import FORMS, TABLE_OF
from crf.spec import UNBLINDS, Form

LATE_AFTER = trial.SETTINGS.late_days  # days between the day that it tells of and the entry
NEAR_A_LOCK = 7  # days before a lock
MOST = 2000  # events of one risk that are listed
MANY_CHANGES = 2  # of one record of the primary outcome
DAY_BEGINS, DAY_ENDS = 6, 22  # hours at the site
#: ISO weekdays without work, by country; Saturday and Sunday elsewhere.
WEEKENDS = {"ISR": (5, 6), "EGY": (5, 6), "SAU": (5, 6), "JOR": (5, 6), "IRN": (4, 5)}


@dataclass(frozen=True)
class Risk:
    """A kind of event: its words, and the condition on `e` (the event) and `site` in SQL."""

    code: str
    word: str
    why: str
    condition: str


RISKS = (
    Risk(
        "late",
        "Late transcription",
        f"Entered by a person more than {LATE_AFTER} days after the day that it tells of: from paper, or from memory?",
        "e.operation = 'INSERT' AND e.actor ~ '^[0-9]+$' AND (e.at AT TIME ZONE site.timezone)::date - substring("
        "e.changes -> (%(dated)s::jsonb ->> e.\"table\") ->> 1 FROM '^\\d{4}-\\d\\d-\\d\\d$')::date > %(late)s",
    ),
    Risk(
        "primary",
        "Primary outcome changed often",
        f"A record of the primary outcome that was changed {MANY_CHANGES} times or more after it was saved.",
        "e.operation = 'UPDATE' AND e.\"table\" = %(primary)s AND e.changes ?| %(items)s AND (SELECT count(*)"
        ' FROM crf_auditentry AS o WHERE o."table" = e."table" AND o.record = e.record AND o.operation = \'UPDATE\''
        " AND o.changes ?| %(items)s) >= %(many)s",
    ),
    Risk(
        "signed",
        "Changed after signature",
        "The investigator had signed what was changed.",
        "e.operation = 'UPDATE' AND EXISTS (SELECT FROM crf_signature AS s WHERE s.subject_id = e.subject"
        ' AND s.signed_at < e.at AND s.covers @> jsonb_build_object(%(codes)s::jsonb ->> e."table",'
        " jsonb_build_array(e.record)))",
    ),
    Risk(
        "lock",
        "Near a lock",
        f"Within {NEAR_A_LOCK} days before the casebook or the study was locked, or while a lock was lifted.",
        "EXISTS (SELECT FROM (SELECT locked_at, lifted_at, subject_id FROM crf_casebooklock UNION ALL"
        " SELECT locked_at, lifted_at, NULL FROM crf_studylock UNION ALL"
        " SELECT placed_at, lifted_at, subject_id FROM crf_hold WHERE kind = 'lock' AND (subject_id = e.subject"
        " OR site_id = e.site_id)) AS l"
        " WHERE (l.subject_id IS NULL OR l.subject_id = e.subject)"
        " AND (e.at BETWEEN l.locked_at - make_interval(days => %(near)s) AND l.locked_at OR e.at >= l.lifted_at))",
    ),
    Risk(
        "hours",
        "At night or on a weekend",
        f"Before {DAY_BEGINS}:00, after {DAY_ENDS}:00 or on a day without work, by the clock of the site.",
        "extract(hour FROM e.at AT TIME ZONE site.timezone) NOT BETWEEN %(begins)s AND %(ends)s - 1"
        " OR extract(isodow FROM e.at AT TIME ZONE site.timezone) = ANY (CASE WHEN %(weekends)s::jsonb ? site.country"
        " THEN ARRAY(SELECT jsonb_array_elements_text(%(weekends)s::jsonb -> site.country)::int) ELSE ARRAY[6, 7] END)",
    ),
    Risk(
        "sites",
        "One person at several sites",
        "Entered or changed by somebody who did so at more than one site.",
        "e.actor ~ '^[0-9]+$' AND EXISTS (SELECT FROM crf_auditentry AS o WHERE o.actor = e.actor"
        ' AND o.site_id <> e.site_id AND o."table" = ANY (%(tables)s))',
    ),
    Risk(
        "voided",
        "Voided",
        "A record that was taken out of the casebook.",
        "e.operation = 'UPDATE' AND e.changes -> 'voided_at' ->> 1 IS NOT NULL",
    ),
)
BY_CODE = {risk.code: risk for risk in RISKS}


@dataclass(frozen=True)
class Looked:
    """From which day to which (UTC), and the forms that the person may read."""

    since: date
    until: date
    readable: Collection[type[Form]]

    def counts(self) -> dict[str, int]:
        """How many events meet each risk; one statement."""
        counted = ", ".join(f'count(*) FILTER (WHERE {risk.condition}) AS "{risk.code}"' for risk in RISKS)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {counted} {_FROM}", self._told())  # nosec B608 - no part of it is told by anybody
            return dict(zip(BY_CODE, cursor.fetchone(), strict=True))

    def events(self, risk: Risk) -> list[int]:
        """The ids of the events that meet it, newest first; no more than anybody looks through."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT e.id {_FROM} AND ({risk.condition}) ORDER BY e.at DESC, e.id DESC LIMIT {MOST}",  # nosec B608
                self._told(),
            )
            return [pk for (pk,) in cursor.fetchall()]

    def _told(self) -> dict:
        primary = trial.ANALYSIS.primary
        tables = [TABLE_OF[form.code] for form in self.readable if form.discloses is not UNBLINDS]
        return {
            "since": self.since,
            "until": self.until,
            "tables": tables,
            "late": LATE_AFTER,
            "dated": json.dumps({TABLE_OF[form.code]: form.dated for form in self.readable if form.dated}),
            "near": NEAR_A_LOCK,
            "many": MANY_CHANGES,
            "begins": DAY_BEGINS,
            "ends": DAY_ENDS,
            "weekends": json.dumps({country: list(days) for country, days in WEEKENDS.items()}),
            "primary": TABLE_OF[primary.form],
            "items": list(trial.form(primary.form).items),
            "codes": json.dumps({table: form.code for table, form in FORMS.items()}),
        }


_FROM = (
    "FROM crf_auditentry AS e JOIN crf_site AS site ON site.id = e.site_id"
    " WHERE e.\"table\" = ANY (%(tables)s) AND e.chain <> 'apart'"
    " AND e.at >= %(since)s::date AND e.at < %(until)s::date + 1"
)
