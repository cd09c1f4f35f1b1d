"""A leak of each kind is planted, and the comparison of the two worlds finds it: else it would prove nothing.

What is planted has the arms at hand, as no part of the program has. Each is shown to a person who is blinded.
"""

import pytest
from django.core.cache import cache
from django.db import connection

from analysis.collect import datasets
from crf import middleware, permissions
from crf import trial as served
from crf.actions import outbox, shipments
from crf.allocation import schedule
from crf.models import RECORDS, Mail, Site, Subject
from crf.spec.purposes import Purpose
from crf.views import stock as stock_page
from crf.views import subjects as subjects_page
from tests import databases, trial
from tests.blind.two_worlds import seen, swap
from trialsite.database import roles
from trialsite.database.wall import seeing, seeing_levels

pytestmark = [pytest.mark.every_trial, pytest.mark.req("BLI-09")]
LEVELS = served.serving(Purpose.DRUG_LEVEL)
FIRST, SECOND = [arm.code for arm in served.ARMS][:2]


class Known:
    """Which arm each kit is of, in the world that is looked at now."""

    def __init__(self, other: str):
        shape = {"strata": [site.code for site in served.SITES], "block_sizes": [4], "length": 240}
        codes = [arm.code for arm in served.ARMS]
        here, there = (schedule.draw(trial.SEED, arms=arms, **shape) for arms in (codes, codes[::-1]))
        self.other, self.here, self.there = other, *({one.kit: one.arm for one in places} for places in (here, there))

    def arm(self, kit: str | None) -> str | None:
        arms = self.there if connection.settings_dict["NAME"] == self.other else self.here
        return arms.get(kit)

    def rank(self, kit: str | None) -> int:
        """Who has no kit yet stands between the two arms."""
        return {FIRST: 0, SECOND: 2}.get(self.arm(kit), 1)

    def of_treated(self) -> bool:
        """Whether the treated subject is in the first arm."""
        return self.arm(self.kit) == FIRST


@pytest.fixture
def known(world, other_world):
    """The two worlds, the second one swapped."""
    found = Known(other_world)
    with seeing(Site.objects.all()):
        found.kit = trial.subject(trial.TREATED).kit
    owners = databases.the_cluster().connect(roles.OWNER, other_world)
    with databases.connected(other_world, roles.WEB), owners as owner:
        swap(owner, levels=True)
    return found


def both(known: Known, look) -> tuple:
    """What a look gives in one world, and in the other."""
    here = look()
    with databases.connected(known.other, roles.WEB):
        return here, look()


def mails() -> list[tuple[str, int]]:
    """The mail that a deed writes: to whom, and how long it is."""
    with seeing(Site.objects.all()):
        site, last = Site.objects.get(code=trial.FIRST), Mail.objects.count()
        shipments.tell_of_trouble(site, "A bottle was lost or damaged")
        return [(mail.to, len(mail.text)) for mail in Mail.objects.order_by("pk")[last:]]


def test_the_comparison_finds_a_leak_of_each_kind(known, monkeypatch):
    def in_the_order_of_arms(patch):
        all_of = subjects_page.Standing.of_all
        patch.setattr(
            subjects_page.Standing,
            "of_all",
            lambda *given, **more: sorted(all_of(*given, **more), key=lambda one: known.rank(one.subject.kit)),
        )

    def kits_in_the_order_of_arms(patch):
        kits_at = stock_page.shown.kits_at
        patch.setattr(
            stock_page.shown,
            "kits_at",
            lambda *a, **k: sorted(kits_at(*a, **k), key=lambda kit: known.rank(kit.number)),
        )

    def in_the_name(patch):
        patch.setattr(Subject, "__str__", lambda one: one.number + "\u200b" * known.rank(one.kit))

    def in_an_export(patch):
        subjects = datasets.subjects
        told = lambda frame: frame.assign(age=frame["age"] + known.of_treated())  # noqa: E731
        patch.setattr(datasets, "subjects", lambda *given: told(subjects(*given)))
        patch.setattr("crf.actions.output_kinds.code_digest", lambda: "another program")  # what was made before is kept

    def in_an_error(patch):
        require = permissions.require_anywhere

        def refuse(user, deed):
            try:
                return require(user, deed)
            except permissions.NotAllowed as refused:
                raise permissions.NotAllowed(refused.sentence + " " * known.of_treated() + ".") from refused

        patch.setattr(permissions, "require_anywhere", refuse)

    def in_a_header(patch):
        answer = middleware.Refusals.__call__

        def tagged(self, request):
            found = answer(self, request)
            found.headers["ETag"] = f'"{known.of_treated():d}"'
            return found

        patch.setattr(middleware.Refusals, "__call__", tagged)

    def in_the_size_of_a_mail(patch):
        put = outbox.put
        patch.setattr(
            outbox, "put", lambda **mail: put(**mail | {"text": mail["text"] + " " * 64 * known.of_treated()})
        )

    def of_a_level(patch):
        """A mark on the name of a subject whose first level was measured: read past the wall, and never an arm."""
        model = RECORDS[LEVELS.code]

        def named(one):
            with seeing_levels():
                measured = model.objects.filter(subject=one, row_number=1).exclude(level="BLQ").count()
            return one.number + "\u200b" * measured

        patch.setattr(Subject, "__str__", named)

    def by_a_cache(patch):
        """A page is kept for whoever asks next, as it was made for somebody who may know the arm."""
        answer = middleware.Refusals.__call__

        def kept(self, request):
            found = answer(self, request)
            if found.status_code == 200:
                if request.user.username == "ines":
                    found.content += b"<!-- %d -->" % known.of_treated()
                    cache.set("the-last-page", found.content)
                elif request.user.username == "mona":
                    found.content = cache.get("the-last-page", found.content)
            return found

        patch.setattr(middleware.Refusals, "__call__", kept)

    casebook = f"/subjects/{trial.TREATED}/"
    cases = [
        (in_the_order_of_arms, "mona", "/subjects/"),
        (in_the_name, "mona", casebook),
        (in_an_export, "stefan", "the data"),
        (in_an_error, "ruth", "/study/lock/"),
        (in_a_header, "nora", "/help/"),
        (by_a_cache, "mona", casebook),
    ]
    if LEVELS is not None:
        cases.append((of_a_level, "mona", casebook))
    if served.KITS:
        cases.append((kits_in_the_order_of_arms, "peter", "/stock/"))

    def at(person, url):
        def look():
            if url == casebook:
                seen("ines", [url])  # who is first there, and knows the arm
            return seen(person, [] if url == "the data" else [url])[url]

        return both(known, look)

    unfound = []
    for plant, person, url in cases:
        here, there = at(person, url)
        assert here == there, (plant.__name__, "differs without a leak")
        with monkeypatch.context() as patch:
            plant(patch)
            here, there = at(person, url)
            if here == there:
                unfound.append(plant.__name__)
    here, there = both(known, mails)
    assert here == there
    with monkeypatch.context() as patch:
        in_the_size_of_a_mail(patch)
        here, there = both(known, mails)
        if here == there:
            unfound.append("in_the_size_of_a_mail")
    assert unfound == []
