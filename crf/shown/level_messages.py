"""Messages after drug levels as lists show them: about which sample, in which words, and whether they were read."""

from dataclasses import dataclass

from crf import permissions, trial
from crf.chart.blood_states import MESSAGE_READ, MESSAGE_TO_READ
from crf.chart.states import State
from crf.models import LevelMessage, User
from crf.models.lookup import Lookup
from crf.shown.tasks import Section, Task


@dataclass(frozen=True)
class Shown:
    """A message in words."""

    message: LevelMessage

    @property
    def words(self) -> str:
        return trial.LEVEL_MESSAGES.words(self.message.says) if trial.LEVEL_MESSAGES else ""

    @property
    def state(self) -> State:
        return MESSAGE_READ if self.message.seen_at else MESSAGE_TO_READ


def readable_messages(user: User):
    """Those of the sites at which the person may read them."""
    sites = user.sites_as(*permissions.DEEDS["read level messages"])
    found = LevelMessage.objects.filter(site_id__in=sites)
    return found.select_related("subject__site", "site", "sent_by", "seen_by")


def messages_to_read(user: User) -> Section:
    """What waits for the investigator to take note of."""
    sites = user.sites_as(*permissions.DEEDS["take note of a level message"]) if trial.LEVEL_MESSAGES else []
    if not sites:
        return Section("", [], 0)
    tasks = [
        Task(one.subject, Shown(one).words, MESSAGE_TO_READ, f"/level-messages/{one.pk}/", (one.sent_at,))
        for one in _TO_READ.of(sites)
    ]
    return Section.of("Messages after drug levels", tasks)


_TO_READ = Lookup(
    lambda sites: LevelMessage.objects.filter(site_id__in=sites, seen_at__isnull=True).select_related("subject__site")
)
