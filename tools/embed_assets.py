#!/usr/bin/env python3
"""embed_assets.py DIST OUT.cpp: the built web application as constants of the binary.

Each file of DIST becomes its bytes and, where that is smaller, its gzip form, pulled in with .incbin so that the compiler
never reads them. The table says path, content type and an ETag made of the content's hash."""
import gzip
import hashlib
import mimetypes
import pathlib
import sys

dist, out = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")
packed = out.parent / "packed"
packed.mkdir(parents=True, exist_ok=True)


def symbol(name, path):
    return (f'asm(".section .rodata\\n.global {name}\\n.balign 16\\n{name}:\\n.incbin \\"{path}\\"\\n'
            f'.global {name}_end\\n{name}_end:\\n.byte 0\\n.previous\\n");\n'
            f'extern "C" const unsigned char {name}[], {name}_end[];\n')


def text(kind):
    return kind.startswith("text/") or kind.split(";")[0] in ("application/json", "image/svg+xml", "application/manifest+json")


symbols, rows = [], []
for number, path in enumerate(sorted(p for p in dist.rglob("*") if p.is_file())):
    data = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind += "; charset=utf-8" if kind.startswith("text/") else ""
    name = f"greenroom_asset_{number}"
    symbols.append(symbol(name, path))
    small = gzip.compress(data, 9, mtime=0) if text(kind) else b""
    gz = "{}"
    if small and len(small) < len(data) * 0.9:
        file = packed / f"{number}.gz"
        file.write_bytes(small)
        symbols.append(symbol(name + "_gz", file))
        gz = f"{{{name}_gz, {name}_gz_end}}"
    etag = hashlib.sha256(data).hexdigest()[:16]
    rows.append(f'    {{"/{path.relative_to(dist).as_posix()}", "{kind}", "\\"{etag}\\"", {{{name}, {name}_end}}, {gz}}},\n')

out.write_text('#include "app/assets.hpp"\n\n' + "".join(symbols) +
               "\nnamespace greenroom::app {\n\nstd::span<const Asset> embedded_assets() {\n  static const Asset assets[] = {\n" +
               "".join(rows) + "  };\n  return assets;\n}\n\n}  // namespace greenroom::app\n")
