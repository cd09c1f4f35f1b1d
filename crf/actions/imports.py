"""Import a file of results: staged, rehearsed, then all of it or nothing (XFR-01, XFR-02).

The rehearsal is the import itself, taken back: what it says is what the import does.
"""

from collections import Counter
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from crf.exchange.importing import Row, rows_of
from crf.exchange.tables import Unreadable, read, sha256_of
from crf.models import ImportedRow, ImportFile, LevelFile, LevelRow, Site, StagedFile, User
from crf.permissions import require
from crf.refusals import AlreadySettled, ChangedMeanwhile, NotYet, Refusal
from crf.rules.result_files import MOST_ROWS, SPECIFICATIONS, Specification
from crf.spec import dates
from crf.spec.kinds import shows_something

from .act import act
from .enter import Saved
from .import_rows import Bench, Line, Outcome


def deed_of(specification: Specification) -> str:
    """The deed that importing such a file is (crf/permissions.py); a file that fills no form holds limits of normal."""
    if specification.unblinds:
        return "drug levels"
    return "import results" if specification.form else "keep limits"


@dataclass(frozen=True)
class Rehearsal:
    """What an import would do, or did: a line a row."""

    specification: Specification
    sha256: str
    lines: list[Line]

    @property
    def counts(self) -> dict[Outcome, int]:
        counted = Counter(line.outcome for line in self.lines)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def has_refused(self) -> bool:
        return any(line.outcome is Outcome.REFUSED for line in self.lines)

    @property
    def is_clean(self) -> bool:
        """Whether every row can be taken and there is something to take."""
        counts = self.counts
        return not counts[Outcome.REFUSED] and bool(counts[Outcome.NEW] + counts[Outcome.CHANGED])


def tables_of(specification: Specification):
    """The models of the files and the rows of this kind: what unblinds stands apart."""
    return (LevelFile, LevelRow) if specification.unblinds else (ImportFile, ImportedRow)


def stage(
    *,
    kind: str,
    site: Site,
    name: str,
    content: bytes,
    source_system: str,
    rows_stated: int,
    sha256_stated: str = "",
    by: User,
) -> StagedFile:
    """Keep an uploaded file until it is imported. Refused where it cannot be read, or differs from what was stated.

    `rows_stated`, `sha256_stated`: as the sender says; both are held against the file.
    """
    specification = SPECIFICATIONS[kind]
    require(by, deed_of(specification), site.pk)
    if not shows_something(source_system):
        raise Refusal("Name the system that the file comes from.")
    sha256 = sha256_of(content)
    if sha256_stated.strip() and sha256_stated.strip().lower() != sha256:
        raise Refusal(
            f"The SHA-256 of this file is not the one that was stated: the file was changed on its way. It is {sha256}."
        )
    rows = _rows(content, specification)
    if len(rows) != rows_stated:
        raise Refusal(f"The file holds {len(rows)} rows of results, but {rows_stated} were stated.")
    _refuse_twice(specification, site, sha256)
    with transaction.atomic():
        StagedFile.objects.filter(user=by, site=site, kind=kind).delete()  # keep one staged file
        return StagedFile.objects.create(
            user=by,
            site=site,
            kind=kind,
            source_system=source_system.strip()[:100],
            name=name[-100:],
            sha256=sha256,
            rows_stated=rows_stated,
            content=content,
            staged_at=timezone.now(),
        )


def rehearse(*, staged: StagedFile, by: User) -> Rehearsal:
    """What importing the file would do now; nothing is written."""
    with transaction.atomic():
        found = _carried(staged, by)
        transaction.set_rollback(True)
    return found


