"""Whom a table or figure is about: the words that stand under its title."""

SCREENED = "all screened subjects"
RANDOMISED = "all randomised subjects"
VISITED = "visits that took place"
RATED = "randomised subjects rated at the visit, whatever happened"
COUNTED = "randomised subjects with a baseline and a later rating before an intercurrent event that ends the count"
DOSED = "safety set: randomised subjects who took a dose"
ANALYSED = "named in each row"
