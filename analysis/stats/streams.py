"""Random numbers that do not depend on who draws them, or in which order (METHODS 7.6)."""

from __future__ import annotations

import numpy as np

# Order is for ever: it goes into the counter.
PURPOSES = ("allocations", "imputation", "trial", "bootstrap", "permutation")


def stream(seed: int, purpose: str, number: int) -> np.random.Generator:
    """The generator of draw `number`: Philox 4x64-10 with the seed as key and (purpose, number) as upper counter words.

    Streams of one seed are disjoint pieces of 2**128 blocks of one sequence (Salmon et al. 2011,
    doi:10.1145/2063384.2063405).
    Draw 1,700 has the same numbers whether it is drawn alone, after 1,699 others, or on another machine.
    """
    if not 0 <= seed < 2**128:
        raise ValueError(f"The seed is {seed}; it must be a whole number from 0 to 2**128 - 1.")
    return np.random.Generator(np.random.Philox(key=seed, counter=(PURPOSES.index(purpose) << 192) + (number << 128)))
