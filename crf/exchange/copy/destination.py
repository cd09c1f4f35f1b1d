"""Where the copy of a site goes, as a file of the operator says; closed for the site's own key (age), then handed over.

Exactly one of `folder` and `command` is said for a site. The example is trialsite/deploy/copies.toml.
"""

import os
import subprocess
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyrage

PATIENCE = 3600  # seconds in which a command has sent the file


class BadDestination(Exception):
    """What the file says cannot be followed, or did not work; the sentence says which site and why."""


@dataclass(frozen=True)
class Destination:
    """For one site: the public keys for which its copy is closed, and the folder or the command that takes it."""

    site: str
    recipients: tuple[str, ...]
    folder: Path | None
    command: tuple[str, ...]

    def hand_over(self, copy: Path, name: str) -> str:
        """Close the copy and hand it over under this name; says where it went. Raises BadDestination."""
        closed = copy.with_name(f"{name}.age")
        try:
            keys = [pyrage.x25519.Recipient.from_str(key) for key in self.recipients]
            pyrage.encrypt_file(str(copy), str(closed), keys)
            return self._to_folder(closed) if self.folder else self._by_command(closed)
        except (OSError, pyrage.EncryptError, pyrage.RecipientError) as trouble:
            raise BadDestination(f"The copy of {self.site} was not handed over: {trouble}") from trouble
        finally:
            closed.unlink(missing_ok=True)

    def _to_folder(self, closed: Path) -> str:
        """Under another name until it is whole, so that nobody takes half of it."""
        if not self.folder.is_dir():
            raise BadDestination(f"{self.folder}, where the copies of {self.site} go, is not there.")
        there = self.folder / closed.name
        part = there.with_name(f"{there.name}.part")
        with open(closed, "rb") as source, open(part, "wb") as target:
            while block := source.read(1 << 20):
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        os.replace(part, there)
        return str(there)

    def _by_command(self, closed: Path) -> str:
        """Without the environment of this process: it holds the way to the database."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        try:
            done = subprocess.run(  # nosec B603 - the operator's own program, no shell
                [*self.command, str(closed)], env=environment, capture_output=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            raise BadDestination(f"{self.command[0]} did not end within {PATIENCE // 60} minutes.") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()[-200:]
            raise BadDestination(f"{self.command[0]} ended with status {done.returncode}. {said}")
        return f"{self.command[0]} took {closed.name}"


def read(path: Path, sites: Collection[str]) -> dict[str, Destination]:
    """Site code -> where its copy goes. Raises BadDestination with a sentence for anything that cannot be followed."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as trouble:
        raise BadDestination(f"{path} cannot be read: {trouble}") from trouble
    found = {}
    for site, said in told.items():
        if site not in sites:
            raise BadDestination(f"{path} names the site {site}, and there is none of that code.")
        if not isinstance(said, dict) or set(said) - {"recipients", "folder", "command"}:
            raise BadDestination(f"{path}: {site} can say recipients, folder and command, and nothing else.")
        recipients, folder, command = said.get("recipients"), said.get("folder"), said.get("command")
        if not _is_words(recipients) or not _are_keys(recipients):
            raise BadDestination(f"{path}: the recipients of {site} are public keys that begin with age1.")
        if bool(folder) == bool(command) or (command and not _is_words(command)):
            raise BadDestination(f"{path}: {site} says a folder, or a command as a list of words; one of the two.")
        found[site] = Destination(
            site, tuple(recipients), Path(folder).absolute() if folder else None, tuple(command or ())
        )
    return found


def _is_words(said) -> bool:
    return isinstance(said, list) and bool(said) and all(isinstance(one, str) for one in said)


def _are_keys(said: list[str]) -> bool:
    try:
        return bool([pyrage.x25519.Recipient.from_str(key) for key in said])
    except pyrage.RecipientError:
        return False
