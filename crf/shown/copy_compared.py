"""What was written since an earlier copy of a site, told from the copy's manifest: and what changed without a trace."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field

from crf.exchange.copy import tables, verify_copy
from crf.models import AuditEntry, Site, Subject
from crf.refusals import Refusal
from crf.shown.study_trail import StudyLine, lines

SHOWN = 200


class NoManifest(Refusal):
    """What was uploaded is no manifest of a copy of this study and site."""

    status = 422


@dataclass
class Compared:
    """`findings`: what the trail does not explain. `lines`: what was written since, newest first, of `count` events."""

    made_at: str
    scope: str
    findings: list[str] = field(default_factory=list)
    lines: list[StudyLine] = field(default_factory=list)
    count: int = 0
    rows: int = 0


def read(content: bytes, study: str) -> dict:
    """The manifest in an uploaded file. Raises NoManifest with a sentence."""
    try:
        told = json.loads(content)
        spelled = json.dumps(told, ensure_ascii=False)
        if "\\u0000" in spelled or not spelled.encode():  # half a character cannot be encoded: a ValueError too
            raise ValueError
        shape = {"site": str, "subject": str, "made_at": str, "heads": dict, "rows": dict}
        if told["ecrf-copy"] != verify_copy.FORMAT or not all(isinstance(told[key], of) for key, of in shape.items()):
            raise ValueError
        heads = [(str(chain), int(place), bytes.fromhex(hashed)) for chain, (place, hashed) in told["heads"].items()]
        if not all(0 < place < 2**62 for _, place, _ in heads):
            raise ValueError
        rows = {str(table): {int(pk): str(mark) for pk, mark in of.items()} for table, of in told["rows"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NoManifest("This is no manifest of a copy. It is the file manifest.json of the archive.") from None
    if told.get("study") != study:
        raise NoManifest("This is the manifest of a copy of another study.")
    return told | {"heads": heads, "rows": rows}


def compare(manifest: dict, site: Site, readable: Collection) -> Compared:
    """Hold the record as it is now against the manifest. The caller sees the site."""
    found = Compared(manifest["made_at"], manifest["subject"] or site.name)
    subjects = Subject.everything.filter(site=site)
    if manifest["subject"]:
        subjects = subjects.filter(number=manifest["subject"])
    ours = {f"subject:{pk}" for pk in subjects.values_list("pk", flat=True)}
    ended: dict[str, int] = {}
    for chain, place, hashed in manifest["heads"]:
        if chain not in ours:
            raise NoManifest("The manifest names subjects that are not of this site.")
        entry = AuditEntry.objects.filter(chain=chain, sequence=place).first()
        if entry is None or bytes(entry.hash) != hashed:
            found.findings.append(f"{chain}: event {place} is not the one of the copy: history was rewritten.")
        ended[chain] = place
    since = AuditEntry.objects.none()
    for chain in sorted(ours):
        since = since | AuditEntry.objects.filter(chain=chain, sequence__gt=ended.get(chain, 0))
    written = set(since.values_list("table", "record")) if ours else set()
    found.count = since.count() if ours else 0
    found.lines = lines(since.order_by("-at", "-pk")[:SHOWN]) if ours else []
    pks = [int(chain.partition(":")[2]) for chain in ours]
    for part in tables.parts(readable):
        then = manifest["rows"].get(part.table, {})
        now = {json.loads(line)["id"]: hashlib.sha256(line).hexdigest() for line in part.lines(pks)}
        found.rows += len(now)
        for record in sorted(then.keys() | now.keys()):
            if then.get(record) != now.get(record) and (part.table, record) not in written:
                what = "is gone" if record not in now else "was added" if record not in then else "was changed"
                found.findings.append(f"{part.table} {record} {what} since the copy, and the trail does not say so.")
    return found
