"""What waits to be signed by the investigator, and to be verified by the monitor; for the work list."""

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When

from crf import permissions, trial
from crf.chart import states
from crf.chart.places import in_address
from crf.chart.study_end import has_ended
from crf.models import CasebookLock, Hold, RoleHeld, Signature, StudyLock, Subject, User, Visit
from crf.shown.tasks import TASKS_LISTED, Section, Task, the_first
from crf.spec import dates


def to_sign(user: User) -> Section:
    """Casebooks of randomised subjects whose signature was revoked, whose study ended, or that reached a milestone.

    A milestone is a visit of `trial.SIGNED_AFTER` that is done. One statement.
    """
    sites = user.sites_as(*permissions.DEEDS["sign"])
    return Section.first_of("Casebooks to sign", _TO_SIGN.of(sites), _signing)


def _waiting_to_sign(sites):
    mine = Signature.objects.filter(subject=OuterRef("pk"), scope=Signature.Scope.CASEBOOK)
    done = Visit.objects.filter(subject=OuterRef("pk"), code__in=trial.SIGNED_AFTER, state=Visit.State.DONE)
    last = mine.filter(revoked_at__isnull=True).order_by("-signed_at")
    revoked = mine.filter(revoked_at__isnull=False).order_by("-signed_at")
    return (
        _unlocked(Subject.objects.filter(site_id__in=sites, randomised_at__isnull=False))
        .annotate(
            milestone_at=Subquery(done.order_by("-settled_at").values("settled_at")[:1]),
            signed_at=Subquery(last.values("signed_at")[:1]),
            is_whole=Exists(Signature.objects.whole().filter(subject=OuterRef("pk"))),
            revoked_at=Subquery(revoked.values("revoked_at")[:1]),
            had_signed_at=Subquery(revoked.values("signed_at")[:1]),
            has_ended=has_ended(),
        )
        .annotate(is_revoked=_later("had_signed_at", "signed_at"))
        .filter(Q(is_revoked=True) | Q(has_ended=True, is_whole=False) | _later("milestone_at", "signed_at"))
        .annotate(since=Case(When(is_revoked=True, then="revoked_at"), default="milestone_at"))
        .order_by(F("is_revoked").desc(nulls_last=True), "-has_ended", F("since").asc(nulls_last=True), "number")
        .select_related("site")
    )


_TO_SIGN = the_first(_waiting_to_sign)


def to_verify(user: User) -> Section:
    """Visits with complete forms that no monitor compared with their source as they are now. Four statements."""
    sites = user.sites_as(*permissions.DEEDS["verify"])
    if not sites or StudyLock.objects.filter(lifted_at__isnull=True).exists():
        return Section.of("Forms to verify", [])
    found = _unverified(sites)
    subjects = Subject.objects.select_related("site").in_bulk([row[0] for row in found])
    visits = Visit.objects.in_bulk([row[1] for row in found if row[1]])
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


def _later(name: str, than: str) -> Q:
    """Whether the first moment is there and the second is not, or is earlier."""
    return Q(**{f"{name}__isnull": False}) & (Q(**{f"{than}__isnull": True}) | Q(**{f"{name}__gt": F(than)}))


def _unlocked(subjects):
    """What is locked is neither signed nor verified any more."""
    locked = CasebookLock.objects.filter(subject=OuterRef("pk"), lifted_at__isnull=True)
    with_site = Hold.objects.standing().filter(kind="lock", level="site", site=OuterRef("site"))
    study = StudyLock.objects.filter(lifted_at__isnull=True)
    return subjects.exclude(Exists(locked)).exclude(Exists(with_site)).exclude(Exists(study))


def _signing(subject: Subject) -> Task:
    if subject.is_revoked:
        what, state = "Signed answers were changed", states.TO_SIGN_AGAIN
    elif subject.has_ended:
        what, state = "The study of the subject has ended", states.TO_SIGN
    else:
        what, state = "A visit after which you sign is done", states.TO_SIGN
    when = dates.day(subject.since.astimezone(subject.site.zone)) if subject.since else ""
    return Task(subject, what, state, f"{subject.get_absolute_url()}sign/", when=when)


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
