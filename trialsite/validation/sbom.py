"""The bill of materials of a release, as CycloneDX 1.6 JSON: every locked package with version, hashes and licence."""

import json
import re
import uuid
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.markers import Marker

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(?: ; ([^\\]+))?")
CONDITION = "ecrf:only-if"  # the systems and versions of Python that the package is for
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: Path) -> list[dict]:
    """What the lock names, in its order."""
    found: list[dict] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pinned := _PINNED.match(line):
            name, version, when = pinned.groups()
            purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
            found.append({"type": "library", "name": name, "version": version, "bom-ref": purl, "purl": purl})
            if when:
                found[-1]["properties"] = [{"name": CONDITION, "value": when.strip()}]
            if licence := _licence(name):
                found[-1]["licenses"] = [{"license": {"name": licence}}]
        for digest in _HASH.findall(line):
            files = found[-1].setdefault("properties", [])
            files.append({"name": "ecrf:file-sha256", "value": digest})  # one a file: wheels of several systems
    return found


def is_for_here(component: dict) -> bool:
    """Whether the package is meant for this system and Python."""
    conditions = [one["value"] for one in component.get("properties", []) if one["name"] == CONDITION]
    return all(Marker(one).evaluate() for one in conditions)


def _licence(name: str) -> str:
    try:
        told = metadata(name)
    except PackageNotFoundError:  # of another system
        return ""
    said = told.get("License-Expression") or ""
    classified = [one.split(" :: ")[-1] for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    return said or ", ".join(classified) or (told.get("License") or "").strip().split("\n")[0][:80]


def bom(lock: Path, *, name: str, version: str, commit: str) -> str:
    """The same lock of the same commit gives the same bytes."""
    content = components(lock)
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"{name}@{commit}:{json.dumps(content, sort_keys=True)}")
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{serial}",
            "version": 1,
            "metadata": {
                "component": {
                    "type": "application",
                    "name": name,
                    "version": version,
                    "bom-ref": f"{name}@{version}",
                    "properties": [{"name": "ecrf:commit", "value": commit}],
                }
            },
            "components": content,
            "dependencies": [{"ref": f"{name}@{version}", "dependsOn": [one["bom-ref"] for one in content]}],
        },
        indent=1,
    )
