#!/usr/bin/env python3
"""Files of a module are compiled together (GREENROOM_UNITY), where a file's own name hides a header's of the same name in the files after it,
without a word from the compiler. So what a .cpp keeps to itself is called otherwise than what a header of its module declares, or overloads it."""
import collections
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
plain = re.compile(r"(?:using|struct|class|enum class|enum|concept) (\w+)\b(?! *[:;]{2})")
value = re.compile(r"(?:static |inline |extern )*(?:constexpr|const) .*?\b(\w+)\s*[={(\[]")
function = re.compile(r"(?:static |inline |constexpr |\[\[\w+\]\] )*[\w:<>,&*\[\] ]+?[ &*](\w+)\(")


def declared(path):
    """(namespace, whether it is anonymous, name, line) of what stands at the left margin."""
    namespace, anonymous = "", False
    for line in path.read_text().splitlines():
        if opened := re.match(r"namespace ([\w:]+) \{", line):
            namespace = opened[1]
        elif line == "namespace {":
            anonymous = True
        elif line == "}  // namespace":
            anonymous = False
        elif line[:1].isalpha() and not line.startswith(("namespace", "template", "friend", "return", "TEST", "INSTANTIATE", "BOOST_")):
            if found := plain.match(line) or value.match(line) or function.match(line):
                yield namespace, anonymous, found[1], line


def overloads(name, here, there):
    """Functions that take something else are told apart."""
    taken = [re.search(name + r"\((.*?)\)?(?: const)?(?: \{.*|;.*)?$", line) for line in (here, there)]
    return all(taken) and taken[0][1] != taken[1][1]


problems = []
for folder in [*sorted((source / "src").iterdir()), source / "tests/sim"]:
    offered = collections.defaultdict(list)
    for header in folder.rglob("*.hpp"):
        for namespace, anonymous, name, line in declared(header):
            if not anonymous:
                offered[namespace, name].append((header, line))
    for file in sorted(folder.rglob("*.cpp")):
        for namespace, anonymous, name, line in declared(file):
            for header, there in offered.get((namespace, name), []) if anonymous else []:
                if not overloads(name, line, there):
                    problems.append(f"{file.relative_to(source)}: {name} hides that of {header.relative_to(source)}")
print("\n".join(sorted(set(problems))) or "names: none hides another")
sys.exit(bool(problems))
