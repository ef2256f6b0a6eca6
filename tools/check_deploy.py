#!/usr/bin/env python3
"""check_deploy.py ROOT BINARY: deploy/ says what the binary and the build need, no more and no less.

- the runtime stage installs exactly the Debian packages of the libraries that the binary links;
- the build stage installs from tools/packages.txt, and its Debian is the one that the list is for;
- ports, options and folders of Dockerfile and compose.yaml are options of `greenroom serve`;
- docs/deployment.md knows every variable of the environment;
- the databases and the TURN server of compose.yaml are of the versions that the tests run, and coturn knows its options."""
import pathlib
import re
import subprocess
import sys

import yaml

ALWAYS = {"ca-certificates"}  # certificates are read, not linked
AMD64_ALONE = {"libipsec-mb1"}
IN_EVERY_DEBIAN = {"libc6", "libgcc-s1", "libstdc++6"}  # what debian:12-slim has already, or everything here depends on

root, binary = pathlib.Path(sys.argv[1]), sys.argv[2]
problems = []


def check(holds, problem):
    if not holds:
        problems.append(problem)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def linked_packages():
    """The packages of the libraries that the binary itself names; apt brings what those need."""
    named = re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p", binary))
    paths = dict(re.findall(r"(\S+) => (/\S+)", output("ldd", binary)))
    found = set()
    for name in named:
        if name not in paths:
            continue  # the loader
        for path in {paths[name], str(pathlib.Path(paths[name]).resolve()), paths[name].replace("/lib/", "/usr/lib/", 1)}:
            owner = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
            if owner.returncode == 0:
                found.add(re.split(r"[:,]", owner.stdout)[0])
                break
        else:
            problems.append(f"no package has {paths[name]}")
    return found


def dockerfile_stages(text):
    return re.split(r"(?m)^FROM ", text.replace("\\\n", " "))[1:]


help_text = output(binary, "serve", "--help")
options = set(re.findall(r"Env:(\w+)", help_text))
dockerfile = (root / "deploy/Dockerfile").read_text()
compose = yaml.safe_load((root / "deploy/compose.yaml").read_text())
build, runtime = dockerfile_stages(dockerfile)

check(build.startswith("debian:12 "), "the build stage is not Debian 12")
check("tools/packages.txt" in build and "tools/setup.sh" in build, "the build stage does not install tools/packages.txt")
check("make build" in build, "the build stage does not run the project's own verb")

installed = set(" ".join(re.findall(r"--no-install-recommends\s+(.*?)(?:\s+&&|;)", runtime)).split())
needed = linked_packages() - IN_EVERY_DEBIAN | ALWAYS
for package in sorted(needed - installed):
    problems.append(f"Dockerfile: the binary links a library of {package}, which the runtime stage does not install")
for package in sorted(installed - needed - AMD64_ALONE):
    problems.append(f"Dockerfile: nothing needs {package}")

set_in_image = dict(re.findall(r"(\w+)=(\S+)", re.search(r"(?m)^ENV (.*)$", runtime).group(1)))
for name in set_in_image:
    check(name in options, f"Dockerfile: {name} is no option of serve")
service = compose["services"]["greenroom"]
for name in service["environment"]:
    check(name in options, f"compose.yaml: {name} is no option of serve")

http_port = re.search(r"--port UINT=(\d+)", help_text).group(1)
media_ports = f"{set_in_image['RTC_MIN_PORT']}-{set_in_image['RTC_MAX_PORT']}"
exposed = re.search(r"(?m)^EXPOSE (.*)$", runtime).group(1).split()
check(exposed == [f"{http_port}/tcp", f"{media_ports}/udp", f"{media_ports}/tcp"], f"Dockerfile: EXPOSE is not {http_port} and {media_ports}")
wanted = [f"{http_port}:{http_port}/tcp"] + [f"{media_ports}:{media_ports}/{protocol}" for protocol in ("udp", "tcp")]
check(service["ports"] == wanted, f"compose.yaml: the ports are not {wanted}")
check("USER greenroom" in runtime, "Dockerfile: the server runs as root")
folder = set_in_image["GREENROOM_DATA"]
check(f"VOLUME {folder}" in runtime, "Dockerfile: the data folder is no volume")
check(any(volume.endswith(":" + folder) for volume in service["volumes"]), "compose.yaml: the data folder is not kept")
check("/ready" in (root / "docs/openapi.json").read_text() and "GET /ready" in runtime, "the health check asks for nothing that exists")

guide = (root / "docs/deployment.md").read_text()
for name in sorted(options):
    check(f"`{name}`" in guide or name.startswith("OIDC_"), f"docs/deployment.md does not say what {name} is")

packages = (root / "tools/packages.txt").read_text().split("\n")
version = next((name.removeprefix("postgresql-") for name in packages if re.fullmatch(r"postgresql-\d+", name)), "none")
check(compose["services"]["postgres"]["image"] == f"postgres:{version}", f"compose.yaml: the tests run PostgreSQL {version}")
check("redis-server" in packages and compose["services"]["redis"]["image"] == "redis:7", "compose.yaml: the tests run Redis 7")

relay = compose["services"]["coturn"]
check("coturn" in packages, "the tests run no coturn")
of_debian = output("dpkg-query", "-W", "-f", "${Version}", "coturn")
check(of_debian.startswith(relay["image"].split(":")[1] + "."), f"compose.yaml: the tests run coturn {of_debian}")
known = set(re.findall(r"--[a-z][a-z0-9_-]*", subprocess.run(["turnserver", "-h"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout))
for option in re.findall(r"(?<!\S)(--[a-z0-9-]+)", " ".join(relay["command"] + relay["entrypoint"])):
    check(option in known, f"compose.yaml: coturn has no option {option}")
check({"TURN_URL", "TURN_SECRET"} <= set(service["environment"]), "compose.yaml: the server is not told of coturn")

for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
