"""What documents link to is there, and the READMEs of both languages lead to the same places."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs/guides"
_CODE = re.compile(r"```.*?```", re.DOTALL)
_LINK = re.compile(r"\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]+))?\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def documents() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.split()


def links(document: Path) -> list[tuple[Path, str]]:
    """Where it leads within the project: file or folder, and the place in it or nothing."""
    text = _CODE.sub("", document.read_text("utf-8"))
    return [
        ((document.parent / path).resolve() if path else document, anchor)
        for path, anchor in _LINK.findall(text)
    ]


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = _HEADING.findall(document.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def translated(document: Path) -> Path:
    return document.with_name(document.name.replace(".zh-CN", ""))


@pytest.mark.parametrize("name", documents())
def test_links_lead_somewhere(name: str) -> None:
    for target, anchor in links(ROOT / name):
        assert target.exists(), f"{name} leads to {target}"
        assert not anchor or anchor in anchors(target), f"{name} leads to #{anchor} of {target}"


def test_the_readmes_lead_to_the_same_places() -> None:
    english, chinese = (
        {translated(target) for target, _ in links(ROOT / name)} for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese
    assert {translated(guide) for guide in GUIDES.glob("*.md")} <= english
