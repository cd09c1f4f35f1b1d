"""One document by typst, in a process of its own: what it is made of comes as JSON, the PDF goes out (pdf.py)."""

import json
import sys
from pathlib import Path

import typst


def main() -> None:
    asked = json.load(sys.stdin)
    made = typst.compile(
        Path(asked["template"]).read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[asked["fonts"]]),
        format="pdf",
        pdf_standards=[asked["standard"]],
        sys_inputs={"report": json.dumps(asked["data"])},
        timestamp=asked["timestamp"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
