"""A filled-in form. Its typed table is made from the declaration: one column per item, one per score."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from crf import spec, trial

from .audit import Audited
from .loaded import Loaded
from .result import ResultField, within


class RecordQuerySet(models.QuerySet):
    def standing(self):
        """Records that are not voided."""
        return self.filter(voided_at__isnull=True)


class Record(Loaded):
    """What every filled-in form has beside its items."""

    class Source(models.TextChoices):
        PAPER = "paper", "Paper source"
        ESOURCE = "esource", "Entered directly (eSource)"
        COPIED = "copied", "Copied from the medical record"

    subject = models.ForeignKey("crf.Subject", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("crf.Visit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    row_number = models.PositiveSmallIntegerField(default=1)
    protocol_version = models.CharField(max_length=20)
    missing = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.ESOURCE)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    void_reason = models.CharField(max_length=200, blank=True)

    objects = RecordQuerySet.as_manager()
    form: type[spec.Form]

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.form.title}, {self.subject}"

    def values(self) -> dict:
        """The answers by item name; blank is None."""
        return {name: getattr(self, name) for name in self.form.items}

    @property
    def belongs_to(self) -> dict:
        """Subject, site and visit, as what is written about the record carries them."""
        return {"subject_id": self.subject_id, "site_id": self.site_id, "visit_id": self.visit_id}

    @property
    def visit_code(self) -> str | None:
        return self.visit.code if self.visit_id else None

    @property
    def visit_number(self) -> int:
        """Which of the visits with this code: unscheduled ones are counted."""
        return self.visit.number if self.visit_id else 1

    @property
    def is_complete(self) -> bool:
        return self.completed_at is not None


def _column(item: spec.Item) -> models.Field:
    """The typed, nullable column of an item. Labels stay out, so that correcting a wording makes no migration."""
    kind, blank = item.kind, {"null": True, "blank": True}
    match kind:
        case spec.Coded() if kind.numeric:
            return models.SmallIntegerField(**blank)
        case spec.Coded():
            return models.CharField(max_length=max(20, *(len(str(code)) for code, _ in kind.codes)), **blank)
        case spec.Integer():
            return models.IntegerField(**blank)
        case spec.Result():
            return ResultField(**blank)
        case spec.Decimal():
            whole = max(len(str(abs(int(float(bound))))) for bound in (kind.low, kind.high))
            return models.DecimalField(max_digits=whole + kind.places, decimal_places=kind.places, **blank)
        case spec.Text():
            return models.TextField(**blank)
        case spec.Date():
            return models.DateField(**blank)
        case spec.PartialDate():
            return models.CharField(max_length=10, **blank)
        case spec.Time():
            return models.TimeField(**blank)
    raise spec.DeclarationError(f"No column is known for {kind} of the item “{item.label}”.")


def _possible(item: spec.Item) -> Q | None:
    """What the table admits in the item's column: impossible values are refused by the database too."""
    name, kind = item.name, item.kind
    match kind:
        case spec.Coded():
            return Q(**{f"{name}__in": [code for code, _ in kind.codes]})
        case spec.Integer():
            return Q(**{f"{name}__gte": kind.low, f"{name}__lte": kind.high})
        case spec.Result():
            return Q(within(name, kind))
        case spec.Decimal():
            return Q(**{f"{name}__gte": kind.low, f"{name}__lte": kind.high})
        case spec.Text():
            return Q(**{f"{name}__regex": rf"^(.|\n){{0,{kind.max_length}}}$"}) if kind.max_length < 256 else None
        case spec.PartialDate():
            return Q(**{f"{name}__regex": spec.PARTIAL_DATE})
    return None


_NOTHING = Value(0, output_field=models.SmallIntegerField())


def _part(part: spec.Item | spec.Either):
    """A part of a score as the database computes it: not assessed and logically skipped count 0, blank is blank."""
    if isinstance(part, spec.Either):
        return Coalesce(_part(part.first), _part(part.second))
    value = F(part.name)
    cases = []
    if isinstance(part.when, spec.OneOf):
        governing = part.when.item.name
        cases.append(
            When(
                Q(**{f"{governing}__isnull": False}) & ~Q(**{f"{governing}__in": list(part.when.codes)}), then=_NOTHING
            )
        )
    if part.kind.not_assessed:
        cases.append(When(**{f"{part.name}__in": list(part.kind.not_assessed)}, then=_NOTHING))
    return Case(*cases, default=value) if cases else value


def _sum(score: spec.Score):
    total = _part(score.of[0])
    for part in score.of[1:]:
        total = total + _part(part)
    return total


def _once(form: type[spec.Form], table: str) -> models.UniqueConstraint:
    """One record a place. A voided row keeps its number for good; a form without rows is entered anew in its place."""
    stands = {} if form.repeating else {"condition": Q(voided_at__isnull=True)}
    return models.UniqueConstraint(
        fields=["subject", "visit", "row_number"], nulls_distinct=False, name=f"{table}_once", **stands
    )


def _model(form: type[spec.Form]) -> type[Record]:
    """The model of a form: typed columns, range checks, stored scores, audit trigger."""
    table = form.code.lower()
    columns = {name: _column(item) for name, item in form.items.items()}
    for name, score in form.scores.items():
        columns[name] = models.GeneratedField(
            expression=_sum(score), output_field=models.SmallIntegerField(), db_persist=True
        )
    constraints = [
        _once(form, table),
        models.CheckConstraint(
            condition=Q(voided_at__isnull=True) | (Q(voided_by__isnull=False) & ~Q(void_reason="")),
            name=f"{table}_void_by_and_why",
        ),
        models.CheckConstraint(
            condition=Q(completed_at__isnull=True, completed_by__isnull=True)
            | Q(completed_at__isnull=False, completed_by__isnull=False),
            name=f"{table}_completed_by",
        ),
    ]
    for name, item in form.items.items():
        if (possible := _possible(item)) is not None:
            constraints.append(
                models.CheckConstraint(condition=Q(**{f"{name}__isnull": True}) | possible, name=f"{table}_{name}")
            )
    for first, second in form.never_both:
        constraints.append(
            models.CheckConstraint(
                condition=Q(**{f"{first}__isnull": True}) | Q(**{f"{second}__isnull": True}),
                name=f"{table}_not_both_{first}"[:63],
            )
        )
    meta = type(
        "Meta",
        (),
        {
            "db_table": f"crf_form_{table}",
            "app_label": trial.CODE,
            "verbose_name": form.title.lower(),
            "constraints": constraints,
            "triggers": [Audited(subject="subject_id", items=True, locks=True, apart=form.discloses is spec.UNBLINDS)],
        },
    )
    return type(
        f"{form.__name__}Record",
        (Record,),
        {
            "__module__": f"crf.trials.{trial.CODE}.models",
            "__doc__": f"The records of the form {form.code}.",
            "Meta": meta,
            "form": form,
            **columns,
        },
    )


#: The model of each form, by form code.
RECORDS: dict[str, type[Record]] = {form.code: _model(form) for form in trial.FORMS}


def records_of(code: str) -> type[Record]:
    """The model that holds the records of the form with this code. KeyError for an unknown form."""
    return RECORDS[code]
