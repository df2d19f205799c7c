"""Writes `bound.py` and `bound.pyi`: every operation as a method, for the facade.

The signatures are read off the endpoint modules that the generator has just made, so the two cannot
differ.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
import jinja2

from jamf_pro_codegen.errors import CodegenError
from jamf_pro_codegen.prepare import Target

TEMPLATE_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=False,  # noqa: S701  # Python, not HTML
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
"""Renders the templates that the generator does not know."""

_FUNCTIONS = ("sync", "sync_detailed", "asyncio", "asyncio_detailed")
_KINDS = (
    ("Operations", "sync", "Calls that give the value or raise."),
    ("AsyncOperations", "asyncio", "Awaitable calls that give the value or raise."),
    ("RawOperations", "sync_detailed", "Calls that give the whole reply, whatever its status."),
    (
        "AsyncRawOperations",
        "asyncio_detailed",
        "Awaitable calls that give the whole reply, whatever its status.",
    ),
)


@attrs.frozen
class Method:
    """An operation as the methods of the stub show it."""

    name: str
    """Name of the operation and of its module."""
    parameters: str
    """Without the client, as Python text."""
    returns: dict[str, str]
    """Function of the endpoint module -> type of what it returns."""
    summary: str
    """First sentence of the docstring."""
    route: str
    """HTTP method and path."""
    deprecated_since: str | None
    """Day on which the deprecation began; None if it is not deprecated."""
    names: frozenset[str]
    """Every name in its types."""


def write_bound(output: Path, target: Target) -> None:
    """Write the two modules beside the packages of endpoint modules.

    Args:
        output: The folder with the generated `api` and `models`.
        target: Where the output goes.

    Raises:
        CodegenError: An endpoint module is not what its template makes.
    """
    modules = sorted((output / "api").glob("*/*.py"), key=lambda path: path.stem)
    methods = [read_method(path) for path in modules if path.stem != "__init__"]
    used = {name for method in methods for name in method.names}
    for name in ("bound.py", "bound.pyi"):
        text = TEMPLATE_ENVIRONMENT.get_template(f"{name}.jinja").render(
            target=target,
            kinds=_KINDS,
            methods=methods,
            models=sorted(used & _models(output / "models" / "__init__.py")),
        )
        (output / "api" / name).write_text(text.rstrip() + "\n", "utf-8")


def read_method(path: Path) -> Method:
    """Return the operation of an endpoint module.

    Args:
        path: The module's file.

    Raises:
        CodegenError: It has not the four functions of an endpoint module.
    """
    module = ast.parse(path.read_text("utf-8"))
    functions = {
        node.name: node
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    if functions.keys() < set(_FUNCTIONS):
        raise CodegenError(f"{path.name} lacks the functions {', '.join(_FUNCTIONS)}")
    sync = functions["sync"]
    text = (ast.get_docstring(sync) or "").split("\n\n")
    annotations = [argument.annotation for argument in _arguments(sync)]
    returns = {name: functions[name].returns for name in _FUNCTIONS}
    return Method(
        name=path.stem,
        parameters=_parameters(sync.args),
        returns={name: _text(node) for name, node in returns.items()},
        summary=_escaped(text[0]),
        route=_escaped(text[1]),
        deprecated_since=_fact(module, "deprecated_since"),
        names=frozenset(_names([*annotations, *returns.values()])),
    )


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.arg]:
    for argument in (*function.args.args, *function.args.kwonlyargs):
        if argument.arg != "client":
            yield argument


def _parameters(arguments: ast.arguments) -> str:
    shown = [f"{one.arg}: {_text(one.annotation)}" for one in arguments.args]
    keywords = [
        f"{one.arg}: {_text(one.annotation)}" + ("" if default is None else " = ...")
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if one.arg != "client"
    ]
    return ", ".join([*shown, *(["*"] if keywords else []), *keywords])


def _fact(module: ast.Module, name: str) -> str | None:
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg == name:
            return str(ast.literal_eval(node.value))
    return None


def _names(annotations: Iterable[ast.expr | None]) -> Iterator[str]:
    for annotation in annotations:
        for node in ast.walk(annotation) if annotation else ():
            if isinstance(node, ast.Name):
                yield node.id


def _models(init: Path) -> set[str]:
    """Return the classes that the package of the models lists."""
    return {
        alias.name
        for node in ast.walk(ast.parse(init.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _text(node: ast.expr | None) -> str:
    return "None" if node is None else ast.unparse(node)


def _escaped(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace('"""', "'''").split())
