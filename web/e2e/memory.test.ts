// C-08: two hours of recording in minutes. A real take whose chunks come many times as fast as they would: as many as in that
// time, through the same storage worker, files, uploads and server; the heaps are read after a forced collection.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { CDPSession } from 'playwright-core'
import { Person } from './browser.ts'
import { Server } from './server.ts'
import * as studio from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'
import { until } from './until.ts'

const minutes = Number(process.env.MINUTES ?? 80) // of the take, by its chunks
const every = 5 // minutes between two looks
const warmUp = minutes / 2 // to the end of a pause, which takes some memory once
// kB per minute of the take: one chunk that is held by mistake, of 180 a minute. Code that the browser compiles while it runs and
// what the listening debugger keeps of every request are some 10 to 16 of the page's.
const growthMax = 28
const chunks = { mic: { perMinute: 120, bytes: 8_000 }, camera: { perMinute: 60, bytes: 20_000 } }

let server: Server
let ana: Person

before(async () => {
  server = await Server.start(binary)
  ana = await Person.open('Ana', studio.fixtures(fixtureFolder, 20)[0])
})

after(async () => {
  await ana?.close()
  await server?.close()
})

// The storage worker and the keys of what is being written: what a faster device would hand it is handed to it.
async function listenIn(): Promise<void> {
  await ana.page.addInitScript(() => {
    const own: any = { keys: {}, written: 0 }
    Object.assign(window, { recorder: own })
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options)
        if (options?.name !== 'greenroom-vault') return
        own.vault = this
        this.addEventListener('message', ({ data }) => {
          if (data.event === 'appended') own.written += 1
          if (data.event === 'closed') own.keys = {}
        })
        const post = this.postMessage.bind(this) as (message: any, transfer?: any) => void
        this.postMessage = (message: any, transfer?: any) => {
          if (message.op === 'pcm') own.keys.mic = message.key
          if (message.op === 'append') own.keys.camera = message.key
          post(message, transfer ?? [])
        }
      }
    }
  })
}

async function record(count: number, from: number): Promise<void> {
  await ana.page.waitForFunction(() => Object.keys((window as any).recorder.keys).length === 2)
  await ana.page.evaluate(
    async ({ count, from, chunks }) => {
      const { recorder } = window as any
      const { vault, keys } = recorder
      for (let minute = from; minute < from + count; minute++) {
        const goal = recorder.written + chunks.mic.perMinute + chunks.camera.perMinute
        for (const [source, { perMinute, bytes }] of Object.entries(chunks)) {
          for (let at = 0; at < perMinute; at++) {
            const untilMs = Date.now() + (minute + at / perMinute) * 60_000
            vault.postMessage({ op: 'append', key: keys[source], blob: new Blob([new Uint8Array(bytes).fill(at)]), untilMs })
          }
        }
        while (recorder.written < goal) await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    { count, from, chunks },
  )
}

// Of the page and of its storage worker, whatever of it V8 or Blink holds.
class Heaps {
  private readonly session: CDPSession
  private readonly workers: string[] = []
  private next = 1

  private constructor(session: CDPSession) {
    this.session = session
  }

  static async open(person: Person): Promise<Heaps> {
    const session = await person.page.context().newCDPSession(person.page)
    const heaps = new Heaps(session)
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') heaps.workers.push(sessionId)
    })
    await session.send('HeapProfiler.enable')
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false })
    return heaps
  }

  // What stays: the least of some looks, between which what is on its way has moved on.
  async kilobytes(): Promise<{ page: number; worker: number }> {
    const looks = []
    for (let look = 0; look < 5; look++) {
      looks.push(await this.look())
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    return { page: Math.min(...looks.map(({ page }) => page)), worker: Math.min(...looks.map(({ worker }) => worker)) }
  }

  private async look(): Promise<{ page: number; worker: number }> {
    for (let round = 0; round < 2; round++) await this.session.send('HeapProfiler.collectGarbage')
    const page = sum(await this.session.send('Runtime.getHeapUsage'))
    let worker = 0
    for (const id of this.workers) {
      await this.ask(id, 'HeapProfiler.collectGarbage')
      worker += sum(await this.ask(id, 'Runtime.getHeapUsage'))
    }
    return { page, worker }
  }

  private ask(sessionId: string, method: string): Promise<any> {
    const id = this.next++
    const answer = new Promise((resolve) => {
      const listen = ({ sessionId: from, message }: { sessionId: string; message: string }) => {
        const said = JSON.parse(message)
        if (from !== sessionId || said.id !== id) return
        this.session.off('Target.receivedMessageFromTarget', listen)
        resolve(said.result)
      }
      this.session.on('Target.receivedMessageFromTarget', listen)
    })
    void this.session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) } as any)
    return answer
  }
}

