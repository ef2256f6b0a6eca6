// The foreign client (protocol_client.ts), bundled for a page.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { Person } from './browser.ts'
import { Server } from './server.ts'
import { fixtures } from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'

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

// A server whose rooms are open, two people with cameras, and the script that brings the foreign client to their pages.
export class Meeting {
  readonly script: string
  readonly server: Server
  readonly people: Person[] = []

  private constructor(script: string, server: Server) {
    this.script = script
    this.server = server
  }

  static async open(): Promise<Meeting> {
    const meeting = new Meeting(await foreignClient(), await Server.start(binary, undefined, ['--open-rooms', '--cors-origin', '*']))
    try {
      const devices = fixtures(fixtureFolder, 60)
      for (const [i, name] of ['Ana', 'Ben'].entries()) meeting.people.push(await Person.open(name, devices[i]))
      return meeting
    } catch (error) {
      await meeting.close()
      throw error
    }
  }

  async close(): Promise<void> {
    for (const person of this.people) await person.close()
    await this.server.close()
  }
}
