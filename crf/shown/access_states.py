"""The states of accounts, roles, sites, sign-ins and exports, as pages show them."""

from datetime import date

from crf.chart.states import State
from crf.models import ExportLog, RoleHeld, SignIn, Site, User

IN_USE = State("In use", "complete", "ok")
NOT_YET = State("Never signed in", "planned")
DISABLED = State("Disabled", "missed")

NOW = State("Now", "complete", "ok")
LATER = State("Later", "planned")
ENDED = State("Ended", "missed")

ACTIVE = State("Active", "complete", "ok")
CLOSED = State("Closed", "lock")
NOT_ACTIVE = State("Not activated", "planned", "warn")

HANDED_OUT = State("Handed out", "complete")
HANDED_OUT_UNBLINDED = State("Handed out, unblinded", "randomised", "warn")
REFUSED = State("Refused", "failed", "warn")

SIGN_INS: dict[str, State] = {
    SignIn.Kind.IN: State("Signed in", "complete", "ok"),
    SignIn.Kind.OUT: State("Signed out", "none"),
    SignIn.Kind.FAILED: State("Failed", "failed", "warn"),
    SignIn.Kind.FAILED_CODE: State("Failed at the second factor", "failed", "warn"),
    SignIn.Kind.TIMED_OUT: State("Signed out after idle time", "none"),
    SignIn.Kind.ENDED: State("Sessions ended", "lock"),
    SignIn.Kind.REFUSED: State("Refused after too many failures", "failed", "warn"),
}


def account_state(user: User) -> State:
    """Whether somebody can sign in with the account."""
    if not user.is_active:
        return DISABLED
    return IN_USE if user.last_login else NOT_YET


def role_state(held: RoleHeld, today: date) -> State:
    """Whether the role gives rights now."""
    if held.has_ended(today):
        return ENDED
    return LATER if held.starts_on > today else NOW


def site_state(site: Site) -> State:
    if site.closed_on:
        return CLOSED
    return ACTIVE if site.activated_on and site.activated_on <= site.today() else NOT_ACTIVE


def export_state(log: ExportLog) -> State:
    """What became of the request."""
    if log.was_refused:
        return REFUSED
    return HANDED_OUT_UNBLINDED if log.is_unblinded else HANDED_OUT
