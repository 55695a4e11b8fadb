"""Rules for the whole tree: words, documents, locks, sizes and the oldest browser we serve."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("geo", "etl", "dashboard")
CJK = "一-鿿"
HALF_WIDTH = re.compile(rf"[{CJK}][,;:!?()]|[,;:!?()][{CJK}]")
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)")
# Names of XML vocabularies are not addresses that anything opens; the rest is this machine.
NOT_OPENED = {"www.w3.org", "127.0.0.1", "localhost"}
NEWER_THAN_CHROME_109 = {
    "nested CSS rule": r"(?m)^\s*&[\s.:>\[]",
    "color-mix": r"color-mix\(",
    "text-wrap": r"text-wrap\s*:",
    "popover": r"\[popover|:popover-open|(show|toggle)Popover|popovertarget",
    "toSorted and its like": r"\.(toSorted|toReversed|toSpliced|with)\(\d*",
    "Array.fromAsync": r"Array\.fromAsync",
    "Object.groupBy": r"(Object|Map)\.groupBy",
    "URL.canParse": r"URL\.canParse",
    "Promise.withResolvers": r"Promise\.withResolvers",
    "set operations": r"\.(union|intersection|difference|isSubsetOf)\(",
    "linear() easing": r"\blinear\(",
    "scrollbar-color": r"scrollbar-color\s*:",
    "light-dark()": r"light-dark\(",
}
COMMANDS = (
    "demo",
    "init",
    "template",
    "check",
    "build",
    "publish",
    "rollback",
    "compare",
    "list",
    "export",
    "work",
)


def ours(*patterns: str, within: tuple[str, ...] = ("",)) -> Iterator[Path]:
    """Walk our own files: what git knows or would take, vendored files left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in sorted(set(listed)):
        path = Path(name)
        if name.startswith("assets/vendor") or not (ROOT / path).is_file():
            continue
        if path.suffix in patterns and any(name.startswith(start) for start in within):
            yield path


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def strings_in(value: object) -> Iterator[str]:
    """Walk every string of nested dicts and lists, formulas aside: they are a language."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("formula", "fails"):
                yield from strings_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings_in(inner)


def python_strings(path: Path) -> Iterator[str]:
    """Walk the string literals of a Python file, f-string parts included, docstrings not."""
    tree = ast.parse(text_of(path))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.value


def code_of(path: Path) -> str:
    """Give what runs: comments may cite where a method comes from."""
    if path.suffix == ".py":
        return "\n".join(python_strings(path))
    text = re.sub(r"/\*.*?\*/", "", text_of(path), flags=re.DOTALL)
    return re.sub(r"(?m)(^|\s)(//|--\s).*$", "", text)


def test_half_width_marks_beside_chinese_are_found_by_the_rule_itself():
    assert HALF_WIDTH.search("覆盖,不足")
    assert HALF_WIDTH.search("覆盖(步行)")
    assert not HALF_WIDTH.search("覆盖，不足（步行）：15 分钟")


def test_words_on_screen_use_full_width_marks_beside_chinese():
    files = [*ours(".py", within=("dashboard/words",))]
    faults = [
        f"{path}: {text}"
        for path in files
        for text in python_strings(path)
        if HALF_WIDTH.search(text)
    ]
    assert not faults, "\n".join(faults)


def test_scripts_use_full_width_marks_beside_chinese():
    faults = [
        f"{path}:{number}: {line.strip()}"
        for path in ours(".js", within=("assets/",))
        for number, line in enumerate(text_of(path).splitlines(), 1)
        for literal in re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", line)
        if HALF_WIDTH.search(literal)
    ]
    assert not faults, "\n".join(faults)


def test_the_catalogue_uses_full_width_marks_beside_chinese():
    faults = [
        f"{path}: {text}"
        for path in ours(".toml", within=("data/",))
        for text in strings_in(tomllib.loads(text_of(path)))
        if HALF_WIDTH.search(text)
    ]
    assert not faults, "\n".join(faults)


def test_every_category_is_complete_and_belongs_to_a_group():
    catalogue = tomllib.loads(text_of(Path("data/catalogue/categories.toml")))
    groups = {group["code"] for group in catalogue["group"]}
    sources = {source["code"] for source in catalogue["source"]}
    codes = [category["code"] for category in catalogue["category"]]
    assert len(codes) == len(set(codes)) == 52
    for category in catalogue["category"]:
        assert category["group"] in groups, category["code"]
        assert set(category["source"]) <= sources, category["code"]
        assert category["zh"], category["code"]
        assert category["en"], category["code"]
        assert len(category["glyph"]) == 1, category["code"]
        assert category["level"] in {"15", "10", "5", "0", "city", "district", ""}
        assert category["confidence"] in {"V", "M-hi", "M-med"}
        assert isinstance(category["mandatory"], bool)
        assert category.get("radius_m", 1) > 0
        low, high = category.get("floor_m2_min", 0), category.get("floor_m2_max", 10**6)
        assert low <= high, category["code"]
    assert groups == {category["group"] for category in catalogue["category"]}


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_lists_every_command(readme):
    text = text_of(Path(readme))
    for command in COMMANDS:
        assert f"etl {command}" in text, command
    for target in ("make install", "make demo", "make test", "python -m dashboard"):
        assert target in text, target


def test_every_setting_of_the_server_is_documented_with_its_default():
    settings = importlib.import_module("dashboard.settings")
    text = text_of(Path("docs/deploy.md"))
    for each in fields(settings.Settings):
        row = f"| `{settings.PREFIX}{each.name.upper()}` | `{each.default}` |"
        assert row in text, row


def test_every_module_of_geo_is_under_the_import_rules():
    rules = tomllib.loads(text_of(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
    layers, pure = rules[0]["layers"], rules[1]["source_modules"]
    ordered = {name.strip() for layer in layers for name in re.split(r"[:|]", layer)}
    modules = {f"geo.{path.stem}" for path in ours(".py", within=("geo/",)) if len(path.parts) == 2}
    modules.discard("geo.__init__")
    assert modules <= set(pure)
    assert modules <= ordered


def test_links_between_documents_lead_somewhere():
    faults = [
        f"{path}: {target}"
        for path in ours(".md")
        for target in re.findall(r"\]\(([^)#\s]+)", text_of(path))
        if "://" not in target and not (ROOT / path.parent / target).exists()
    ]
    assert not faults, "\n".join(faults)


def test_the_command_line_offers_no_command_that_the_readme_leaves_out():
    done = subprocess.run(
        [sys.executable, "-m", "etl", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    offered = re.findall(r"(?m)^    ([a-z]+) {2,}\S", done.stdout)
    assert set(offered) == set(COMMANDS)


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "tests/peers/requirements.lock"]
)
def test_a_lock_names_no_host_and_no_path_and_hashes_everything(lock):
    text = text_of(Path(lock))
    assert "://" not in text
    assert not re.search(r"(?m)^\s*-", text.replace("    --hash=sha256:", ""))
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9_.-]+==[^ ]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_duckdb_and_its_spatial_extension_move_together():
    locked = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^ ;\\]+)", text_of(Path("requirements.lock"))))
    assert locked["duckdb"] == locked["duckdb-extension-spatial"]


def test_every_package_that_ships_is_named_with_its_licence():
    listed = text_of(Path("THIRD_PARTY.md"))
    names = re.findall(r"(?m)^([A-Za-z0-9_.-]+)==", text_of(Path("requirements.lock")))
    assert [name for name in names if f"| {name.lower()} |" not in listed] == []


def test_nothing_that_runs_names_an_address_elsewhere():
    files = ours(".py", ".js", ".css", ".sql", within=("geo/", "etl/", "dashboard/", "assets/"))
    faults = [
        f"{path}: {match.group(0)}"
        for path in files
        for match in ADDRESS.finditer(code_of(path))
        if match.group(1) not in NOT_OPENED
    ]
    assert not faults, "\n".join(faults)


def test_no_file_is_longer_than_500_lines():
    long = {
        str(path): lines
        for path in ours(".py", ".js", ".css", ".sql", ".md")
        if (lines := len(text_of(path).splitlines())) > 500
    }
    assert not long


def test_no_function_is_longer_than_50_lines():
    long = [
        f"{path}:{node.lineno} {node.name} ({lines} lines)"
        for path in ours(".py", within=tuple(f"{package}/" for package in PACKAGES))
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := _body_lines(node)) > 50
    ]
    assert not long, "\n".join(long)


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines without its docstring."""
    first = node.body[0]
    has_docstring = ast.get_docstring(node) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


