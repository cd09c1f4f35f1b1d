"""An empty installation begins with one administrator, once."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from crf.actions.act import act
from tests import trial

pytestmark = pytest.mark.django_db
LEA = ("lea.katz", "Lea Katz", "lea@example.org")


def begin(*who) -> str:
    said = StringIO()
    call_command("first_administrator", *who, organisation="Emek", stdout=said)
    return said.getvalue()


@pytest.fixture
def nobody_yet():
    """The only administrator has left."""
    for held in trial.person("adam").roles_held.all():
        held.ended_at, held.ends_on = timezone.now(), timezone.now().date()
        with act(by="system:tests"):
            held.save()


def test_it_is_refused_where_there_is_an_administrator():
    with pytest.raises(CommandError, match="already"):
        begin(*LEA)


def test_the_first_person_sets_the_password_by_the_link_and_administers(client, nobody_yet):
    link = begin(*LEA).split()[-1]
    page = client.get(link[link.index("/accounts/") :], follow=True)
    password = "a new Pass phrase 42"
    client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})
    lea = authenticate(username="lea.katz", password=password)
    assert {held.role for held in lea.current_roles} == {"administrator"} and len(lea.current_roles) == 2
