"""README's tour shows pictures that `make pictures` takes, and no others; all of them together are small."""

import re
import struct
from pathlib import Path

HERE = Path(__file__).parents[2]
FOLDER = HERE / "trialsite" / "pictures"


def test_the_tour_shows_each_picture_that_is_taken_with_words_for_who_does_not_see_it():
    script, tour = ((HERE / name).read_text(encoding="utf-8") for name in ("tests/pictures.py", "README.md"))
    taken = re.findall(r'^    "([a-z-]+)": \("', script, re.MULTILINE)
    shown = re.findall(r"!\[([^\]]{20,})\]\(trialsite/pictures/([a-z-]+)\.png\)", tour)
    assert sorted(taken) == sorted(name for _, name in shown) == sorted(file.stem for file in FOLDER.glob("*.png"))


def test_the_pictures_are_small_and_of_a_screens_size():
    files = list(FOLDER.glob("*.png"))
    assert sum(file.stat().st_size for file in files) < 600_000
    for file in files:
        width, height = struct.unpack(">II", file.read_bytes()[16:24])
        assert (width, height) in ((1280, 800), (820, 1000)), file.name
