// Unmodified clients from npm against the real server: tus-js-client in Node, Uppy with it in Chromium on a page of another
// site. Files arrive byte for byte whatever happens on the way (STO-01; C-02, C-03).
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import * as tus from 'tus-js-client'
import { Person } from './browser.ts'
import { foreignClient, openForeignPage } from './foreign.ts'
import { type Studio, startStudio, stored } from './tus_raw.ts'

const uploads = '/api/v1/uploads'
const patient = [0, 100, 300, 500, 1_000, 1_000, 2_000, 2_000, 2_000]

let studio: Studio
before(async () => {
  studio = await startStudio(['--cors-origin', '*'])
})
after(() => studio.server.close())

interface Running {
  upload: tus.Upload
  done: Promise<string> // the path of the upload
}

// Its types know browsers' inputs alone; in Node it takes a Buffer or a stream as well.
function upload(content: Buffer | Readable, options: Partial<tus.UploadOptions> = {}, base = studio.server.url): Running {
  let running!: tus.Upload
  const done = new Promise<string>((resolve, reject) => {
    running = new tus.Upload(content as unknown as Blob, {
      endpoint: new URL(uploads, base).href,
      headers: { Authorization: `Bearer ${studio.token}` },
      retryDelays: patient,
      onSuccess: () => resolve(new URL(running.url!).pathname),
      onError: reject,
      ...options,
    })
  })
  running.start()
  return { upload: running, done }
}

function arrivedWhole(path: string, content: Buffer): void {
  const kept = stored(studio.server, path)
  assert.equal(kept.length, content.length)
  assert.ok(kept.equals(content), 'the bytes differ')
}

describe('tus-js-client', () => {
  test('at once, in chunks, with creation, by POST, empty', async () => {
    const content = randomBytes(3_000_001)
    for (const options of [{}, { chunkSize: 700_000 }, { uploadDataDuringCreation: true }, { overridePatchMethod: true, chunkSize: 1 << 20 }, { addRequestId: true }])
      arrivedWhole(await upload(content, { ...options, metadata: { filename: 'äöü.bin', filetype: 'application/x-test' } }).done, content)
    arrivedWhole(await upload(Buffer.alloc(0)).done, Buffer.alloc(0))
  })

  test('a stream whose length nobody knows', async () => {
    const content = randomBytes(2_500_000)
    const stream = Readable.from([content.subarray(0, 1_000_003), content.subarray(1_000_003)])
    arrivedWhole(await upload(stream, { uploadLengthDeferred: true, chunkSize: 400_000 }).done, content)
  })

  test('paused and resumed, by the same client and by another', async () => {
    const content = randomBytes(4_000_000)
    let paused!: () => void
    const pause = new Promise<void>((resolve) => (paused = resolve))
    const first = upload(content, { chunkSize: 500_000, onChunkComplete: (_, accepted) => accepted >= 1_000_000 && paused() })
    await pause
    await first.upload.abort()
    const url = first.upload.url
    assert.ok(url)
    const { offset } = await head(url)
    assert.ok(offset >= 1_000_000 && offset < content.length)
    first.upload.start()
    arrivedWhole(await first.done, content)

    const second = upload(content, { chunkSize: 500_000, onChunkComplete: () => void second.upload.abort().then(again) })
    let again!: () => void
    await new Promise<void>((resolve) => (again = resolve))
    arrivedWhole(await upload(content, { uploadUrl: second.upload.url ?? null }).done, content)
  })

  test('in parallel: parts, joined', async () => {
    const content = randomBytes(5_000_003)
    for (const parallelUploads of [2, 7]) arrivedWhole(await upload(content, { parallelUploads, metadata: { filename: 'whole' } }).done, content)
  })

  test('many at once', async () => {
    const contents = Array.from({ length: 12 }, (_, i) => randomBytes(300_000 + i))
    const paths = await Promise.all(contents.map((content) => upload(content, { chunkSize: 100_000 }).done))
    for (const [i, path] of paths.entries()) arrivedWhole(path, contents[i]!)
  })

  test('the server is killed in the middle, and comes back', async () => {
    const content = randomBytes(6_000_000)
    for (const options of [{ chunkSize: 500_000 }, { chunkSize: 500_000, parallelUploads: 3 }, { uploadLengthDeferred: false, chunkSize: 1 << 20 }]) {
      let killed: Promise<void> | undefined
      const restart = async () => {
        await studio.server.kill('SIGKILL')
        await studio.server.run()
      }
      const running = upload(content, {
        ...options,
        onProgress: (sent) => {
          if (sent > 2_500_000) killed ??= restart()
        },
      })
      const path = await running.done
      assert.ok(killed, 'nothing was killed')
      await killed
      arrivedWhole(path, content)
    }
  })

  test('connections are cut without a word, in both directions', async () => {
    const content = randomBytes(4_000_000)
    const network = await BadNetwork.open(studio.server.url, 700_000)
    try {
      arrivedWhole(await upload(content, { chunkSize: 1 << 20 }, network.url).done, content)
      assert.ok(network.cuts >= 3, String(network.cuts))
    } finally {
      network.close()
    }
  })

  test('terminated', async () => {
    const running = upload(randomBytes(3_000_000), { chunkSize: 500_000, onChunkComplete: () => void running.upload.abort(true).then(gone) })
    let gone!: () => void
    await new Promise<void>((resolve) => (gone = resolve))
    assert.equal((await head(running.upload.url!)).status, 404)
  })

  for (const protocol of ['ietf-draft-03', 'ietf-draft-05'] as const) {
    test(`${protocol}: whole, in chunks, resumed`, async () => {
      const content = randomBytes(2_000_003)
      const options = { protocol } as Partial<tus.UploadOptions>
      for (const more of [{}, { chunkSize: 600_000 }, { uploadDataDuringCreation: true }, { uploadDataDuringCreation: true, chunkSize: 600_000 }])
        arrivedWhole(await upload(content, { ...options, ...more }).done, content)
      const cut = upload(content, { ...options, chunkSize: 500_000, onChunkComplete: () => void cut.upload.abort().then(again) })
      let again!: () => void
      await new Promise<void>((resolve) => (again = resolve))
      arrivedWhole(await upload(content, { ...options, uploadUrl: cut.upload.url ?? null }).done, content)
    })
  }
})

