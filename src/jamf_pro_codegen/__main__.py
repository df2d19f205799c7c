"""Command line of the pipeline: `python -m jamf_pro_codegen --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Any

from jamf_pro_codegen import classic_commands
from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.facts import extract_facts
from jamf_pro_codegen.files import read_json, write_json
from jamf_pro_codegen.lock import LOCK, input_hashes, read_lock, tool_versions, write_lock
from jamf_pro_codegen.normal_form import is_normal_form, normalise, operations
from jamf_pro_codegen.pointers import resolve
from jamf_pro_codegen.proof import import_in_fresh_process, outcome
from jamf_pro_codegen.render import differences, rendered, replace
from jamf_pro_codegen.repairs import apply_repairs, load_repairs
from jamf_pro_codegen.report import summary
from jamf_pro_codegen.source import Source, read_source
from jamf_pro_codegen.trees import JAMF_PRO, PACKAGE, TREES, Tree, target_of
from jamf_pro_codegen.versions import note_versions, version_in

ROOT = Path()
DESCRIPTION = JAMF_PRO.description
REPAIRS = Path("openapi/repairs.yaml")
VERSIONS = JAMF_PRO.versions
CONFIG = Path("generator_config.yaml")
_SHOWN_FILES = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except CodegenError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jamf_pro_codegen", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    facts = commands.add_parser("facts", help="extract the facts of a source document")
    facts.add_argument("source", help="a JSON or YAML file, or https://SERVER/api/schema/")
    facts.add_argument("--version", help="its Jamf Pro version, if the name does not contain it")
    facts.add_argument("--output", type=Path, default=DESCRIPTION)
    facts.add_argument("--repairs", type=Path, default=REPAIRS)
    facts.add_argument("--keep-prose", action="store_true", help="for private use only")
    facts.set_defaults(run=_facts)

    versions = commands.add_parser("versions", help="note which operations a version has")
    versions.add_argument("sources", nargs="+", help="sources with versions in their names")
    versions.add_argument("--version", help="of a single source, if its name does not contain it")
    versions.add_argument("--output", type=Path, default=VERSIONS)
    versions.set_defaults(run=_versions)

    classic = commands.add_parser("classic-facts", help="extract the facts of the Classic API")
    classic.add_argument("source", help="its Swagger document: which operations a version has")
    classic.add_argument("--shapes", help="its reference document, if the other one has changed")
    classic.add_argument("--version", help="its Jamf Pro version, if the name does not contain it")
    classic.set_defaults(run=classic_commands.take_in)

    seen = commands.add_parser("classic-versions", help="note which Classic operations there are")
    seen.add_argument("sources", nargs="+", help="Swagger files with versions in their names")
    seen.add_argument("--shapes", help="the reference document, if one of them is new")
    seen.add_argument("--version", help="of a single source, if its name does not contain it")
    seen.set_defaults(run=classic_commands.take_in_versions)

    generate = commands.add_parser("generate", help="generate api/ and models/ anew")
    generate.add_argument("--description", type=Path, default=DESCRIPTION)
    generate.add_argument("--package", type=Path, default=PACKAGE, help="folder to put them in")
    generate.add_argument(
        "--name", help="import path of that folder, if it is not a top-level package"
    )
    generate.set_defaults(run=_generate)

    check = commands.add_parser("check", help="compare api/ and models/ with a fresh generation")
    check.set_defaults(run=_check)

    prove = commands.add_parser("prove", help="check and import all, and report what changed")
    prove.set_defaults(run=_prove)
    return parser


def _facts(options: argparse.Namespace) -> None:
    source = read_source(options.source)
    version = options.version or version_in(options.source) or "unknown"
    document = _description(source, version, options.repairs, keep_prose=options.keep_prose)
    present = _present(options.output)
    write_json(options.output, document)
    print(f"{sum(1 for _ in operations(document))} operations of Jamf Pro {version}")
    if options.output == DESCRIPTION:
        _lock_source(source, version)
    if present:
        print(summary(present, document))
    for name in ("filter", "sort"):
        listed, unlisted = _field_lists(document, name)
        count = listed + len(unlisted)
        print(f"{name}: fields listed for {listed} of {count} operations; none for")
        print("\n".join(f"  {operation}" for operation in unlisted))


def _present(output: Path) -> dict[str, Any] | None:
    """Return the description that is about to be replaced; none if it goes elsewhere."""
    if output != DESCRIPTION or not output.exists():
        return None
    document: dict[str, Any] = read_json(output)
    return document


def _description(
    source: Source, version: str, repairs: Path, *, keep_prose: bool = False
) -> dict[str, Any]:
    if is_normal_form(source.document):
        # A sandbox gives it: repaired already, and without the prose that names fields.
        return source.document | {"info": source.document["info"] | {"version": version}}
    facts = extract_facts(source.document, keep_prose=keep_prose)
    return normalise(apply_repairs(facts, load_repairs(repairs), version), version)


def _field_lists(document: dict[str, Any], name: str) -> tuple[int, list[str]]:
    listed, unlisted = 0, []
    for _, _, operation in operations(document):
        for given in operation.get("parameters", []):
            parameter = resolve(document, given)
            if parameter["name"] != name:
                continue
            if parameter.get("x-fields"):
                listed += 1
            else:
                unlisted.append(operation["operationId"])
    return listed, unlisted


def _versions(options: argparse.Namespace) -> None:
    known = note_versions(
        read_json(options.output) if options.output.exists() else {},
        options.sources,
        options.version,
        lambda name, version: _description(read_source(name), version, REPAIRS),
    )
    write_json(options.output, known)
    print(f"{len(known['operations'])} operations in versions {', '.join(known['versions'])}")


def _generate(options: argparse.Namespace) -> None:
    if (options.description, options.package) != (JAMF_PRO.description, PACKAGE):
        name = options.name or options.package.resolve().name
        if not all(part.isidentifier() and not iskeyword(part) for part in name.split(".")):
            raise CodegenError(f"{name} is not a package name: give another with --name")
        _put_in_place(Tree(options.description, JAMF_PRO.versions, options.package, name))
        return
    for tree in TREES:
        _put_in_place(tree)
    sources = {name: read_lock(LOCK).get(name, {}) for name in ("source", "classic")}
    write_lock(LOCK, sources | _lock_sections())


def _put_in_place(tree: Tree) -> None:
    document = read_json(tree.description)
    versions = read_json(tree.versions)["operations"]
    with rendered(document, versions, target_of(tree, document), CONFIG.absolute()) as made:
        tree.package.mkdir(parents=True, exist_ok=True)
        replace(made, tree.package)
    print(f"{sum(1 for _ in operations(document))} operations in {tree.package}")


def _check(_: argparse.Namespace) -> None:
    lock = read_lock(LOCK)
    for section, values in _lock_sections().items():
        if lock.get(section) != values:
            locked = lock.get(section, {})
            changed = sorted(
                name for name in {*values, *locked} if values.get(name) != locked.get(name)
            )
            raise CodegenError(
                f"{LOCK} is out of date: {', '.join(changed)} changed since the trees were made. "
                "Run `make generate`."
            )
    found = [difference for tree in TREES for difference in _differences(tree)]
    if found:
        shown = "\n".join([*found[:_SHOWN_FILES], "..."][: len(found)])
        raise CodegenError(
            f"the generated trees are not what the pipeline makes ({len(found)} files):\n{shown}\n"
            "Edit the description, a repair or a template and run `make generate`."
        )
    print("the generated trees are what the pipeline makes")


def _prove(options: argparse.Namespace) -> None:
    _check(options)
    print(import_in_fresh_process())
    print(outcome())


def _differences(tree: Tree) -> list[str]:
    document = read_json(tree.description)
    versions = read_json(tree.versions)["operations"]
    with rendered(document, versions, target_of(tree, document), CONFIG.absolute()) as made:
        return differences(made, tree.package)


def _lock_sections() -> dict[str, dict[str, str]]:
    return {"tools": tool_versions(), "inputs": input_hashes(ROOT)}


def _lock_source(source: Source, version: str) -> None:
    present = read_lock(LOCK)
    entry = {"jamf-pro": version, "sha256": source.sha256}
    write_lock(LOCK, {**present, "source": entry})


if __name__ == "__main__":
    sys.exit(main())
