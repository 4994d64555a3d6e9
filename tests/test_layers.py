import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Each layer may import the ones before it; what stands in one set may not import each other.
LAYERS = [
    {"nmt.errors", "nmt.processor", "nmt.threads"},
    {"nmt.resources", "nmt.settings"},
    {"nmt.io"},
    {"nmt.text"},
    {"nmt.protection"},
    {"nmt.data"},
    {"nmt.models"},
    {"nmt.model_folder"},
    {"nmt.engines"},
    {"nmt.metrics"},
    {"nmt.decoding"},
    {"nmt.training"},
    {"nmt.benchmark", "nmt.inspection"},
    {"nmt.report"},
    {"nmt.distributed"},
    {"nmt.documents"},
    {"nmt.serving"},
    {"nmt.config"},
    {"nmt.stages"},
    {"nmt.interface"},
    {"nmt.cli"},
    {"nmt.__main__"},
]


def layer_of(module: str) -> tuple[int, str] | None:
    for number, names in enumerate(LAYERS):
        for name in names:
            if module == name or module.startswith(name + "."):
                return number, name
    return None


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = f"nmt.cli.{node.module}" if node.level else node.module  # cli/ alone imports relatively
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def test_every_file_imports_only_what_lies_above_it():
    checked = 0
    for path in [*(ROOT / "nmt").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        here = layer_of(f"nmt.{module}" if module.startswith("cli") else module)
        if path == ROOT / "nmt" / "__init__.py":
            continue
        assert here is not None, f"{path.relative_to(ROOT)} is in no layer; add it to LAYERS"
        for module in imports(path):
            there = layer_of(module)
            if there is not None:
                checked += 1
                assert there[0] < here[0] or there == here, f"{path.relative_to(ROOT)} imports {module}"
    assert checked > 50


def test_the_command_line_starts_without_the_heavy_libraries():
    heavy = {"torch", "datasets", "sentencepiece", "numpy", "sacrebleu"}
    for path in (ROOT / "cli").glob("*.py"):
        tree = ast.parse(path.read_text())
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {alias.name for node in top for alias in node.names} | {getattr(node, "module", "") for node in top}
        assert not {name.split(".")[0] for name in names if name} & heavy, path.name
