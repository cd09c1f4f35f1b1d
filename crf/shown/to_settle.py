"""What waits to be signed by the investigator, and to be verified by the monitor; for the work list."""

from datetime import datetime

from django.db import connection

from crf import permissions, trial
from crf.chart import states
from crf.chart.places import in_address
from crf.chart.study_end import ENDED
from crf.models import RoleHeld, StudyLock, Subject, User, Visit
from crf.models.lookup import Lookup
from crf.shown.tasks import TASKS_LISTED, Section, Task
from crf.spec import dates


def to_sign(user: User) -> Section:
    """Casebooks of randomised subjects whose signature was revoked, whose study ended, or that reached a milestone.

    A milestone is a visit of `trial.SIGNED_AFTER` that is done. Two statements.
    """
    sites = user.sites_as(*permissions.DEEDS["sign"])
    with connection.cursor() as cursor:
        cursor.execute(_UNSIGNED, {"sites": list(sites), "milestones": list(trial.SIGNED_AFTER), "most": TASKS_LISTED})
        found = cursor.fetchall()
    subjects = {subject.pk: subject for subject in _SUBJECTS.of([row[0] for row in found])}
    tasks = [_signing(subjects[pk], *how) for pk, *how, _ in found]
    return Section("Casebooks to sign", tasks, found[0][-1] if found else 0)


def to_verify(user: User) -> Section:
    """Visits with complete forms that no monitor compared with their source as they are now. Four statements."""
    sites = user.sites_as(*permissions.DEEDS["verify"])
    if not sites or StudyLock.objects.filter(lifted_at__isnull=True).exists():
        return Section.of("Forms to verify", [])
    found = _unverified(sites)
    subjects = {subject.pk: subject for subject in _SUBJECTS.of([row[0] for row in found])}
    visits = {visit.pk: visit for visit in _VISITS.of([row[1] for row in found if row[1]])}
    tasks = []
    for subject_id, visit_id, many, since, _ in found:
        subject, visit = subjects[subject_id], visits.get(visit_id)
        where = visit.label if visit else "At any time"
        tasks.append(
            Task(
                subject,
                f"{where}: {many} {'form' if many == 1 else 'forms'}",
                states.TO_VERIFY,
                f"{subject.get_absolute_url()}visits/{in_address(visit)}/verify/",
                (since, subject.number),
                when=f"since {dates.day(since.astimezone(subject.site.zone))}",
            )
        )
    return Section("Forms to verify", tasks, found[0][4] if found else 0)


def _signing(subject: Subject, is_revoked: bool, has_ended: bool, since: datetime | None) -> Task:
    if is_revoked:
        what, state = "Signed answers were changed", states.TO_SIGN_AGAIN
    elif has_ended:
        what, state = "The study of the subject has ended", states.TO_SIGN
    else:
        what, state = "A visit after which you sign is done", states.TO_SIGN
    when = dates.day(since.astimezone(subject.site.zone)) if since else ""
    return Task(subject, what, state, f"{subject.get_absolute_url()}sign/", when=when)


_SUBJECTS = Lookup(lambda ids: Subject.objects.select_related("site").filter(pk__in=ids))
_VISITS = Lookup(lambda ids: Visit.objects.filter(pk__in=ids))

