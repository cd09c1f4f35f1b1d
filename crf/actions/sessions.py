"""End every session of a person at once (ACC-09), and give a session a new token (SEC-06)."""

from allauth.usersessions.models import UserSession
from django.db.models import F
from django.utils import timezone

from crf.models import SignIn, User


def end_all(user: User) -> None:
    """End all sessions of this user, on every host; it takes effect at their next request."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    for session in UserSession.objects.filter(user=user):
        session.end()
    SignIn.objects.create(at=timezone.now(), kind=SignIn.Kind.ENDED, user=user)


def renew(request) -> None:
    """A new token for the session, once the person has shown again who it is; the old one opens nothing."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
