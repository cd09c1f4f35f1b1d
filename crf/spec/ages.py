"""Ages of people of whom only the year of birth is on record."""

from datetime import date


def ages_possible(birth_year: int, on: date) -> tuple[int, int]:
    """The age before and after this year's birthday; only the year of birth is known."""
    return on.year - birth_year - 1, on.year - birth_year
