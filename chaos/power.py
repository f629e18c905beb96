"""The power check: takes each guard out of a copy of the source, and expects its proof to fail.

``python -m chaos.power [NAME …]`` prints a table; ends with 0 when every proof failed without its guard and held with
all of them. ``docs/delivery-proof.md`` has the last table.
"""

import ast
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from chaos.guard import Guard
from chaos.guards import GUARDS
from chaos.report import BREACHES
from embedded.place import ROOT

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", "*.pyc", "node_modules")
SEEDS = (1, 2, 3)  # a chance may miss what a guard guards against; so many may try
HELD, FAILED = 0, 1


class NotTakenOut(Exception):
    """The guard is not where the list says."""


def without(guard: Guard, tree: Path) -> tuple[Path, str]:
    """The file in ``tree`` that the guard is in, and its source without the guard; raises NotTakenOut."""
    module, _, function = guard.at.partition(":")
    file = tree / f"{module.replace('.', '/')}.py"
    whole = ast.parse(file.read_text())
    place: ast.AST | None = whole
    for name in function.split(".") if function else ():
        place = next((one for one in ast.iter_child_nodes(place or whole) if getattr(one, "name", "") == name), None)
    times = guard.cut(place) if place is not None else 0
    if times != 1:
        raise NotTakenOut(f"{guard.name}: found {times} times at {guard.at}, not once")
    return file, ast.unparse(ast.fix_missing_locations(whole))


def taken_out(guard: Guard, tree: Path) -> None:
    """Change the copy in ``tree`` so that the guard is gone; raises NotTakenOut."""
    file, source = without(guard, tree)
    file.write_text(source)


def prove(proof: tuple[str, ...], tree: Path, seed: int) -> tuple[int, str]:
    """Run a proof on the source in ``tree``: its exit code, and what it found in a few words."""
    is_chaos = "chaos.run" in proof
    figures = tree / f"figures-{seed}.json"
    command = [sys.executable, *proof, *(["--seed", str(seed), "--json", str(figures)] if is_chaos else [])]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if is_chaos and figures.exists():
        found = json.loads(figures.read_text())
        return done.returncode, ", ".join(f"{name} {found[name]}" for name in BREACHES if found[name]) or "held"
    last = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return done.returncode, last[-1] if last else "no output"


def outcome(guard: Guard | None, proof: tuple[str, ...]) -> tuple[bool, str]:
    """Whether the proof behaved as it must: failed without ``guard``, held where there is none to take out."""
    with tempfile.TemporaryDirectory(prefix="tracker-power-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        if guard is not None:
            taken_out(guard, tree)
        found = ""
        for seed in SEEDS if guard is not None and "chaos.run" in proof else SEEDS[:1]:
            code, found = prove(proof, tree, seed)
            if guard is None:
                return code == HELD, found
            if code == FAILED:
                return True, found
            if code != HELD:
                break
        return False, found


def main(names: list[str]) -> int:
    """Check the guards of these names, or all."""
    unknown = set(names) - {guard.name for guard in GUARDS}
    if unknown:
        print(f"no such guard: {', '.join(sorted(unknown))}; there are: {', '.join(one.name for one in GUARDS)}")
        return 2
    chosen = [guard for guard in GUARDS if not names or guard.name in names]
    good = True
    print("| taken out | so that | proof | what it found | failed as it must |\n|---|---|---|---|---|", flush=True)
    for proof in dict.fromkeys(guard.proof for guard in chosen):
        fine, found = outcome(None, proof)
        good &= fine
        print(f"| nothing | | `{' '.join(proof[1:])}` | {found} | {'held' if fine else 'DID NOT HOLD'} |", flush=True)
    for guard in chosen:
        fine, found = outcome(guard, guard.proof)
        good &= fine
        how = f"`{' '.join(guard.proof[1:])}`"
        print(f"| {guard.name} | {guard.keeps} | {how} | {found} | {'yes' if fine else 'NO'} |", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
