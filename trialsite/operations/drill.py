"""`make restore-drill`: restore the newest backup beside everything, look whether all is there, and time it.

    python -m trialsite.operations.drill [--file FILE] [--at TIME] [--custodian-copy COPY]
    python -m trialsite.operations.drill --restored URL --live URL       a real server's, restored by its own tool
        [--as-web URL [--custodian-copy COPY]]     looked at from inside as well; ECRF_SECRET_KEY is the live one's

The record is held against its audit trail cell by cell. With a custodian's copy of the arm key the code of one subject
is broken in the scratch database, to see that an emergency could be served from this backup; the arm is not printed.
The scratch folder is removed, what was found goes to drills.log beside the backups. Exit status 1 when something was
wrong.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from trialsite.database import postgres, roles
from trialsite.database.unprivileged import ClusterFailed
from trialsite.operations import backup, facts, sealed_file
from trialsite.operations.backup import BackupTrouble, Places, say

BASE = Path(__file__).resolve().parent.parent.parent
ENTRIES_PRINTED = 20  # lost entries that are printed; all stand in the log


def drill(places: Places, path: Path | None = None, at: str = "", custodian_copy: Path | None = None) -> dict:
    """The drill's result: what was wrong, what is lost, how long each step took."""
    backup.refuse_a_real_server()
    if path is None:
        if not places.files():
            raise BackupTrouble(f"There is no backup in {places.folder}. Make one: make backup")
        path = places.files()[-1]
    result: dict = {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "file": path.name, "wrong": [], "seconds": {}}
    scratch = Path(tempfile.mkdtemp(prefix="drill-", dir=places.var))
    began = time.monotonic()
    try:
        with timed(result, "restore"):
            known = backup.restore(places, path, scratch / "var", at)
        cluster = postgres.Cluster(scratch / "var", say=say)
        with timed(result, "open"):
            house = cluster.in_use()
            house.__enter__()
        try:
            result["seconds"]["until it can serve"] = round(time.monotonic() - began, 1)
            with timed(result, "compare"), cluster.connect(dbname="ecrf") as connection:
                compare(result, known, connection, places)
            with timed(result, "look"):
                look(result, surroundings(scratch / "var"), custodian_copy)
        finally:
            house.__exit__(None, None, None)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    result["minutes"] = round((time.monotonic() - began) / 60, 2)
    write_down(result, places.folder)
    with suppress(psycopg.OperationalError), postgres.Cluster(places.var).connect(roles.BACKUP, "ecrf") as live:
        tell_the_live_one(result, live)
    return result


@contextmanager
def timed(result: dict, step: str):
    began = time.monotonic()
    yield
    result["seconds"][step] = round(time.monotonic() - began, 1)


def compare(result: dict, known: dict, restored: psycopg.Connection, places: Places) -> None:
    """With what the backup knew of itself, and with the live database where it answers."""
    there = facts.of(restored)
    result["rows"], result["chains"] = sum(there["rows"].values()), len(there["heads"])
    result["wrong"] += facts.missing(known, there, restored)
    if broken := facts.breaks_in_the_chains(restored):
        result["wrong"].append(f"{broken} entries of the audit trail do not agree with their hash.")
    try:
        with postgres.Cluster(places.var).connect(roles.BACKUP, "ecrf") as live:
            result["lost"] = [vars(entry) for entry in facts.lost(live, there)]
    except psycopg.OperationalError:
        result["lost"] = None  # the live database is down: nobody can say


@contextmanager
def both(restored: str, live: str):
    with psycopg.connect(restored, autocommit=True) as there, psycopg.connect(live, autocommit=True) as here:
        yield there, here


def compare_servers(restored: str, live: str, log: Path, as_web: str = "", custodian_copy: Path | None = None) -> dict:
    """A real server that its own tool has restored, with the live one: chains, counts, and what is lost.

    `as_web`: the restored one's address as the pages log in; then it is looked at from inside, and a code is broken.
    """
    began = time.monotonic()
    result: dict = {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "file": "a restored server", "wrong": []}
    result |= {"seconds": {}, "code break": "not tried: the restored server's --as-web was not named"}
    with both(restored, live) as (there, here):
        with timed(result, "compare"):
            found = facts.of(there)
            result["rows"], result["chains"] = sum(found["rows"].values()), len(found["heads"])
            if broken := facts.breaks_in_the_chains(there):
                result["wrong"].append(f"{broken} entries of the audit trail do not agree with their hash.")
            result["lost"] = [vars(entry) for entry in facts.lost(here, found)]
            tables = set(facts.of(here)["rows"]) - set(found["rows"])
            result["wrong"] += [f"The table {table} is missing." for table in sorted(tables)]
        if as_web:
            refuse_the_live_one(as_web, there, here)
            with tempfile.TemporaryDirectory(prefix="drill-") as scratch, timed(result, "look"):
                look(result, surroundings(Path(scratch, "var"), as_web), custodian_copy)
        tell_the_live_one(result, here)
    result["minutes"] = round((time.monotonic() - began) / 60, 2)
    write_down(result, log)
    return result


