"""Qualify an installation: a report of what is installed and how it stands, for the file of its owner (VAL-04).

It looks, and changes nothing. Each finding says in words what was looked at, how it stands and what was found.
"""

import ctypes
import platform
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.core import checks as django_checks
from django.db import connection

from trialsite import checks
from trialsite.operations import at_rest, health
from trialsite.operations.health import Finding
from trialsite.validation import sbom

LEAST_PYTHON = (3, 11)
OUTDATED = ("SSLv3", "TLSv1", "TLSv1.1")
_NOT_SYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)


def report() -> list[Finding]:
    """Everything, in the order in which it is printed."""
    lines = [_python(), *_packages(), *_server()]
    with connection.cursor() as cursor:
        for about, look in (
            ("Database login", checks.check_login),
            ("Grants of every table", checks.check_tables),
            ("Triggers, present and ENABLE ALWAYS", checks.check_guards),
        ):
            lines.append(_of_checks(about, look(cursor)))
        noted = checks.check_noted(cursor)
    said = noted[0].msg if noted else "noted by event triggers, ENABLE ALWAYS"
    lines.append(Finding("Changes of tables and triggers", health.WARNING if noted else health.WELL, said))
    lines += [_functions(), _settings(), _tls(), _at_rest(), _kernel_clock()]
    lines += [replace(one, name=one.name.replace("_", " ").capitalize()) for one in health.findings()]
    return lines


def is_qualified(lines: list[Finding]) -> bool:
    """Whether nothing fails. What is a warning has to be read."""
    return all(line.state != health.FAILS for line in lines)


def _python() -> Finding:
    is_right = sys.version_info >= LEAST_PYTHON
    return Finding("Python", health.WELL if is_right else health.FAILS, f"{platform.python_version()}, 3.11 at least")


def _packages() -> list[Finding]:
    """Every package of the lock in its version, of those that are for this system."""
    lock = settings.BASE_DIR / "requirements.lock"
    locked = [one for one in sbom.components(lock) if sbom.is_for_here(one)]
    differing = []
    for one in locked:
        try:
            there = version(one["name"])
        except PackageNotFoundError:
            there = "is missing"
        if there != one["version"]:
            differing.append(f"{one['name']} {there}, locked {one['version']}")
    said = "; ".join(differing) or f"{len(locked)} packages as locked"
    return [Finding("Packages", health.FAILS if differing else health.WELL, said)]


def _server() -> list[Finding]:
    with connection.cursor() as cursor:
        found = checks.check_server(cursor)
        cursor.execute("SELECT current_setting('server_version'), current_setting('TimeZone')")
        server, zone = cursor.fetchone()
    said = "; ".join(one.msg for one in found) or f"PostgreSQL {server}, time zone of the session {zone}"
    return [Finding("Database server", health.FAILS if found else health.WELL, said)]


def _of_checks(about: str, found: list) -> Finding:
    said = "; ".join(f"{one.id}: {one.msg}" for one in found) or "as they must be"
    return Finding(about, health.FAILS if found else health.WELL, said)


def _functions() -> Finding:
    """The guards' own functions, held against the migrations."""
    from crf.actions.verify_record import functions_as_written

    written = functions_as_written()
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        there = dict(cursor.fetchall())
    differing = sorted(name for name, source in written.items() if there.get(name) != source)
    said = ", ".join(differing) or f"{len(written)} functions as the migrations made them"
    return Finding("Functions of the database", health.FAILS if differing else health.WELL, said)


def _settings() -> Finding:
    found = [one for one in django_checks.run_checks(include_deployment_checks=settings.PRODUCTION) if one.is_serious()]
    return _of_checks("Settings", found)


def _tls() -> Finding:
    """In transit: pages and the database. On one machine the database is reached through a socket."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        row = cursor.fetchone()
    is_safe, database = way_to_the_database(
        *(row or (False, None)), host=str(connection.settings_dict.get("HOST") or "/")
    )
    pages = "pages by HTTPS only" if settings.SESSION_COOKIE_SECURE else "pages without HTTPS"
    is_right = is_safe and (settings.SESSION_COOKIE_SECURE or not settings.PRODUCTION)
    return Finding("Encryption in transit", health.WELL if is_right else health.FAILS, f"{pages}; {database}")


def way_to_the_database(is_tls: bool, version: str | None, *, host: str) -> tuple[bool, str]:
    """Whether nobody can read along, and in words."""
    if is_tls:
        return version not in OUTDATED, f"database by {version}{', which is outdated' if version in OUTDATED else ''}"
    return (True, "database by a socket") if host.startswith("/") else (False, "database in clear")


def _at_rest() -> Finding:
    """What this machine keeps (anchors, what is being made); the database's disk is its keeper's to state."""
    found = at_rest.is_encrypted(settings.VAR if settings.VAR.exists() else settings.BASE_DIR)
    here = {
        True: "on a disk that is encrypted",
        False: "on a disk that is not",
        None: "where the kernel names no disk",
    }[found]
    said = f"{settings.VAR.name} lies {here}; of the database's disk its keeper states it, for this file"
    return Finding("Encryption at rest", health.WELL if found else health.WARNING, said)


def _kernel_clock() -> Finding:
    """Whether the kernel says that its clock follows a reference; only Linux is asked."""
    said = kernel_is_synchronised()
    if said is None:
        return Finding("Clock of this machine", health.WARNING, "this system does not say if it follows a reference")
    if not said:
        return Finding("Clock of this machine", health.WARNING, "follows no reference: have NTP keep it")
    return Finding("Clock of this machine", health.WELL, "follows a reference")


def kernel_is_synchronised() -> bool | None:
    """True where adjtimex(2) says so; None where there is none, such as in a container that may not ask."""
    if not Path("/proc").exists():
        return None
    try:
        status = (ctypes.c_byte * 512)()  # larger than struct timex; modes = 0 only reads
        code = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(status))
    except (OSError, AttributeError):
        return None
    if code < 0:
        return None
    at = ctypes.sizeof(ctypes.c_long) * 5  # modes (padded), offset, freq, maxerror, esterror, then status
    return not int.from_bytes(bytes(status)[at : at + 4], sys.byteorder) & _NOT_SYNCHRONISED