#: Signatures, milestones and ends are each read once for all subjects: a look for each subject took three times as
#: long. What is locked is not signed any more.
_UNSIGNED = f"""
  WITH signed AS (
       SELECT subject_id, max(signed_at) FILTER (WHERE revoked_at IS NULL) AS signed_at,
              max(signed_at) FILTER (WHERE revoked_at IS NOT NULL) AS had_signed_at,
              bool_or(revoked_at IS NULL AND overtaken_at IS NULL) AS is_whole
         FROM crf_signature WHERE scope = 'CASEBOOK' AND site_id = ANY(%(sites)s) GROUP BY subject_id
  ), milestone AS (
       SELECT subject_id, max(settled_at) AS reached_at FROM crf_visit
        WHERE undone_at IS NULL AND state = 'done' AND code = ANY(%(milestones)s::text[]) AND site_id = ANY(%(sites)s)
        GROUP BY subject_id
  ), ended AS ({ENDED}
  ), standing AS (
       SELECT subject.id, number, reached_at, signed_at, is_whole IS TRUE AS is_whole,
              ended.subject_id IS NOT NULL AS has_ended,
              had_signed_at IS NOT NULL AND (signed_at IS NULL OR had_signed_at > signed_at) AS is_revoked
         FROM crf_subject AS subject LEFT JOIN signed ON signed.subject_id = subject.id
              LEFT JOIN milestone ON milestone.subject_id = subject.id
              LEFT JOIN ended ON ended.subject_id = subject.id
        WHERE site_id = ANY(%(sites)s) AND randomised_at IS NOT NULL AND annulled_at IS NULL
          AND NOT EXISTS (SELECT FROM crf_casebooklock AS lock WHERE lock.subject_id = subject.id
                           AND lock.lifted_at IS NULL)
          AND NOT EXISTS (SELECT FROM crf_hold AS hold WHERE hold.kind = 'lock' AND hold.level = 'site'
                           AND hold.lifted_at IS NULL AND hold.site_id = subject.site_id)
          AND NOT EXISTS (SELECT FROM crf_studylock WHERE lifted_at IS NULL)
  )
SELECT id, is_revoked, has_ended, CASE WHEN NOT is_revoked THEN reached_at ELSE (
              SELECT revoked_at FROM crf_signature AS revoked WHERE revoked.subject_id = standing.id
                 AND revoked.scope = 'CASEBOOK' AND revoked_at IS NOT NULL ORDER BY revoked.signed_at DESC LIMIT 1)
       END AS since, count(*) OVER () AS in_all
  FROM standing
 WHERE is_revoked OR has_ended AND NOT is_whole
    OR reached_at IS NOT NULL AND (signed_at IS NULL OR reached_at > signed_at)
 ORDER BY is_revoked DESC, has_ended DESC, since NULLS LAST, number LIMIT %(most)s
"""  # nosec B608 - our own names


def _unverified(sites: set[int]) -> list[tuple]:
    """(subject id, visit id, how many forms, the oldest change, how many such visits in all), the oldest first."""
    read = [form.code for form in trial.FORMS if RoleHeld.Role.MONITOR in permissions.may_read_form(form)]
    with connection.cursor() as cursor:
        cursor.execute(_UNVERIFIED, {"sites": list(sites), "forms": read, "most": TASKS_LISTED})
        return cursor.fetchall()


#: Of what waits (crf/models/to_verify.py), without what is locked; forms are counted for the visits that are shown.
_UNVERIFIED = """
  WITH stored AS MATERIALIZED (
       SELECT * FROM crf_toverify AS stored WHERE site_id = ANY(%(sites)s) AND form = ANY(%(forms)s)
          AND NOT EXISTS (SELECT 1 FROM crf_casebooklock AS lock WHERE lock.subject_id = stored.subject_id
                           AND lock.lifted_at IS NULL)
          AND NOT EXISTS (SELECT 1 FROM crf_hold AS hold WHERE hold.kind = 'lock' AND hold.lifted_at IS NULL
                           AND (hold.level, hold.site_id) = ('site', stored.site_id)
                            OR hold.kind = 'lock' AND hold.lifted_at IS NULL
                           AND hold.subject_id = stored.subject_id
                           AND hold.visit_id IS NOT DISTINCT FROM stored.visit_id
                           AND (hold.level = 'visit' OR (hold.level, hold.form) = ('form', stored.form)
                                AND (hold.row_number IS NULL OR hold.row_number = stored.row_number)))
  ), oldest AS (
       SELECT subject_id, visit_id, min(since) AS since, count(*) OVER () AS in_all FROM stored
        GROUP BY subject_id, visit_id ORDER BY min(since), subject_id, visit_id LIMIT %(most)s
  )
SELECT oldest.subject_id, oldest.visit_id,
       count(DISTINCT form || CASE WHEN stored.visit_id IS NULL THEN record::text ELSE '' END), oldest.since, in_all
  FROM oldest JOIN stored ON stored.subject_id = oldest.subject_id
                         AND stored.visit_id IS NOT DISTINCT FROM oldest.visit_id
 GROUP BY oldest.subject_id, oldest.visit_id, oldest.since, in_all
 ORDER BY oldest.since, oldest.subject_id, oldest.visit_id
"""
