"""The names of ministack that a module of ours depends on, read from its source: no list to maintain."""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

_PACKAGES = ("ministack", "hypercorn")


def read_hooked_names(module: str) -> list[str]:
    """Lists dotted names: what a module imports from ministack, which attributes of it it uses or wraps."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    tree = ast.parse(Path(spec.origin).read_text())
    imported = dict(_imports(tree))
    used = {
        f"{imported[ast.unparse(node.value)]}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in imported
    }
    return sorted({*imported.values(), *used, *_wrapped(tree, imported)})


def _wrapped(tree: ast.Module, imported: dict[str, str]) -> Iterator[str]:
    """Returns the functions in calls such as `wrap(ecs, "_run_task", …)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "wrap":
            holder, name = ast.unparse(node.args[0]), node.args[1]
            if holder in imported and isinstance(name, ast.Constant):
                yield f"{imported[holder]}.{name.value!s}"


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Returns what our text calls each thing that it imports, and the thing's own name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            places = {each.asname or each.name: each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            places = {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        else:
            continue
        yield from ((alias, name) for alias, name in places.items() if name.split(".")[0] in _PACKAGES)
