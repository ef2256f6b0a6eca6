#!/usr/bin/env python3
"""Holds every #include of src/ against tools/layers.txt: no upward include, no other module's detail/, no cycle."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
allowed = {}
for line in (root / "tools/layers.txt").read_text().splitlines():
    if line and not line.startswith("#"):
        name, _, deps = line.partition(":")
        allowed[name.strip()] = deps.split()

problems = []
seen = set()
for name, deps in allowed.items():  # a module may name only modules above it in the file: so no cycle
    problems += [f"layers.txt: {name} names {d}, which stands below it or nowhere" for d in deps if d not in seen]
    seen.add(name)

files = 0
for path in sorted((root / "src").rglob("*.[ch]pp")):
    module = path.relative_to(root / "src").parts[0]
    if module not in allowed:
        problems.append(f"{path}: module '{module}' is not in tools/layers.txt")
        continue
    files += 1
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+"([a-z_]+)/(.+)"', line)
        if not match:
            continue
        other = match[1]
        if other != module and other not in allowed[module]:
            problems.append(f"{path}:{number}: {module} may not include {other}")
        if other != module and match[2].startswith("detail/"):
            problems.append(f"{path}:{number}: {other}/detail/ is {other}'s own")

print("\n".join(problems) or f"layers: {files} files hold")
sys.exit(bool(problems))
