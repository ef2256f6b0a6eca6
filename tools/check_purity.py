#!/usr/bin/env python3
"""The pure core has no clock, no entropy, no socket, no lock, no thread, no file: its archives must not need such symbols."""
import pathlib
import re
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
forbidden = re.compile(
    r"^(clock_gettime|gettimeofday|time|nanosleep|usleep|sleep|_ZNSt6chrono3_V2\d+(system|steady)_clock3nowEv"
    r"|getrandom|getentropy|rand|random|arc4random|_ZNSt13random_device\w+|RAND_bytes"
    r"|socket|bind|listen|connect|accept4?|sendto|sendmsg|sendmmsg|recvfrom|recvmsg|recvmmsg|epoll_\w+|poll|select"
    r"|pthread_(mutex|cond|rwlock|create)\w*|_ZNSt6thread\w+|open|fopen|creat|_ZNSt13basic_fil\w+|getenv)$")
problems = []
for module in sys.argv[2:]:
    archive = build / f"libgreenroom_{module}.a"
    if not archive.exists():
        problems.append(f"{archive} is missing: build first")
        continue
    for line in subprocess.run(["nm", "-u", archive], capture_output=True, text=True, check=True).stdout.splitlines():
        symbol = line.split()[-1].split("@")[0] if line.strip() else ""
        if forbidden.match(symbol):
            problems.append(f"{module} needs {symbol}")
print("\n".join(sorted(set(problems))) or f"purity: {' '.join(sys.argv[2:])} hold")
sys.exit(bool(problems))
