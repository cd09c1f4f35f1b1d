"""Whether two subjects may be one person, screened twice."""


def is_possible_duplicate(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    """Same sex, year of birth and site: perhaps one person twice. A warning; it never refuses."""
    return one == other
