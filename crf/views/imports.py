"""Results from files: what a file has to look like, what importing it would do, and what was imported."""

from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from crf import permissions, trial
from crf.actions import imports as deeds
from crf.chart import blood_states as states
from crf.chart import places
from crf.exchange.tables import MOST_BYTES
from crf.models import RECORDS, ImportFile, Site, StagedFile
from crf.refusals import NotAllowed, Refusal
from crf.rules.laboratory import FORM
from crf.rules.result_files import MOST_ROWS, SPECIFICATIONS, Specification
from crf.views.asking import Whole, asked
from crf.views.told import tell_what_rows_led_to

IMPORTS = {"word": "Imports", "href": "/imports/"}


def _kinds(user) -> list[Specification]:
    """The kinds of file that the person may import anywhere."""
    return [one for one in SPECIFICATIONS.values() if permissions.may_anywhere(user, deeds.deed_of(one))]


def _kind(request, kind: str) -> Specification:
    """404 for a kind that unblinds, to whoever may not import it: as for an unknown one."""
    found = SPECIFICATIONS.get(kind)
    if found is None or (found.unblinds and found not in _kinds(request.user)):
        raise Http404("There is no such kind of file.")
    permissions.require_anywhere(request.user, deeds.deed_of(found))
    return found


def _sites(user, specification: Specification):
    return Site.objects.filter(pk__in=user.sites_as(*permissions.DEEDS[deeds.deed_of(specification)]))


def imports(request):
    """What the person can import, and the files that were imported at their sites, the newest first."""
    kinds = [one for one in _kinds(request.user) if not one.unblinds]
    sites = request.user.sites_as(*permissions.DEEDS["read imports"])
    if not kinds and not sites:
        raise NotAllowed("Your role does not include imports. Ask the administrator if it should.")
    files = ImportFile.objects.filter(site_id__in=sites).select_related("site", "imported_by").order_by("-imported_at")
    page = Paginator(files, 50).get_page(request.GET.get("page"))
    rows = [{"file": file, "title": SPECIFICATIONS[file.kind].title} for file in page]
    return render(
        request, "crf/imports.html", {"kinds": kinds, "rows": rows, "page": page, "has_laboratory": FORM is not None}
    )


class Upload(entry.Form):
    """The file, and what its sender says about it."""

    site = entry.ModelChoiceField(
        queryset=None, label="Site", empty_label=None, help_text="All rows belong to subjects of this site."
    )
    source_system = entry.CharField(
        max_length=100,
        label="Source system",
        help_text="The laboratory and its system, such as “Central laboratory, LIMS 4”.",
    )
    file = entry.FileField(
        label="File", help_text=f"CSV in UTF-8 or XLSX, at most {MOST_BYTES // 1024 // 1024} MB and {MOST_ROWS:,} rows."
    )
    rows_stated = Whole(
        min_value=1,
        max_value=MOST_ROWS,
        label="Rows stated by the sender",
        help_text="Without the heading. It is held against the file.",
    )
    sha256_stated = entry.RegexField(
        "^[0-9a-fA-F]{64}$",
        required=False,
        label="SHA-256 stated by the sender",
        help_text="Where the sender gives one, it is held against the file.",
    )

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites


