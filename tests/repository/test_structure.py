"""The house stands as it is drawn: no room leads back to itself, packages are locked, migrations are readable."""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from crf import trial

ROOT = Path(trial.__file__).resolve().parents[1]


@pytest.mark.finding("F-113")
def test_no_module_imports_itself_by_way_of_others():
    """Imports inside functions count; those that only a type checker reads do not."""
    graph = grimp.build_graph("trialsite", "crf", "analysis", exclude_type_checking_imports=True, cache_dir=None)
    edges = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def _locked(name: str) -> dict[str, int]:
    """The packages of a lock, each with the number of its hashes."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line, re.IGNORECASE)]
    return {re.split(r"[=;\[ ]", line)[0].lower(): line.count("--hash=sha256:") for line in lines}


def _asked(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {re.split(r"[=;\[ ]", line)[0].lower() for line in lines if re.match(r"[a-z0-9]", line, re.IGNORECASE)}


@pytest.mark.finding("F-110")
def test_every_package_is_locked_with_hashes_and_production_has_no_test_tools():
    served, tested = _locked("requirements.lock"), _locked("requirements-tests.lock")
    assert all(served.values()) and all(tested.values())
    assert _asked("requirements.txt") <= served.keys()
    assert _asked("tests/requirements.txt") <= tested.keys() - served.keys()
    assert served.keys() <= tested.keys()


@pytest.mark.finding("F-110")
def test_each_line_of_the_requirements_says_why():
    for name in ("requirements.txt", "tests/requirements.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            assert line.startswith(("#", "-r")) or re.fullmatch(r"[\w.\[\]-]+==[\w.]+ +# .{5,}", line), line


@pytest.mark.finding("F-112")
def test_migrations_are_numbered_without_gaps_and_hold_no_line_that_nobody_reads():
    for folder in {path.parent for path in (ROOT / "crf").rglob("migrations/0*.py")}:
        files = sorted(folder.glob("0*.py"))
        assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1)), folder
        for path in files:
            assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 400, path


@pytest.mark.finding("F-112")
def test_a_printed_document_is_no_text_to_git():
    assert "*.pdf binary" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()


@pytest.mark.finding("F-418")
def test_no_deed_takes_blanks_and_fillers_for_a_reason():
    """`strip()` leaves fillers that draw nothing: whether something was said is asked of `shows_something`."""
    deeds = [*(ROOT / "crf/actions").glob("*.py"), *(ROOT / "analysis/extract").glob("*.py")]
    deeds += [*(ROOT / "analysis/sealed").glob("*.py")]
    blank = re.compile(r"(?:if|and|or) not (?:reason|why|purpose|text|action|remark|kept_at|words|said)\.strip\(\)")
    assert [path.name for path in deeds if blank.search(path.read_text(encoding="utf-8"))] == []
