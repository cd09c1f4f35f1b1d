"""The register of code breaks, and what waits for a person because of one. Without an arm, whoever looks."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from crf import permissions, trial
from crf.chart import states
from crf.chart.places import address
from crf.chart.states import State
from crf.models import RECORDS, ArmKnown, CodeBreak, CodeBreakAnswer, RoleHeld, Subject, User
from crf.models.lookup import Lookup
from crf.shown.tasks import Section, Task
from crf.spec import dates
from crf.spec.purposes import Purpose

Kind, Answer = CodeBreak.Kind, CodeBreakAnswer.Kind
#: The kind of intercurrent event that a code break is, as the analysis knows it (crf/spec/outcomes.py).
EVENT = "CODEBREAK"


@dataclass(frozen=True)
class Row:
    """A line of the register: the code break, its state, who has not acknowledged it, who has not assessed it."""

    entry: CodeBreak
    state: State
    unacknowledged: list[str]
    unassessed: list[str]

    @property
    def told(self) -> str:
        """Who was mailed at once, by username and role."""
        words = dict(RoleHeld.Role.choices)
        return ", ".join(f"{name} ({words[role].lower()})" for role, name in self.entry.told)


def register(user: User):
    """The code breaks at the sites where the person reads the register, newest first."""
    sites = user.sites_as(*permissions.DEEDS["read code breaks"])
    return (
        CodeBreak.objects.filter(site_id__in=sites)
        .select_related("subject__site", "site", "asked_by", "approved_by", "declined_by", "taken_back_by")
        .prefetch_related("answers__by", "known_to__person")
    )


def counts(user: User) -> list[tuple[str, int, int]]:
    """By kind, of those that there are: how many, and by how many of them somebody knows the arm."""
    sites = user.sites_as(*permissions.DEEDS["read code breaks"])
    found = CodeBreak.objects.filter(site_id__in=sites).order_by().values_list("kind")
    told = {kind: (many, lost) for kind, many, lost in found.annotate(many=Count("pk"), lost=Count("shown_at"))}
    return [(label, *told[kind]) for kind, label in Kind.choices if kind in told]


def row(entry: CodeBreak) -> Row:
    """Of an entry with its answers read."""
    given = {(answer.kind, answer.as_role) for answer in entry.answers.all()}
    waits = entry.kind != Kind.PLANNED or entry.log is not None
    return Row(
        entry,
        state_of(entry),
        _roles(permissions.DEEDS["acknowledge code break"], Answer.SEEN, given) if waits else [],
        _roles(permissions.DEEDS["assess impact"], Answer.IMPACT, given) if entry.is_lost else [],
    )


def _roles(roles, kind: str, given: set) -> list[str]:
    words = dict(RoleHeld.Role.choices)
    return [words[role].lower() for role in roles if (kind, role) not in given]


def state_of(entry: CodeBreak) -> State:
    """How far a code break has gone."""
    if entry.taken_back_at:
        return states.BREAK_TAKEN_BACK
    if entry.kind in (Kind.ACCIDENTAL, Kind.ENVELOPE):
        return states.BLIND_LOST
    if entry.shown_at:
        return states.CODE_BROKEN
    if entry.declined_at:
        return states.BREAK_DECLINED if entry.kind == Kind.PLANNED and not entry.approved_at else states.BREAK_WITHDRAWN
    if entry.waits_for_approval:
        return states.BREAK_TO_APPROVE
    return states.ASKED_NOT_SHOWN


def knows_the_arm(user: User, subject: Subject) -> bool:
    """Whether the person is on record as knowing what the subject takes."""
    return _KNOWN.first(subject.pk, user.pk) is not None


_KNOWN = Lookup(
    lambda subject, person: ArmKnown.objects.filter(
        subject_id=subject, person_id=person, code_break__taken_back_at__isnull=True
    )[:1]
)


def tasks(user: User) -> list[Section]:
    """What waits for the person. At most five statements, whatever the number of subjects."""
    found = [_to_acknowledge(user), _to_assess(user), _to_approve(user), _to_go_on_with(user), _events_to_enter(user)]
    return [section for section in found if section.tasks]


def _lacking(found, kind: str, held):
    """Those that lack an answer in one of the roles in which the person gives it at the site. `held`: a role, its
    site, a role, its site, and so on."""
    lacking = Q()
    for role, site in zip(held[::2], held[1::2], strict=True):
        given = CodeBreakAnswer.objects.filter(code_break=OuterRef("pk"), kind=kind, as_role=role)
        lacking |= Q(site_id=site) & ~Exists(given)
    return found.filter(lacking).select_related("subject")


_TO_ACKNOWLEDGE = Lookup(
    lambda *held: _lacking(CodeBreak.objects.filter(~Q(kind=Kind.PLANNED) | Q(log__isnull=False)), Answer.SEEN, held)
)
_TO_ASSESS = Lookup(lambda *held: _lacking(CodeBreak.objects.filter(shown_at__isnull=False), Answer.IMPACT, held))
_TO_APPROVE = Lookup(
    lambda sites, person: (
        CodeBreak.objects.filter(
            site_id__in=sites, kind=Kind.PLANNED, approved_at__isnull=True, declined_at__isnull=True
        )
        .exclude(asked_by_id=person)
        .select_related("subject")
    )
)
_NOT_SHOWN = Lookup(
    lambda sites, person: CodeBreak.objects.filter(
        site_id__in=sites, asked_by_id=person, shown_at__isnull=True
    ).select_related("subject")
)


def _held(user: User, deed: str) -> list:
    """The roles of the person that the deed is done in, each with its site."""
    pairs = [(held.role, held.site_id) for held in user.current_roles if held.role in permissions.DEEDS[deed]]
    return [part for pair in pairs for part in pair]


def _section(title: str, found, what) -> Section:
    return Section.of(
        title,
        [
            Task(
                one.subject,
                what(one),
                state_of(one),
                one.get_absolute_url(),
                (one.asked_at,),
                when=dates.moment(one.asked_at),
            )
            for one in found
        ],
    )


def _called(entry: CodeBreak) -> str:
    unusual = ", unusually many in a day" if entry.is_unusual else ""
    return f"{entry.get_kind_display()}{unusual}"


def _to_acknowledge(user: User) -> Section:
    held = _held(user, "acknowledge code break")
    return _section("Code breaks to acknowledge", _TO_ACKNOWLEDGE.of(*held) if held else [], _called)


def _to_assess(user: User) -> Section:
    held = _held(user, "assess impact")
    return _section("Impact of a lost blind to assess", _TO_ASSESS.of(*held) if held else [], _called)


def _to_approve(user: User) -> Section:
    sites = user.sites_as(*permissions.DEEDS["approve code break"])
    return _section("Planned code breaks to approve", _TO_APPROVE.of(sites, user.pk) if sites else [], _called)


def _to_go_on_with(user: User) -> Section:
    """Code breaks of this person that may be gone on with and were not shown; to nobody else."""
    sites = user.sites_as(*permissions.DEEDS["break code"])
    mine = [one for one in (_NOT_SHOWN.of(sites, user.pk) if sites else []) if one.waits_to_be_shown]
    return Section.of(
        "Code breaks not gone on with",
        [
            Task(
                one.subject,
                f"{one.get_kind_display()} code break",
                states.ASKED_NOT_SHOWN,
                reverse("crf:reveal", args=[one.subject.number, one.log]) if one.log else one.get_absolute_url(),
                (one.asked_at,),
                when=dates.day(one.asked_at),
            )
            for one in mine
        ],
    )


def _events_to_enter(user: User) -> Section:
    """Subjects whose code was broken and who have no row about it in the form for intercurrent events."""
    form = trial.serving(Purpose.INTERCURRENT)
    sites = user.sites_as(*permissions.may_enter_form(form)) if form else set()
    if not sites or EVENT not in {code for code, _ in form.items["kind"].kind.codes}:
        return Section("", [], 0)
    subjects = _WITHOUT_EVENT.of(sites)
    rows = RECORDS[form.code].objects.filter(subject__in=subjects).order_by("row_number")
    last = dict(rows.values_list("subject", "row_number")) if subjects else {}
    return Section.of(
        "Intercurrent events to enter",
        [
            Task(
                subject,
                "The code was broken",
                states.DUE,
                address(subject, None, form.code, last.get(subject.pk, 0) + 1),
                (subject.number,),
            )
            for subject in subjects
        ],
    )


def _without_event(sites):
    rows = RECORDS[trial.code_serving(Purpose.INTERCURRENT)].objects.standing()
    return Subject.objects.filter(
        Exists(CodeBreak.objects.filter(subject=OuterRef("pk"), shown_at__isnull=False)),
        ~Exists(rows.filter(subject=OuterRef("pk"), kind=EVENT)),
        site_id__in=sites,
    )


_WITHOUT_EVENT = Lookup(_without_event)
