"""Runs the generator in a temporary folder, checks what came out and puts it in place."""

from __future__ import annotations

import ast
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jamf_pro_codegen.aliases import write_aliases
from jamf_pro_codegen.bound import write_bound
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.normal_form import operations
from jamf_pro_codegen.prepare import Prepared, Target, prepare

TEMPLATES = Path(__file__).parent / "templates"
PACKAGES = ("api", "models")
_LINE_LENGTH = "100"
# Traces of a template that printed an object or did not run.
_MARKS_OF_FAILURE = (" object at 0x", "{{", "{%", "<class '")


@contextlib.contextmanager
def rendered(
    document: dict[str, Any], versions: dict[str, dict[str, Any]], target: Target, config: Path
) -> Iterator[Path]:
    """Give a temporary folder that holds the finished trees, formatted and checked.

    Args:
        document: A description in normal form.
        versions: Operation name -> versions, from versions.json.
        target: Where the output goes.
        config: The generator's own configuration.

    Raises:
        CodegenError: The generator warned or failed, or the output is not what it should be.
    """
    with tempfile.TemporaryDirectory(prefix="jamf-pro-codegen-") as folder:
        work = Path(folder)
        _generate(prepare(document, versions, target), config, work)
        output = work / "out"
        write_bound(output, target)
        write_aliases(output, target)
        _format(output)
        _verify(output, document, target)
        yield output


def differences(made: Path, present: Path) -> list[str]:
    """Return how the generated trees of two folders differ: changed, missing and extra files."""
    found = []
    for tree in PACKAGES:
        new, old = _files(made / tree), _files(present / tree)
        found += [f"missing: {tree}/{name}" for name in sorted(new.keys() - old.keys())]
        found += [f"not generated: {tree}/{name}" for name in sorted(old.keys() - new.keys())]
        found += [
            f"differs: {tree}/{name}"
            for name in sorted(new.keys() & old.keys())
            if new[name].read_bytes() != old[name].read_bytes()
        ]
    return found


def replace(made: Path, package: Path) -> None:
    """Put the generated trees in the place of the old ones, all at once or not at all.

    Raises:
        CodegenError: They cannot be put there; the old ones are as they were.
    """
    staged = {tree: package / f".{tree}-new" for tree in PACKAGES}
    retired = {tree: package / f".{tree}-old" for tree in PACKAGES}
    done: list[tuple[Path, Path]] = []

    def move(origin: Path, place: Path) -> None:
        origin.rename(place)
        done.append((origin, place))

    _remove(*staged.values(), *retired.values())
    try:
        for tree, folder in staged.items():
            shutil.copytree(made / tree, folder)
        for tree in PACKAGES:
            if (package / tree).exists():
                move(package / tree, retired[tree])
            move(staged[tree], package / tree)
    except OSError as error:
        for origin, place in reversed(done):
            place.rename(origin)
        raise CodegenError(f"cannot replace the trees in {package}: {error}") from error
    finally:
        _remove(*staged.values(), *retired.values())


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _files(tree: Path) -> dict[str, Path]:
    return {
        str(path.relative_to(tree)): path
        for path in tree.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _generate(prepared: Prepared, config: Path, work: Path) -> None:
    source, templates = work / "description.json", work / "templates"
    source.write_text(json.dumps(prepared.document), "utf-8")
    shutil.copytree(TEMPLATES, templates)
    for name, text in prepared.facts.items():
        path = templates / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    _run(
        "the generator",
        [
            *(sys.executable, "-P", "-m", "openapi_python_client", "generate"),
            *("--path", str(source), "--config", str(config), "--meta", "none"),
            *("--custom-template-path", str(templates), "--output-path", str(work / "out")),
            "--fail-on-warning",
        ],
        work,
    )


def _format(output: Path) -> None:
    ruff = [sys.executable, "-P", "-m", "ruff"]
    common = [
        *("--isolated", "--no-cache"),
        *("--line-length", _LINE_LENGTH, "--target-version", "py311"),
    ]
    # Commas that the templates leave behind shall not decide where lines break.
    check_options = [
        *("--config", 'lint.isort.known-first-party = ["jamf_pro_client"]'),
        *("--config", "lint.isort.split-on-trailing-comma = false"),
    ]
    format_options = ["--config", "format.skip-magic-trailing-comma = true"]
    fix = ["check", "--select", "I,F401,UP,RUF022", "--fix", "--quiet"]
    _run("ruff check", [*ruff, *fix, *common, *check_options, *PACKAGES], output)
    _run("ruff format", [*ruff, "format", "--quiet", *common, *format_options, *PACKAGES], output)


def _run(what: str, command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise CodegenError(f"{what} did not accept the description:\n{said}")


def _verify(output: Path, document: dict[str, Any], target: Target) -> None:
    first_line = f"# {target.header}"
    for tree in PACKAGES:
        for path in sorted((output / tree).rglob("*")):
            if path.is_file():
                _verify_file(path, first_line)
    expected = {operation["operationId"] for _, _, operation in operations(document)}
    present = {path.stem for path in (output / "api").glob("*/*.py")} - {"__init__"}
    if expected != present:
        raise CodegenError(
            f"operations without a module: {sorted(expected - present)}; "
            f"modules without an operation: {sorted(present - expected)}"
        )


def _verify_file(path: Path, first_line: str) -> None:
    text = path.read_text("utf-8")
    if text.partition("\n")[0] != first_line:
        raise CodegenError(f"{path.name} does not begin with the line that says it is generated")
    for mark in _MARKS_OF_FAILURE:
        if mark in text:
            raise CodegenError(f"{path.name} holds {mark!r}: a template did not render")
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise CodegenError(f"{path.name} is not valid Python: {error}") from error
