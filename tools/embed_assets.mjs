// embed_assets.mjs DIST OUT.cpp: the built web application as constants of the binary.
//
// Each file of DIST becomes its bytes and, where they are smaller, its brotli and gzip forms, pulled in with .incbin so that
// the compiler never reads them. The table says path, content type and an ETag made of the content's hash.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const [dist, out] = process.argv.slice(2).map((path) => resolve(path))
const packed = join(dirname(out), 'packed')
mkdirSync(packed, { recursive: true })

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}
const packs = {
  br: (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }),
  gz: (data) => gzipSync(data, { level: 9 }),
}

const symbol = (name, path) =>
  `asm(".section .rodata\\n.global ${name}\\n.balign 16\\n${name}:\\n.incbin \\"${path}\\"\\n` +
  `.global ${name}_end\\n${name}_end:\\n.byte 0\\n.previous\\n");\n` +
  `extern "C" const unsigned char ${name}[], ${name}_end[];\n`

const files = readdirSync(dist, { recursive: true }).map((path) => join(dist, path)).filter((path) => statSync(path).isFile()).sort()
const symbols = []
const rows = files.map((path, number) => {
  const data = readFileSync(path)
  const type = types[extname(path)] ?? 'application/octet-stream'
  const name = `greenroom_asset_${number}`
  const place = (suffix, file) => {
    symbols.push(symbol(name + suffix, file))
    return `{${name}${suffix}, ${name}${suffix}_end}`
  }
  const forms = [place('', path)]
  for (const [suffix, pack] of Object.entries(packs)) {
    const small = /^text|json|svg|wasm/.test(type) ? pack(data) : data
    const pays = small.length < data.length * 0.9
    const file = join(packed, `${number}.${suffix}`)
    if (pays) writeFileSync(file, small)
    forms.push(pays ? place(`_${suffix}`, file) : '{}')
  }
  const tag = createHash('sha256').update(data).digest('hex').slice(0, 16)
  return `    {"/${relative(dist, path)}", "${type}", "\\"${tag}\\"", ${forms.join(', ')}},\n`
})

writeFileSync(
  out,
  `#include "app/assets.hpp"\n\n${symbols.join('')}\nnamespace greenroom::app {\n\nstd::span<const Asset> embedded_assets() {\n` +
    `  static const Asset assets[] = {\n${rows.join('')}  };\n  return assets;\n}\n\n}  // namespace greenroom::app\n`,
)
