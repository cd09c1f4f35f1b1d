"""The administrator's pages about accounts: the list, one account, and what is done with it. No clinical data here."""

from datetime import date

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django import forms as entry
from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from crf import permissions
from crf.actions import access_changes
from crf.actions import accounts as deeds
from crf.actions.access_review import due_on
from crf.actions.password_links import link_for
from crf.actions.reach import administered, signs
from crf.models import AccessChange, AuditEntry, RoleHeld, User
from crf.refusals import AlreadySettled
from crf.shown import access_states as states
from crf.shown.trail import Line
from crf.spec import dates
from crf.views.asking import Reason, asked, posted
from crf.views.once import Once

PLACES = (
    ("Accounts", "crf:accounts"),
    ("Roles on a day", "crf:roles_on"),
    ("Sign-ins", "crf:sign_ins"),
    ("Review", "crf:access_review"),
)
COLUMNS = {"is_active": "in use", "email": "e-mail"}


def page(request, word: str = "", *, above: tuple[str, str] = ("", ""), **more) -> dict:
    """What the templates of these pages share: their own menu, and breadcrumbs for a page below the list."""
    may = permissions.may_anywhere(request.user, "administer")
    places = [
        {"word": name, "href": reverse(to), "is_here": reverse(to) == request.path}
        for name, to in PLACES
        if may or to in ("crf:roles_on", "crf:sign_ins")
    ]
    crumbs = []
    if word:
        crumbs = [{"word": "Accounts", "href": reverse("crf:accounts")}]
        crumbs += [{"word": above[0], "href": above[1]}] if above[0] else []
        crumbs += [{"word": word}]
    return {"places": places, "crumbs": crumbs, **more}


def person_at(request, username: str) -> User:
    """The account with this name, if it is one of the administrator's sites; else 404, as for an unknown one."""
    permissions.require_anywhere(request.user, "administer")
    return get_object_or_404(administered(request.user), username=username)


def accounts(request):
    """Every account of the administrator's sites with the roles that it has today."""
    permissions.require_anywhere(request.user, "administer")
    text = request.GET.get("q", "").strip().replace("\x00", "")[:60]
    held = RoleHeld.objects.current().select_related("site").order_by("role", "site__code")
    found = administered(request.user).order_by("-is_active", "last_name", "first_name", "username")
    if text:
        found = found.filter(
            Q(username__icontains=text)
            | Q(first_name__icontains=text)
            | Q(last_name__icontains=text)
            | Q(organisation__icontains=text)
        )
    people = [
        {"user": user, "state": states.account_state(user), "roles": _in_words(user.held_now)}
        for user in found.prefetch_related(Prefetch("roles_held", held, to_attr="held_now"))
    ]
    waiting = AccessChange.objects.filter(
        state=AccessChange.State.WAITING, user__in=administered(request.user)
    ).select_related("user", "asked_by")
    context = page(request, people=people, asked=text, waiting=list(waiting), due=due_on(), today=timezone.now().date())
    return render(request, "crf/accounts.html", context)


def _in_words(roles) -> list[str]:
    """One line a role: "Monitor: Jerusalem, Afula"."""
    sites: dict[str, list[str]] = {}
    for held in roles:
        sites.setdefault(held.get_role_display(), []).append(held.site.name)
    return [f"{role}: {', '.join(names)}" for role, names in sites.items()]


def _history(user: User, roles) -> list[dict]:
    """What the trail says about the account and its roles, newest first."""
    named = {role["held"].pk: f"{role['held'].get_role_display()}, {role['held'].site}" for role in roles}
    found = AuditEntry.objects.filter(
        Q(table="crf_user", record=user.pk)
        | Q(table="crf_roleheld", record__in=list(named))
        | Q(table="crf_accesschange", record__in=list(user.access_changes.values_list("pk", flat=True)))
        | Q(table="mfa_authenticator", changes__user_id__contains=user.pk)
    ).order_by("-at")
    return [
        {
            "at": entry.at,
            "who": Line(entry, "", "", [], None).who,
            "reason": entry.told.get("reason", ""),
            "what": _said(entry, named),
        }
        for entry in found[:50]
    ]