def upload(request, kind):
    """Choose a file. It is read and held against the specification; nothing is imported yet."""
    specification = _kind(request, kind)
    form = Upload(
        *((request.POST, request.FILES) if request.method == "POST" else ()), sites=_sites(request.user, specification)
    )

    def deed(answers):
        file = answers.pop("file")
        if file.size > MOST_BYTES:
            raise Refusal(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Send it in parts.")
        staged = deeds.stage(kind=kind, name=file.name, content=file.read(), by=request.user, **answers)
        return redirect("crf:import_file", kind, staged.site.code, staged.sha256)

    context = {
        "specification": specification,
        "unblinded": specification.unblinds,
        "crumbs": [_above(specification), {"word": specification.title}],
    }
    return asked(request, "crf/import_upload.html", context, form, deed)


def _above(specification: Specification) -> dict:
    return {"word": "Drug levels", "href": "/levels/"} if specification.unblinds else IMPORTS


def _staged(request, kind, site, sha256) -> StagedFile | None:
    found = StagedFile.objects.select_related("site")
    return found.filter(user=request.user, kind=kind, site__code=site, sha256=sha256).first()


def file(request, kind, site, sha256):
    """A file that waits: what importing it would do, row by row, and one button. One that was imported: what it did."""
    specification = SPECIFICATIONS.get(kind)
    staged = _staged(request, kind, site, sha256) if specification else None
    if staged is None:
        return _imported(request, specification, site, sha256)
    specification = _kind(request, kind)
    refusal = None
    if request.method == "POST":
        try:
            done, led_to = deeds.import_staged(
                staged=staged, shown_sha256=request.POST.get("shown", ""), by=request.user
            )
            messages.success(
                request,
                f"Imported: {done.new} new, {done.changed} changed, {done.same} as on record; {done.rows} rows in all.",
            )
            tell_what_rows_led_to(request, led_to)
            return redirect("crf:import_file", kind, site, sha256)
        except NotAllowed:
            raise
        except Refusal as refused:
            refusal = refused
    rehearsal = deeds.rehearse(staged=staged, by=request.user)
    context = {
        "specification": specification,
        "staged": staged,
        "rehearsal": rehearsal,
        "refusal": refusal,
        "unblinded": specification.unblinds,
        "size": len(staged.content),
        "counts": [(states.OUTCOMES[outcome.name], count) for outcome, count in rehearsal.counts.items()],
        "lines": [
            (line, states.OUTCOMES[line.outcome.name])
            for line in sorted(rehearsal.lines, key=lambda line: line.outcome.name != "REFUSED")
        ],
        "crumbs": [
            _above(specification),
            {"word": specification.title, "href": f"/imports/{kind}/"},
            {"word": staged.name},
        ],
    }
    return render(request, "crf/import_rehearsal.html", context, status=refusal.status if refusal else 200)


def _imported(request, specification, site, sha256):
    """The file on record, for whoever may import its kind or read what was imported."""
    if specification is None:
        raise Http404("There is no such file.")
    deed = deeds.deed_of(specification) if specification.unblinds else "read imports"
    files, _ = deeds.tables_of(specification)
    sites = request.user.sites_as(*permissions.DEEDS[deed])
    found = files.objects.filter(site_id__in=sites, site__code=site, kind=specification.code, sha256=sha256)
    found = get_object_or_404(found.select_related("site", "imported_by"))
    rows = list(found.imported_rows.select_related("subject").order_by("row_in_file"))
    where = _where(specification, rows)
    rows = [{"row": row, "href": where[row.record], "items": _labels(row)} for row in rows]
    context = {
        "specification": specification,
        "file": found,
        "rows": rows,
        "unblinded": specification.unblinds,
        "crumbs": [_above(specification), {"word": found.name}],
    }
    return render(request, "crf/import_file.html", context)


def _where(specification: Specification, rows) -> dict[int, str]:
    """Record -> where it is read: a drug level on the page of the levels, all else in the casebook."""
    if specification.form is None:
        return {}
    found = RECORDS[specification.form].objects.filter(pk__in=[row.record for row in rows])
    if specification.unblinds:
        return {
            record.pk: f"/levels/{record.subject.number}/{record.row_number}/"
            for record in found.select_related("subject")
        }
    return {
        record.pk: places.address(record.subject, record.visit, specification.form, record.row_number)
        for record in found.select_related("subject", "visit")
    }


def _labels(row) -> str:
    """The items that a row filled, in the words of the form."""
    items = trial.form(row.form).items
    return ", ".join(items[name].label for name in row.items)


@require_POST
def discard(request, kind, site, sha256):
    """Throw the uploaded file away."""
    specification = _kind(request, kind)
    staged = _staged(request, kind, site, sha256)
    if staged is None:
        raise Http404("There is no such file.")
    deeds.discard(staged=staged)
    messages.info(request, "The file was discarded; nothing was imported from it.")
    return redirect("crf:import_upload", specification.code)
