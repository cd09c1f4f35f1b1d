"""Look-ups whose statement is compiled once give what the queryset gives, for any keys, each time anew."""

from datetime import timedelta

import pytest

from crf.actions.act import act
from crf.models import RoleHeld, Site, Subject, User, Visit
from crf.models.lookup import Lookup
from tests import trial
from trialsite.database.wall import seeing

BY_NUMBER = Lookup(lambda number, sites: Subject.objects.select_related("site").filter(number=number, site__in=sites))


@pytest.fixture(autouse=True)
def world(db):
    with seeing(Site.objects.all()):
        yield


def same(found, expected):
    expected = list(expected)
    assert found == expected
    columns = [field.attname for field in expected[0]._meta.concrete_fields]
    assert [[getattr(one, name) for name in columns] for one in found] == [
        [getattr(one, name) for name in columns] for one in expected
    ]


def test_it_finds_what_the_queryset_finds_with_what_is_related(django_assert_num_queries):
    sites = set(Site.objects.values_list("pk", flat=True))
    for number in ("JER-001", "JER-002"):
        same(BY_NUMBER.of(number, sites), Subject.objects.filter(number=number))
        with django_assert_num_queries(1):
            assert BY_NUMBER.first(number, sites).site.code == "JER"


def test_every_shape_of_its_keys_is_a_statement_of_its_own():
    place = Lookup(lambda visit: Visit.everything.filter(settled_by_id=visit).order_by("pk"))
    same(place.of(None), Visit.everything.filter(settled_by__isnull=True).order_by("pk"))
    begun = Lookup(lambda before: User.objects.filter(date_joined__lte=before).order_by("pk"))
    last = User.objects.latest("date_joined").date_joined
    same(begun.of(last), User.objects.order_by("pk"))
    assert begun.of(last - timedelta(days=9_999)) == []
    sites = list(Site.objects.values_list("pk", flat=True))
    here = [Site.objects.get(code="JER").pk]
    assert BY_NUMBER.first("JER-001", sites) == BY_NUMBER.first("JER-001", here) != BY_NUMBER.first("JER-002", here)
    assert BY_NUMBER.of("JER-001", []) == []
    assert BY_NUMBER.first("JER-001", [max(sites) + 1]) is None
    assert BY_NUMBER.first("JER-001' OR true --", sites) is None


def test_it_runs_each_time_and_keeps_no_row():
    of = Lookup(lambda user: User.objects.filter(pk=user))
    ines = trial.person("ines")
    assert of.first(ines.pk) is not of.first(ines.pk)
    old = ines.organisation
    with act(by="system:tests", role="system", reason="x"):
        User.objects.filter(pk=ines.pk).update(organisation="Another")
    assert of.first(ines.pk).organisation == "Another" != old


def test_it_refuses_keys_that_the_statement_does_not_bear_as_they_are():
    with pytest.raises(TypeError, match="as they are"):
        Lookup(lambda part: Subject.objects.filter(number__icontains=part)).of("JER")
    with pytest.raises(TypeError, match="otherwise than by `in`"):
        Lookup(lambda sites: Subject.objects.filter(site_id=sites[0])).of([1, 2])


def test_a_list_of_any_length_is_one_statement_in_which_what_is_asked_for_is_in():
    sites = list(Site.objects.values_list("pk", flat=True))
    named = Lookup(lambda codes, sites: Site.objects.filter(code__in=codes, pk__in=sites).order_by("pk"))
    for codes in (["JER"], ["JER", "AFU"], ["JER", "it's", 'a "quote", {brace} \\ %s', *map(str, range(3000))]):
        same(named.of(codes, [*range(9000)]), Site.objects.filter(code__in=codes).order_by("pk"))
        assert named.of(codes, [0, *(max(sites) + one for one in range(1, 9))]) == []
    assert len(named._compiled) == 2
    others = Lookup(lambda codes: Site.objects.exclude(code__in=codes))
    assert others.of(["AFU", "JER"]) == list(Site.objects.exclude(code__in=["AFU", "JER"]))


def test_a_column_that_was_not_read_is_looked_up_when_asked_for(django_assert_num_queries):
    visit = Visit.objects.only("code").first()
    with django_assert_num_queries(1):
        assert visit.state in Visit.State.values
    role = RoleHeld.objects.select_related("site").first()
    with django_assert_num_queries(0):
        assert role.site.zone
    assert not visit._state.adding