def _said(entry: AuditEntry, named: dict[int, str]) -> str:
    """“Role given: Rater, Afula”, “Role ended: …”, “Account opened”, “Account changed: password”."""
    is_new = entry.operation == AuditEntry.Operation.INSERT
    if entry.table == "crf_roleheld":
        return _said_of_role(entry.told.get("changes", {}), named[entry.record], is_new)
    changes = entry.told.get("changes", {})
    if entry.table == "mfa_authenticator":
        kind = next(filter(None, changes.get("type", [""])), "")
        word = dict(Authenticator.Type.choices).get(kind, "Second factor")
        return f"{word}: {'set up' if is_new else 'taken away'}"
    if entry.table == "crf_accesschange":
        return "Change of access asked for" if is_new else f"Change of access {changes['state'][1]}"
    if set(changes) == {"identity_doubted_at"}:
        return "Who uses it: " + ("in doubt" if changes["identity_doubted_at"][1] else "confirmed")
    columns = ", ".join(sorted(COLUMNS.get(name, name.replace("_", " ")) for name in changes))
    return "Account opened" if is_new else f"Account changed: {columns}"


def _said_of_role(changes: dict, named: str, is_new: bool) -> str:
    """“Role given: …”, “Role ended: …”, or which of its dates was corrected, from what to what."""
    if is_new or "ended_at" in changes or set(changes) == {"ends_on"}:
        return f"Role {'given' if is_new else 'ended'}: {named}"
    days = [
        f"{RoleHeld._meta.get_field(name).verbose_name} {' → '.join(_day(one) for one in changes[name])}"
        for name in sorted(changes)
    ]
    return f"Role corrected: {named}; {', '.join(days)}"


def _day(text: str | None) -> str:
    return dates.day(date.fromisoformat(text)) if text else "none"


class Person(entry.Form):
    """Who the person is."""

    name = entry.CharField(max_length=150, label="First and last name")
    organisation = entry.CharField(
        max_length=200, label="Organisation", help_text="It stands beside the name in the audit trail."
    )
    email = entry.EmailField(label="E-mail", help_text="The person's own: the link to set a password goes there.")


