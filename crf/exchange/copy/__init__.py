"""The site's own copy of its record: what is in it, how it is packed, and the program that verifies and compares it."""
