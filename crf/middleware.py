"""What surrounds every page: the wall between the sites, and the page of a refusal."""

from datetime import UTC, datetime

from django.db import DatabaseError, connection
from django.shortcuts import render

from crf import permissions
from crf.actions.act import on_record, received_at, refusal_of
from crf.refusals import Refusal
from trialsite.database.wall import seeing


def sites_wall(get_response):
    """Tell the database which sites this person may see rows of, for this request and no longer.

    And whether they may see what would unblind: drug levels, which the safety officer alone reads.

    The setting is made for the session, because pages are read outside of transactions; it would outlive the request
    on a kept connection, so it is taken back whatever happens. Unset means no rows.
    """

    def middleware(request):
        if not request.user.is_authenticated:
            return get_response(request)
        sites = sorted({held.site_id for held in request.user.current_roles})
        levels = permissions.may_anywhere(request.user, "drug levels")
        with seeing(sites, levels=levels, reader=request.user.pk):
            return get_response(request)

    return middleware


def received(get_response):
    """Note when the request came: every write it causes bears that time beside the one of its commit (AUD-06)."""

    def middleware(request):
        token = received_at.set(datetime.now(UTC).isoformat())
        on_record.set(False)
        try:
            return get_response(request)
        finally:
            received_at.reset(token)

    return middleware


def own_account(get_response):
    """On the pages of one's own account every write is the person's: allauth names no actor."""

    def middleware(request):
        if not request.user.is_authenticated or not request.path_info.startswith("/accounts/"):
            return get_response(request)
        _say_actor(str(request.user.pk))
        try:
            return get_response(request)
        finally:
            _say_actor("")

    return middleware


def _say_actor(actor: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('crf.actor', %s, false)", [actor])


class Refusals:
    """Turns a refusal that a page lets through into a page with its sentence: the one place where this is done."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        refusal = exception if isinstance(exception, Refusal) else refusal_of_sent(exception)
        if refusal is None:
            return None
        if refusal.status == 400:
            return render(request, "400.html", {"refusal": refusal}, status=400)
        template = "403.html" if refusal.status == 403 else "409.html"
        return render(request, template, {"refusal": refusal}, status=refusal.status)


class CannotBeKept(Refusal):
    """What was sent is of a kind that no column holds."""

    status = 400


def refusal_of_sent(error: Exception) -> Refusal | None:
    """The sentence where the database could not take what was sent, or two did the same at once; None for a bug.

    The pages look at what they are sent. This is for what one of them overlooks: a NUL, half a character, a number
    without end.
    """
    if isinstance(error, DatabaseError):
        if (getattr(error.__cause__, "sqlstate", None) or "").startswith("22"):  # data exceptions, in SQL's words
            return CannotBeKept(UNSTORABLE)
        return refusal_of(error)
    if isinstance(error, UnicodeEncodeError) or (isinstance(error, ValueError) and "NUL (0x00)" in str(error)):
        return CannotBeKept(UNSTORABLE)
    return None


UNSTORABLE = (
    "Something that was sent holds a character or a number that cannot be kept, so nothing was done. "
    "Go back, take it out and try again."
)