class NewPerson(Person):
    """Who the person is, and the username for good."""

    username = entry.CharField(
        max_length=60,
        help_text="For good: never changed, never given to anybody else.",
        widget=entry.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ["name", "username"]


def open_account(request):
    """Open an account for one person; they set the password themselves."""
    permissions.require_anywhere(request.user, "administer")

    def deed(answers):
        user = deeds.open_account(by=request.user, **answers)
        _tell_of_link(request, user)
        return redirect("crf:account", user.username)

    context, form = page(request, "New account"), NewPerson(posted(request))
    return asked(request, "crf/open_account.html", context, form, deed, once=Once(request))


def account(request, username):
    """One account: who, which roles from when to when, and what can be done."""
    user = person_at(request, username)
    sites = request.user.sites_as(*permissions.DEEDS["administer"])
    today = timezone.now().date()
    roles = [
        {
            "held": held,
            "state": states.role_state(held, today),
            "may_correct": held.site_id in sites and user.pk != request.user.pk,
            "may_end": held.site_id in sites and user.pk != request.user.pk and not held.has_ended(today),
        }
        for held in user.roles_held.select_related("site").order_by("-starts_on", "role")
    ]
    context = page(
        request,
        str(user),
        person=user,
        state=states.account_state(user),
        roles=roles,
        history=_history(user, roles),
        is_oneself=user.pk == request.user.pk,
        waiting=access_changes.waiting_for(user),
        signs=signs(user),
    )
    return render(request, "crf/account.html", context)


def correct_account(request, username):
    """Correct name, organisation or address."""
    return _correct_account(request, person_at(request, username))


@reauthentication_required
def _correct_account(request, user):
    now = {"name": user.get_full_name(), "organisation": user.organisation, "email": user.email}

    def deed(answers):
        if deeds.correct_account(user=user, by=request.user, **answers):
            messages.warning(
                request, f"The new address waits for a second administrator. {user} was told of it by mail."
            )
        else:
            messages.success(request, "The account is corrected.")
        return redirect("crf:account", user.username)

    context = page(request, "Correct", above=crumb_of(user), person=user, signs=signs(user))
    return asked(request, "crf/correct_account.html", context, Person(posted(request), initial=now), deed)


def account_state(request, username):
    """Disable the account, or enable it, whichever it stands at."""
    user = person_at(request, username)
    word = "disabled" if user.is_active else "enabled again"

    def deed(answers):
        if request.POST.get("shown", word) != word:  # a second click must not undo the first
            raise AlreadySettled(f"The account of {user} is {'in use' if user.is_active else 'disabled'} already.")
        if user.is_active:
            deeds.disable(user=user, by=request.user, **answers)
            messages.success(request, f"The account of {user} is disabled. Its sessions and roles have ended.")
        else:
            _tell_of_link(request, deeds.enable(user=user, by=request.user, **answers))
        return redirect("crf:account", user.username)

    form = Reason(posted(request), label=f"Why is the account {word}?")
    context = page(request, "Disable" if user.is_active else "Enable", above=crumb_of(user), person=user, shown=word)
    return asked(request, "crf/account_state.html", context, form, deed, cautious=False)


class Link(Reason):
    """Why a new link is sent, and whether the second factor is lost too."""

    forget_second_factor = entry.BooleanField(required=False, label="The second factor is lost too: forget it")


def send_link(request, username):
    """Take the password away and mail a link to set another."""
    return _send_link(request, person_at(request, username))


@reauthentication_required
def _send_link(request, user):

    def deed(answers):
        if deeds.send_link(user=user, by=request.user, **answers):
            messages.warning(request, f"It waits for a second administrator. {user} was told of it by mail.")
        else:
            _tell_of_link(request, user)
        return redirect("crf:account", user.username)

    form = Link(
        posted(request),
        label="Why is a new link sent?",
        help_text="Such as: forgotten, asked for by telephone, known by voice.",
    )
    context = page(request, "New link", above=crumb_of(user), person=user, signs=signs(user))
    return asked(request, "crf/send_link.html", context, form, deed, cautious=False, once=Once(request))


def decide_change(request, username):
    """Confirm or refuse what another administrator asked for about the account of somebody who signs."""
    return _decide_change(request, person_at(request, username))


@reauthentication_required
def _decide_change(request, user):
    change = access_changes.waiting_for(user)
    if change is None:
        raise Http404("Nothing waits here.")

    def deed(_):
        is_confirmed = request.POST.get("decision") == "confirm"
        access_changes.decide(change=change, is_confirmed=is_confirmed, by=request.user)
        if not is_confirmed:
            messages.info(request, "The change is refused; the account is as it was.")
        elif change.kind == AccessChange.Kind.LINK:
            _tell_of_link(request, user)
        else:
            messages.success(request, f"The address of the account is now {change.email}.")
        return redirect("crf:account", user.username)

    context = page(
        request,
        "Decide",
        above=crumb_of(user),
        person=user,
        change=change,
        is_own=change.asked_by_id == request.user.pk,
    )
    return asked(request, "crf/decide_change.html", context, None, deed)


def confirm_identity(request, username):
    """Say that the person who uses the account is the person it names, after an administrator changed its access."""
    return _confirm_identity(request, person_at(request, username))


@reauthentication_required
def _confirm_identity(request, user):

    def deed(answers):
        access_changes.confirm_identity(user=user, how=answers["reason"], by=request.user)
        messages.success(request, f"It is on record that {user} uses the account. It can sign again.")
        return redirect("crf:account", user.username)

    form = Reason(
        posted(request),
        label="How do you know that it is the person?",
        help_text="Such as: seen in person with a passport; called at the number in the delegation log.",
    )
    context = page(request, "Who uses it", above=crumb_of(user), person=user)
    return asked(request, "crf/confirm_identity.html", context, form, deed, cautious=False)


def crumb_of(user: User) -> tuple[str, str]:
    return str(user), reverse("crf:account", args=[user.username])


def _tell_of_link(request, user: User) -> None:
    """The administrator is not shown the link: whoever has it is the person. The demo sends no mail, so it shows it."""
    messages.success(request, f"A link to set a password was mailed to {user.email}. It works once, for three days.")
    if settings.DEMO:
        messages.info(request, f"The demo sends no mail. The link is {link_for(user)}")
