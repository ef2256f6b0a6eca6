// C-29: a guest on a line of 2 Mbit/s talks and uploads at the same time, and nobody hears it: what the call loses in the queue
// and what the upload makes of the rest, both counted on the line itself.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertAccessible } from './axe.ts'
import { Person } from './browser.ts'
import { pause } from './episode.ts'
import { mediaBy } from './media_way.ts'
import { type Counts, NarrowUplink } from './narrow_uplink.ts'
import { Server } from './server.ts'
import * as studio from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'

const line = { bitsPerSecond: 2_000_000, queueMs: 300 }
const patience = { timeout: 60_000 }

let server: Server
let uplink: NarrowUplink
let ana: Person
let ben: Person

before(async () => {
  server = await Server.start(binary, undefined, ['--shards', '1'])
  uplink = await NarrowUplink.open({ http: Number(new URL(server.url).port), media: server.mediaPort }, line.bitsPerSecond, line.queueMs)
  const devices = studio.fixtures(fixtureFolder, 60)
  ;[ana, ben] = await Promise.all([Person.open('Ana', devices[0]), Person.open('Ben', devices[1])])
})

after(async () => {
  await Promise.all([ana?.close(), ben?.close()])
  uplink?.close()
  await server?.close()
})

const enough = 0.8 * (line.bitsPerSecond / 1000) // kbit/s
const kbits = (bytes: number, seconds: number) => Math.round((bytes * 8) / seconds / 1000)

async function measured(seconds: number): Promise<Counts & { seconds: number }> {
  const before = { ...uplink.counts }
  const began = performance.now()
  await pause(seconds)
  const now = uplink.counts
  return {
    datagrams: now.datagrams - before.datagrams,
    dropped: now.dropped - before.dropped,
    datagramBytes: now.datagramBytes - before.datagramBytes,
    streamBytes: now.streamBytes - before.streamBytes,
    seconds: (performance.now() - began) / 1000,
  }
}

// More waits than goes out in a few seconds, however little a starved browser makes of its camera.
async function backlog(seconds: number) {
  await ben.page.route('**/api/v1/uploads/**', (route) => route.abort())
  await pause(seconds)
  await ben.page.unroute('**/api/v1/uploads/**')
}

test('the call loses nothing, and the upload uses the rest', async (context) => {
  await studio.createOwner(ana.page, server, 'Ana')
  const link = new URL(await studio.createSession(ana.page, server, 'On the train'))
  await studio.enterStudio(ana.page)
  await mediaBy(ben.page, uplink.mediaPort)
  await ben.page.goto(`http://127.0.0.1:${uplink.httpPort}${link.pathname}`)
  await studio.enterStage(ben.page, 'Ben')
  await Promise.all([studio.seesAll(ana.page, ['Ana', 'Ben']), studio.seesAll(ben.page, ['Ana', 'Ben'])])
  await studio.startTake(ana.page)
  await pause(12)

  const seen = await measured(25)
  const loss = seen.dropped / seen.datagrams
  const call = kbits(seen.datagramBytes, seen.seconds)
  const upload = kbits(seen.streamBytes, seen.seconds)
  const rest = line.bitsPerSecond / 1000 - call
  context.diagnostic(`call ${call} kbit/s, loss ${(loss * 100).toFixed(3)} % of ${seen.datagrams} packets; upload ${upload} kbit/s of the ${rest} left`)
  assert.ok(seen.datagrams > 1000, 'a call is on')
  assert.ok(loss <= 0.005, `the call loses ${loss * 100} %`)
  // A machine whose processors are busy answers late, which looks like a full line: how much of the rest is printed, not judged.
  assert.ok(upload >= 200, `the upload makes ${upload} of ${rest} kbit/s`)
  await backlog(6)
  await ben.page.getByTestId('uploads-slower').first().waitFor(patience)
  await assertAccessible(ben.page, 'studio, uploading slower')
})

test('when the call is over, the upload has the line to itself', async (context) => {
  await backlog(12)
  await ben.page.getByTestId('leave').click()
  await ben.page.getByTestId('leave-confirm').click()
  await ben.page.getByTestId('farewell').waitFor(patience)
  let best = 0
  for (const began = performance.now(); performance.now() - began < 25_000 && best < enough; ) {
    const seen = await measured(2)
    best = Math.max(best, kbits(seen.streamBytes, seen.seconds))
  }
  context.diagnostic(`upload ${best} kbit/s`)
  assert.ok(best >= enough, `${best} kbit/s`)
  await studio.stopTake(ana.page)
})