async function head(url: string): Promise<{ status: number; offset: number }> {
  const headers = { Authorization: `Bearer ${studio.token}`, 'Tus-Resumable': '1.0.0' }
  const answer = await fetch(url, { method: 'HEAD', headers })
  return { status: answer.status, offset: Number(answer.headers.get('upload-offset')) }
}

// Between a client and the server: each connection ends with a reset after so many bytes.
class BadNetwork {
  cuts = 0
  url = ''
  private readonly listener: NetServer
  private readonly open_ = new Set<Socket>()

  private constructor(target: URL, bytes: number) {
    this.listener = createServer((near) => {
      const far = connect(Number(target.port), target.hostname)
      let left = bytes
      for (const socket of [near, far]) {
        this.open_.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          this.open_.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      near.on('data', (piece) => {
        left -= piece.length
        if (left < 0) {
          this.cuts++
          near.resetAndDestroy()
          far.resetAndDestroy()
        } else if (!far.write(piece)) {
          near.pause()
          far.once('drain', () => near.resume())
        }
      })
      far.on('data', (piece) => near.write(piece))
    })
  }

  static async open(target: string, bytes: number): Promise<BadNetwork> {
    const network = new BadNetwork(new URL(target), bytes)
    await new Promise<void>((resolve) => network.listener.listen(0, '127.0.0.1', resolve))
    network.url = `http://127.0.0.1:${(network.listener.address() as { port: number }).port}`
    return network
  }

  close(): void {
    this.listener.close()
    for (const socket of this.open_) socket.destroy()
  }
}

describe('Uppy', () => {
  let person: Person
  before(async () => {
    const script = await foreignClient('tus_uppy_client.ts')
    person = await Person.open('Ana')
    await openForeignPage(person, script)
  })
  after(() => person?.close())

  const run = (files: { name: string; seed: number; size: number }[], options: object, pauses = false) =>
    person.page.evaluate(([input, more, pausing]) => (window as any).foreign.uploadFiles(input, more, pausing), [files, { ...options, endpoint: new URL(uploads, studio.server.url).href, headers: { Authorization: `Bearer ${studio.token}` }, retryDelays: patient }, pauses] as const) as Promise<{ failed: string[]; urls: Record<string, string> }>

  // As the page makes them (tus_uppy_client.ts).
  function pattern(seed: number, size: number): Buffer {
    const out = Buffer.alloc(size)
    let state = seed >>> 0
    for (let i = 0; i < size; i++) out[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
    return out
  }
  const files = [
    { name: 'one.bin', seed: 1, size: 1_500_000 },
    { name: 'two.bin', seed: 2, size: 70_001 },
    { name: 'three.bin', seed: 3, size: 2_000_000 },
  ]
  function allWhole(result: { failed: string[]; urls: Record<string, string> }): void {
    assert.deepEqual(result.failed, [])
    for (const file of files) arrivedWhole(new URL(result.urls[file.name]!).pathname, pattern(file.seed, file.size))
  }

  test('files of a page, whole and in chunks', async () => {
    allWhole(await run(files, {}))
    allWhole(await run(files, { chunkSize: 300_000, limit: 2 }))
  })

  test('paused and resumed', async () => allWhole(await run(files, { chunkSize: 200_000 }, true)))

  test('in parallel parts', async () => allWhole(await run(files, { parallelUploads: 3 })))

  test('the server is killed in the middle, and comes back', async () => {
    const running = run(files, { chunkSize: 100_000, limit: 1 })
    const kept = () => person.page.evaluate(() => (window as any).foreign.sent() as number)
    while ((await kept()) < 500_000) await new Promise((resolve) => setTimeout(resolve, 10))
    await studio.server.kill('SIGKILL')
    await studio.server.run()
    allWhole(await running)
  })
})