def refuse_the_live_one(as_web: str, restored: psycopg.Connection, live: psycopg.Connection) -> None:
    """A code is broken in the copy alone. The two have one identity; when they were started tells them apart."""
    query = "SELECT pg_postmaster_start_time(), current_setting('port')"
    with psycopg.connect(as_web) as web:
        named, there, here = (one.execute(query).fetchone() for one in (web, restored, live))
    if named == here or named != there:
        raise BackupTrouble("--as-web does not name the restored server: nothing is tried on the live one.")


def write_down(result: dict, folder: Path) -> None:
    with open(folder / "drills.log", "a") as log:
        log.write(json.dumps(result) + "\n")


def tell_the_live_one(result: dict, live: psycopg.Connection) -> None:
    """So that /health/ready knows when the last drill was, and how it ended."""
    with suppress(psycopg.errors.UndefinedFunction):  # a release before this one
        live.execute("SELECT public.crf_backup_told('drill', %s)", [bool(result["wrong"])])


def look(result: dict, env: dict[str, str], copy: Path | None) -> None:
    """From inside, by the product's own program, as the web's role: checks, `verify`, and one code."""
    words = [sys.executable, "-m", "trialsite.operations.drill_code", *([str(copy)] if copy else [])]
    done = subprocess.run(words, cwd=BASE, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        result["wrong"].append("The restored database could not be looked at from inside: see above.")
        result["code break"] = "not tried"
        return
    found = json.loads(done.stdout.splitlines()[-1])
    result["wrong"] += found["wrong"]
    result["code break"] = found["code break"]


def surroundings(var: Path, url: str = "") -> dict[str, str]:
    """The scratch database's, as its web role; nothing of the live one but the key by which the database knows us."""
    ours = ("ECRF_", "DATABASE_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name != "PORT"}
    mode = os.environ.get("ECRF_MODE", "demo")
    env |= {"ECRF_VAR": str(var), "ECRF_MODE": mode if mode == "test" else "demo", "ECRF_ROLE": "web"}
    kept = ["ECRF_TRIAL", *(["ECRF_SECRET_KEY"] if url else [])]  # an embedded one's lies beside it
    env |= {name: os.environ[name] for name in kept if name in os.environ}
    return env | {"DJANGO_SETTINGS_MODULE": "trialsite.settings"} | ({"DATABASE_URL": url} if url else {})


def tell(result: dict) -> None:
    say(f"Restored {result['file']}: {result['rows']} rows, {result['chains']} audit chains, computed anew.")
    for step, seconds in result["seconds"].items():
        say(f"  {step}: {seconds} s")
    say(f"Code break: {result['code break']}.")
    if result["lost"] is None:
        say("Lost: unknown, the live database does not answer.")
    elif not result["lost"]:
        say("Lost: nothing. Every acknowledged entry of the live database is in it.")
    else:
        say(f"Lost: {len(result['lost'])} acknowledged entries, written since:")
        for entry in result["lost"][:ENTRIES_PRINTED]:
            say("  {at}  {table} {record} {operation}  ({chain}, entry {sequence})".format(**entry))
        if len(result["lost"]) > ENTRIES_PRINTED:
            say(f"  and {len(result['lost']) - ENTRIES_PRINTED} more, in drills.log")
    for sentence in result["wrong"]:
        say(f"WRONG: {sentence}")
    say(f"{'The drill failed' if result['wrong'] else 'The drill passed'} after {result['minutes']} minutes.")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make restore-drill", description=__doc__.split("\n")[0])
    parser.add_argument("--file", type=Path, help="a backup; the newest when not said")
    parser.add_argument("--at", default="", metavar="TIME", help="a moment with its zone")
    parser.add_argument("--custodian-copy", type=Path, metavar="COPY", help="asks for its passphrase")
    parser.add_argument("--restored", metavar="URL", help="of a restored real server, as ecrf_backup")
    parser.add_argument("--live", metavar="URL", help="of the live one, as ecrf_backup")
    parser.add_argument("--as-web", default="", metavar="URL", help="of the restored one, as ecrf_web: with the copy")
    said = parser.parse_args(words)
    if bool(said.restored) != bool(said.live):
        parser.error("--restored and --live belong together.")
    try:
        if said.restored:
            places = Places.of_the_environment()
            places.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            result = compare_servers(said.restored, said.live, places.folder, said.as_web, said.custodian_copy)
            tell(result)
            return 1 if result["wrong"] else 0
        result = drill(Places.of_the_environment(), said.file, said.at, said.custodian_copy)
    except (BackupTrouble, ClusterFailed, sealed_file.SealBroken, psycopg.OperationalError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except psycopg.ProgrammingError:  # libpq's own words repeat the address, and with it a password
        print("An address cannot be read. It looks like postgresql://ecrf_backup:…@host:5432/ecrf.", file=sys.stderr)
        return 1
    tell(result)
    return 1 if result["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
