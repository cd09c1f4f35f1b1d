"""Everything of a report in one archive: each form of it, every figure, the second program, and a manifest of hashes.

The same report gives the same bytes: names in order, no clock.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping

from analysis.reports.document import Figure, Report

_MADE = (1980, 1, 1, 0, 0, 0)
_PACKED = (".pdf", ".xlsx", ".png")  # as small as they get
MANIFEST = "manifest.json"


def bundle(report: Report, forms: Mapping[str, bytes]) -> bytes:
    """The archive; `forms`: the other files of the report, by name."""
    files = dict(forms)
    for key, name in report.numbers.items():
        block = next(block for _, block in report.numbered if block.key == key)
        if isinstance(block, Figure):
            stem = f"figures/{name.lower().replace(' ', '-')}_{key}"
            files[f"{stem}.svg"], files[f"{stem}.png"] = block.svg(), block.png()
    files |= {name: text.encode() for name, text in report.program}
    told = {
        "report": report.title,
        "study": report.study,
        "marks": list(report.marks),
        "made_of": dict(report.manifest),
        "files": {
            name: {"sha256": hashlib.sha256(files[name]).hexdigest(), "bytes": len(files[name])}
            for name in sorted(files)
        },
    }
    files[MANIFEST] = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            one = zipfile.ZipInfo(name, _MADE)
            one.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            one.external_attr = 0o644 << 16
            archive.writestr(one, files[name])
    return out.getvalue()
