// The foreign client (protocol_client.ts), bundled for a page.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { Person } from './browser.ts'

// The file of a script that defines `foreign`.
export async function foreignClient(file = 'protocol_client.ts'): Promise<string> {
  const entry = join(dirname(fileURLToPath(import.meta.url)), file)
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'foreign' } },
  })
  const output = (Array.isArray(built) ? built[0]! : built) as { output: { code: string }[] }
  const script = join(mkdtempSync(join(tmpdir(), 'greenroom-client-')), 'client.js')
  writeFileSync(script, output.output[0]!.code)
  return script
}

let site: Promise<string> | undefined

// Another site, with one empty page: the server's own pages have policies of their own.
export function foreignSite(): Promise<string> {
  site ??= new Promise((resolve) => {
    const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>foreign</title>'))
    server.listen(0, '127.0.0.1', () => resolve(`http://localhost:${(server.address() as { port: number }).port}/`)).unref()
  })
  return site
}

// A page of another site with the foreign client in it.
export async function openForeignPage(person: Person, script: string): Promise<void> {
  await person.page.goto(await foreignSite())
  await person.page.addScriptTag({ path: script })
}
