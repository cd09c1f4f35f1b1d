"""`make restore-drill`: restore the newest backup beside everything, look whether all is there, and time it.

    python -m trialsite.operations.drill [--file FILE] [--at TIME] [--custodian-copy COPY]
    python -m trialsite.operations.drill --restored URL --live URL       a real server's, restored by its own tool

With a custodian's copy of the arm key the code of one subject is broken in the scratch database, to see that an
emergency could be served from this backup; the arm is not printed. The scratch folder is removed, what was found goes
to drills.log beside the backups. Exit status 1 when something was wrong.
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
            with timed(result, "check"):
                check(result, scratch / "var")
            with timed(result, "code break"):
                result["code break"] = break_a_code(result, scratch / "var", custodian_copy)
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


def compare_servers(restored: str, live: str, log: Path) -> dict:
    """A real server that its own tool has restored, with the live one: chains, counts, and what is lost."""
    began = time.monotonic()
    result: dict = {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "file": "a restored server", "wrong": []}
    result |= {"seconds": {}, "code break": "not tried: no scratch folder of ours"}
    with timed(result, "compare"), both(restored, live) as (there, here):
        found = facts.of(there)
        result["rows"], result["chains"] = sum(found["rows"].values()), len(found["heads"])
        if broken := facts.breaks_in_the_chains(there):
            result["wrong"].append(f"{broken} entries of the audit trail do not agree with their hash.")
        result["lost"] = [vars(entry) for entry in facts.lost(here, found)]
        tables = set(facts.of(here)["rows"]) - set(found["rows"])
        result["wrong"] += [f"The table {table} is missing." for table in sorted(tables)]
        tell_the_live_one(result, here)
    result["minutes"] = round((time.monotonic() - began) / 60, 2)
    write_down(result, log)
    return result


def write_down(result: dict, folder: Path) -> None:
    with open(folder / "drills.log", "a") as log:
        log.write(json.dumps(result) + "\n")


def tell_the_live_one(result: dict, live: psycopg.Connection) -> None:
    """So that /health/ready knows when the last drill was, and how it ended."""
    with suppress(psycopg.errors.UndefinedFunction):  # a release before this one
        live.execute("SELECT public.crf_backup_told('drill', %s)", [bool(result["wrong"])])


def check(result: dict, var: Path) -> None:
    """Grants, guards and triggers, as before every start: by the product's own command, as the web's role."""
    words = [sys.executable, "manage.py", "check", "--database", "default", "--tag", "database"]
    done = subprocess.run(words, cwd=BASE, env=surroundings(var), capture_output=True, text=True, check=False)
    if done.returncode:
        result["wrong"].append("The restored database fails its check: " + done.stderr.strip()[-500:])


def break_a_code(result: dict, var: Path, copy: Path | None) -> str:
    """In words what came of it."""
    if copy is None:
        return "not tried: no --custodian-copy was named"
    env = surroundings(var)
    back = subprocess.run([sys.executable, "manage.py", "restore_arm_key", str(copy)], cwd=BASE, env=env, check=False)
    if back.returncode:
        result["wrong"].append("The custodian's copy gave no key.")
        return "no key"
    words = [sys.executable, "-m", "trialsite.operations.drill_code"]
    done = subprocess.run(words, cwd=BASE, env=env, capture_output=True, text=True, check=False)
    said = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
    if done.returncode:
        result["wrong"].append(f"No code could be broken: {said}")
    return said


def surroundings(var: Path) -> dict[str, str]:
    """The scratch database's, as its web role; nothing of the live one."""
    ours = ("ECRF_", "DATABASE_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name != "PORT"}
    mode = os.environ.get("ECRF_MODE", "demo")
    env |= {"ECRF_VAR": str(var), "ECRF_MODE": mode if mode == "test" else "demo", "ECRF_ROLE": "web"}
    return env | {"DJANGO_SETTINGS_MODULE": "trialsite.settings"}


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
    said = parser.parse_args(words)
    if bool(said.restored) != bool(said.live):
        parser.error("--restored and --live belong together.")
    try:
        if said.restored:
            places = Places.of_the_environment()
            places.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            result = compare_servers(said.restored, said.live, places.folder)
            tell(result)
            return 1 if result["wrong"] else 0
        result = drill(Places.of_the_environment(), said.file, said.at, said.custodian_copy)
    except (BackupTrouble, ClusterFailed, sealed_file.SealBroken, psycopg.OperationalError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    tell(result)
    return 1 if result["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
