"""One thing to do, and the sections of the work list: the most urgent of each kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, QuerySet, Window

from crf.chart.states import State
from crf.models import Site, Subject
from crf.models.lookup import Lookup

TASKS_LISTED = 25  # of each kind; a list that nobody can finish today helps nobody


@dataclass(frozen=True)
class Task:
    """One thing to do: about whom (or which site), what, in which state, where, by when; done in order of `urgency`
    where the list does not come in its order."""

    subject: Subject | Site
    what: str
    state: State
    href: str
    urgency: tuple = ()
    when: str = ""

    @property
    def about(self) -> str:
        """The number of the subject, or the code of the site."""
        return self.subject.number if isinstance(self.subject, Subject) else self.subject.code


class Waiting(NamedTuple):
    """A task that is put into words only where it is among the first."""

    urgency: tuple
    task: Callable[[], Task]


@dataclass(frozen=True)
class Section:
    """Tasks of one kind; `total` counts those that are not shown too."""

    title: str
    tasks: list[Task]
    total: int

    @classmethod
    def of(cls, title: str, tasks: list[Task]) -> "Section":
        tasks = sorted(tasks, key=lambda task: task.urgency)
        return cls(title, tasks[:TASKS_LISTED], len(tasks))

    @classmethod
    def of_waiting(cls, title: str, waiting: list[Waiting], besides: int = 0) -> "Section":
        """`besides`: how many more there are, all of them less urgent than the first of these."""
        first = sorted(waiting, key=lambda one: one.urgency)[:TASKS_LISTED]
        return cls(title, [one.task() for one in first], len(waiting) + besides)

    @classmethod
    def first_of(cls, title: str, found: list, task: Callable[..., Task]) -> "Section":
        """Of what a look-up by `the_first` found, in its order."""
        return cls(title, [task(row) for row in found], found[0].in_all if found else 0)


def the_first(by: Callable[..., QuerySet]) -> Lookup:
    """The look-up that has PostgreSQL count all rows (`in_all`) and give the first. There may be thousands."""
    return Lookup(lambda *keys: by(*keys).annotate(in_all=Window(Count("*")))[:TASKS_LISTED])
