// The foreign client (protocol_client.ts), bundled for a page.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

// The file of a script that defines `foreign`.
export async function foreignClient(): Promise<string> {
  const entry = join(dirname(fileURLToPath(import.meta.url)), 'protocol_client.ts')
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