def test_nothing_is_left_to_do_later():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    faults = [
        f"{path}:{number}"
        for path in ours(
            ".py", ".js", ".css", ".sql", within=("geo/", "etl/", "dashboard/", "assets/")
        )
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if marks.search(line)
    ]
    assert not faults, "\n".join(faults)


def test_styles_and_scripts_keep_to_the_oldest_browser():
    faults = [
        f"{path}: {name}"
        for path in ours(".css", ".js", within=("assets/",))
        for name, pattern in NEWER_THAN_CHROME_109.items()
        if re.search(pattern, text_of(path))
    ]
    assert not faults, "\n".join(faults)


def test_scripts_parse():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is absent; the browser tests parse the scripts as well")
    for path in ours(".js", within=("assets/",)):
        done = subprocess.run(
            [node, "--check", ROOT / path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{path}\n{done.stderr}"


def test_no_script_writes_markup_from_data():
    faults = [
        str(path)
        for path in ours(".js", within=("assets/",))
        if re.search(r"\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|\beval\(", text_of(path))
    ]
    assert not faults


def test_every_word_exists_in_both_languages():
    words = importlib.import_module("dashboard.words").WORDS
    assert set(words["zh"]) == set(words["en"])
    for key, zh in words["zh"].items():
        en = words["en"][key]
        assert bool(zh.strip()) == bool(en.strip()), key
        assert not re.search(f"[{CJK}]", en), key
