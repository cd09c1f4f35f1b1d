"""Whose dashboard it is: the sites of which each deed may be seen, read once."""

from functools import cached_property

from django.utils import timezone

from crf import permissions
from crf.models import Site, User


class Viewer:
    """A person with the sites (ids) at which they may do a deed, and what those sites are."""

    def __init__(self, user: User):
        self.user = user
        self.today = timezone.now().date()

    def sites(self, *deeds: str) -> list[int]:
        """The sites at which the person may do one of the deeds, by id; none: the picture is not theirs."""
        return sorted({site for deed in deeds for site in self.user.sites_as(*permissions.DEEDS[deed])})

    def link(self, words: str, href: str) -> tuple[str, str]:
        """A link to a list of subjects, queries or visits, for who sees subjects; else none."""
        return (words, href) if permissions.may_anywhere(self.user, "see subjects") else ("", "")

    @cached_property
    def named(self) -> dict[int, Site]:
        """The sites by id, in the order of their codes. One statement."""
        return {site.pk: site for site in Site.objects.order_by("code")}

    def words(self, sites: list[int]) -> list[Site]:
        return [site for pk, site in self.named.items() if pk in sites]
