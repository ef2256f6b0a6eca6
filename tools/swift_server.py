#!/usr/bin/python3
"""OpenStack Swift as an S3 server for tests: proxy (s3api, tempauth), account, container and object server on free ports of
127.0.0.1 in this one process, one replica in one folder. It verifies signatures, dates and payload hashes.

  tools/swift_server.py DIR     serves until it is killed; DIR/address has the proxy's port once it answers

DIR must be on a file system with user.* attributes. Debian's python3-swift is all it needs."""
import errno
import os
import sys

import eventlet

eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)
import eventlet.wsgi  # noqa: E402

from swift.common import constraints, utils, wsgi  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402

KINDS = ("account", "container", "object")
PART_POWER = 2  # four partitions: it holds a test's objects

PROXY = """[DEFAULT]
swift_dir = {root}
log_name = proxy
[pipeline:main]
pipeline = catch_errors s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
# A part below 5 MiB is refused by S3 alone: here small parts make small tests.
min_segment_size = 1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
user_test_reader = reading
[filter:slo]
use = egg:swift#slo
"""
STORE = """[DEFAULT]
swift_dir = {root}
devices = {root}/devices
mount_check = false
log_name = {kind}
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def has_attributes(folder):
    probe = os.path.join(folder, "probe")
    write(probe, "")
    try:
        os.setxattr(probe, "user.greenroom", b"1")
        return True
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return False
        raise
    finally:
        os.unlink(probe)


def make_ring(root, kind, port):
    builder = RingBuilder(PART_POWER, 1, 1)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1",
                     "replication_port": port, "device": "disk", "weight": 1, "meta": ""})
    builder.rebalance()
    builder.get_ring().save(os.path.join(root, kind + ".ring.gz"))


class Cache:
    """What the proxy asks of memcached, in this process: it demands one, and keeps nothing there that it could not ask anew."""

    def __init__(self):
        self.values = {}

    def get(self, key, **_):
        return self.values.get(key)

    def set(self, key, value, **_):
        self.values[key] = value

    def delete(self, key, **_):
        self.values.pop(key, None)

    def incr(self, key, delta=1, **_):
        self.values[key] = max(0, self.values.get(key, 0) + delta)
        return self.values[key]


def with_cache(app):
    cache = Cache()

    def answer(environment, start_response):
        environment["swift.cache"] = cache
        return app(environment, start_response)

    return answer


def serve(root, name, text, listener):
    conf = os.path.join(root, name + ".conf")
    write(conf, text)
    app = wsgi.loadapp(conf, global_conf={"log_name": name})
    if name == "proxy":
        app = with_cache(app)
    return eventlet.spawn(eventlet.wsgi.server, listener, app, protocol=wsgi.SwiftHttpProtocol, log_output=False,
                          debug=False)


def main():
    root = os.path.abspath(sys.argv[1])
    os.makedirs(os.path.join(root, "devices", "disk"), exist_ok=True)
    if not has_attributes(root):
        sys.exit("swift: the file system of %s has no user.* attributes" % root)
    write(os.path.join(root, "swift.conf"), "[swift-hash]\nswift_hash_path_suffix = greenroom\n")
    utils.set_swift_dir(root)
    constraints.reload_constraints()
    listeners = {kind: eventlet.listen(("127.0.0.1", 0)) for kind in KINDS + ("proxy",)}
    for kind in KINDS:
        make_ring(root, kind, listeners[kind].getsockname()[1])
    servers = [serve(root, kind, STORE.format(root=root, kind=kind), listeners[kind]) for kind in KINDS]
    servers.append(serve(root, "proxy", PROXY.format(root=root), listeners["proxy"]))
    write(os.path.join(root, "pid"), "%d\n" % os.getpid())
    address = os.path.join(root, "address")
    write(address + ".new", "127.0.0.1:%d\n" % listeners["proxy"].getsockname()[1])
    os.rename(address + ".new", address)
    for server in servers:
        server.wait()


main()
