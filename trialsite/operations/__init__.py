"""Keeping the service up: health, metrics, outages, mail, backup and restore."""