def import_staged(*, staged: StagedFile, shown_sha256: str, by: User):
    """Import the staged file, all of it or nothing. Returns the ImportFile (or LevelFile) on record, and what the rows
    led to, as far as it stands once all are in.

    Raises NotYet with the sentences of the refused rows, ChangedMeanwhile where it is not the file that was shown,
    AlreadySettled where the same file was imported before.
    """
    specification = SPECIFICATIONS[staged.kind]
    role = require(by, deed_of(specification), staged.site_id)
    files, rows = tables_of(specification)
    content = bytes(staged.content)
    if shown_sha256 != staged.sha256 or sha256_of(content) != staged.sha256:
        raise ChangedMeanwhile("This is not the file that you were shown. Upload it again.")
    with act(by=by, role=role, reason=_reason(staged, by)):
        _refuse_twice(specification, staged.site, staged.sha256)
        found = _carried(staged, by)
        if not found.is_clean:
            refused = [
                f"Row {line.number}: {' '.join(line.sentences)}"
                for line in found.lines
                if line.outcome is Outcome.REFUSED
            ]
            raise NotYet(
                "Nothing was imported: every row has to be taken, and one of them at least is new.", details=refused
            )
        counts = found.counts
        try:
            with transaction.atomic():
                file = files.objects.create(
                    site=staged.site,
                    kind=staged.kind,
                    specification=specification.version,
                    source_system=staged.source_system,
                    name=staged.name,
                    sha256=staged.sha256,
                    size=len(content),
                    rows=len(found.lines),
                    new=counts[Outcome.NEW],
                    changed=counts[Outcome.CHANGED],
                    same=counts[Outcome.SAME],
                    imported_at=timezone.now(),
                    imported_by=by,
                )
        except IntegrityError as error:
            raise AlreadySettled("Somebody else imported this file a moment ago.") from error
        rows.objects.bulk_create(
            [
                rows(
                    file=file,
                    subject_id=line.record.subject_id,
                    site=staged.site,
                    row_in_file=line.number,
                    form=specification.form,
                    record=line.record.pk,
                    items=line.items,
                )
                for line in found.lines
                if line.record is not None
            ]
        )
        staged.delete()
        led_to = [line.saved.as_it_stands() for line in found.lines if line.saved is not None and _led_to(line.saved)]
    return file, led_to


def _led_to(saved: Saved) -> bool:
    return bool(saved.queries or saved.alerts or saved.deviations)


def discard(*, staged: StagedFile) -> None:
    """Throw an uploaded file away; nothing was imported from it."""
    staged.delete()


def _rows(content: bytes, specification: Specification) -> list[Row]:
    try:
        return rows_of(read(content, most_rows=MOST_ROWS), specification)
    except Unreadable as unreadable:
        raise Refusal(str(unreadable)) from unreadable


def _carried(staged: StagedFile, by: User) -> Rehearsal:
    """Every row carried into the record, inside the caller's transaction."""
    specification = SPECIFICATIONS[staged.kind]
    require(by, deed_of(specification), staged.site_id)
    rows = _rows(bytes(staged.content), specification)
    if len(rows) != staged.rows_stated:
        raise ChangedMeanwhile("The file does not hold as many rows as were stated. Upload it again.")
    bench = Bench(
        specification, staged.site, by, _reason(staged, by), source_system=staged.source_system, sha256=staged.sha256
    )
    lines = []
    for row in rows:
        with transaction.atomic():
            line = bench.carry(row)
            if line.outcome is Outcome.REFUSED:
                transaction.set_rollback(True)
        lines.append(line)
    return Rehearsal(specification, staged.sha256, lines)


def _reason(staged: StagedFile, by: User) -> str:
    specification = SPECIFICATIONS[staged.kind]
    return (
        f"Imported by {by.username} from {staged.source_system}, file {staged.name}, SHA-256 {staged.sha256}, "
        f"specification {specification.code} {specification.version}"
    )


def _refuse_twice(specification: Specification, site: Site, sha256: str) -> None:
    files, _ = tables_of(specification)
    before = files.objects.filter(site=site, kind=specification.code, sha256=sha256)
    found = before.select_related("imported_by").first()
    if found is not None:
        raise AlreadySettled(f"This very file was imported on {dates.day(found.imported_at)} by {found.imported_by}.")