// What the server has of its own (proc(5)): without files that the kernel keeps in memory, and without the blocks for bodies that
// come faster than a busy disk takes them. These are so many at most, are kept once they were needed (src/net/detail/large_pieces.hpp),
// and are what it asks large pages for ("hg").
function serverKilobytes(): number {
  const mappings = readFileSync(`/proc/${server.pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
  const own = mappings.filter((mapping) => !/^VmFlags:.* hg\b/m.test(mapping))
  return own.reduce((kilobytes, mapping) => kilobytes + Number(/^Anonymous:\s+(\d+)/m.exec(mapping)![1]) * 1.024, 0)
}

const sum = (usage: any) => Math.round((usage.usedSize + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0)) / 1000)

// kB per minute: the median of the slopes between all pairs (Theil and Sen), which single peaks do not tilt.
function slope(points: { minute: number; kilobytes: number }[]): number {
  const pairs = points.flatMap((a, at) => points.slice(at + 1).map((b) => (b.kilobytes - a.kilobytes) / (b.minute - a.minute)))
  return pairs.sort((a, b) => a - b)[Math.floor(pairs.length / 2)]!
}

const storedMegabytes = () =>
  ana.page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('greenroom-stems', { create: true })
    let bytes = 0
    for await (const file of (folder as any).values()) {
      const { size } = await file.getFile().catch(() => ({ size: 0 })) // deleted meanwhile
      bytes += size
    }
    return bytes / 1e6
  })

test('neither heaps nor the server grow with the recording, and storage is given back as the server confirms', async (context) => {
  await listenIn()
  await studio.createOwner(ana.page, server, 'Ana')
  await studio.createSession(ana.page, server, 'The long one')
  await studio.enterStudio(ana.page)
  const heaps = await Heaps.open(ana)
  await studio.startTake(ana.page)
  const seen: { minute: number; page: number; worker: number; server: number }[] = []
  const stored: number[] = []
  const began = performance.now()
  for (let minute = 0; minute < minutes; minute += every) {
    await record(every, minute)
    seen.push({ minute: minute + every, ...(await heaps.kilobytes()), server: Math.round(serverKilobytes()) })
    stored.push(await storedMegabytes())
    if (minute + every !== warmUp) continue
    // What a pause ends is sent whole, confirmed and gone from here before the take goes on.
    await ana.page.getByTestId('pause').click()
    await until(storedMegabytes, (left) => left === 0, 120, 'storage is given back')
    await ana.page.getByTestId('resume').click()
    await studio.waitForRecordBar(ana.page, 'recording')
  }
  const speed = (minutes * 60_000) / (performance.now() - began)
  const warm = seen.filter(({ minute }) => minute > warmUp)
  const growthOf = (what: 'page' | 'worker' | 'server') => slope(warm.map((look) => ({ minute: look.minute, kilobytes: look[what] })))
  const growth = { page: growthOf('page'), worker: growthOf('worker'), server: growthOf('server') }
  context.diagnostic(`${minutes} minutes at ${speed.toFixed(0)} times their speed; kB after each ${every}: ${seen.map(({ page, worker, server }) => `${page}+${worker}, ${server}`).join('; ')}`)
  context.diagnostic(`growth: page ${growth.page.toFixed(2)} kB/min, worker ${growth.worker.toFixed(2)}, server ${growth.server.toFixed(2)} kB/min; stored at most ${Math.max(...stored).toFixed(1)} MB`)
  await studio.stopTake(ana.page)
  await until(storedMegabytes, (left) => left === 0, 120, 'storage is given back')
  assert.ok(warm.every(({ worker }) => worker > 0), 'the worker was seen')
  assert.ok(growth.page < growthMax, `the page grows by ${growth.page} kB a minute`)
  assert.ok(growth.worker < growthMax, `the worker grows by ${growth.worker} kB a minute`)
  assert.ok(growth.server < growthMax, `the server grows by ${growth.server} kB a minute`)
  const [first, second] = [stored[warmUp / every - 1]!, stored.at(-1)!]
  assert.ok(second < first * 1.3, `the second half holds ${second} MB, the first ${first} MB`)
})
