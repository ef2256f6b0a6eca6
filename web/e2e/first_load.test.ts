// What a browser that was never here has to load before it shows the first screen.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Person } from './browser.ts'
import { Server } from './server.ts'
import { createOwner } from './studio.ts'
import { binary } from './suite.ts'

// Everything that a browser fetches, font and data included.
const limit = 170_000

let server: Server
let ana: Person

before(async () => {
  server = await Server.start(binary)
  ana = await Person.open('Ana')
  await createOwner(ana.page, server, 'Ana')
})

after(async () => {
  await ana?.close()
  await server?.close()
})

// Bodies as they come over the wire, compressed: page, scripts, styles and answers, and the font.
async function load(path: string, shown: string): Promise<{ page: number; font: number }> {
  const session = await ana.page.context().newCDPSession(ana.page)
  await session.send('Network.enable')
  await session.send('Network.clearBrowserCache')
  const urls = new Map<string, string>()
  const bytes = { page: 0, font: 0 }
  session.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url))
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const kind = /\.woff2$/.test(urls.get(requestId) ?? '') ? 'font' : 'page'
    bytes[kind] += encodedDataLength
  })
  await ana.page.goto(server.url + path)
  await ana.page.getByTestId(shown).first().waitFor()
  await ana.page.waitForLoadState('networkidle')
  await session.detach()
  return bytes
}

for (const [name, path, shown] of [
  ['home', '/', 'new-session'],
  ['sign-in', '/login', 'login-submit'],
] as const)
  test(`${name} is there after less than ${limit / 1_000} KB, font included`, async (context) => {
    if (name === 'sign-in') await ana.page.context().clearCookies()
    const { page, font } = await load(path, shown)
    context.diagnostic(`${name}: ${page + font} bytes, of them font ${font} bytes`)
    assert.ok(page > 50_000 && font > 10_000 && page + font < limit, `${page} + ${font} bytes`)
  })
