"""Pictures that a person would rather look at than read: each role its own, of its own sites, never by arm."""
