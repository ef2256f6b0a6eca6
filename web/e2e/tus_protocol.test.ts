// tus 1.0.0, and the IETF's draft beside it, over every method, status and header field: raw HTTP against the real
// server (STO-01, STO-02; C-03). Words in quotes are requirements of the specification.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Answer, ask, type Fields, Raw, type Studio, startStudio, stored } from './tus_raw.ts'

const uploads = '/api/v1/uploads'
const octets = 'application/offset+octet-stream'
const nobody = `${uploads}/0190163d-8694-739b-aea5-966c26f8ad91`
const piece = 8_192 // the server takes in what has come when it is so much, or when no more will come
const long = Array.from({ length: 40_000 }, (_, i) => String.fromCharCode(97 + ((i * 7) % 26))).join('')
const patience = 5_000 // ms; generous: what is asserted is that nobody waits for a request that hangs, which takes 30 s

let studio: Studio
before(async () => {
  studio = await startStudio()
})
after(() => studio.server.close())

const bearer = () => ({ Authorization: `Bearer ${studio.token}` })
const base64 = (text: string) => Buffer.from(text).toString('base64')
const checksum = (algorithm: string, text: string) => `${algorithm} ${createHash(algorithm).update(text).digest('base64')}`

// Every answer to tus says so.
async function tus(method: string, path: string, fields: Fields = {}, body: string | Uint8Array = ''): Promise<Answer> {
  const answer = await ask(studio.server.url, method, path, { ...bearer(), 'Tus-Resumable': '1.0.0', ...fields }, body)
  assert.equal(answer.fields.get('tus-resumable'), '1.0.0', `${method} ${path} answered ${answer.status}`)
  assert.notEqual(answer.status, 423)
  if (answer.status >= 400 && method !== 'HEAD') assert.equal(answer.fields.get('content-type'), 'application/problem+json')
  return answer
}
const patch = (path: string, offset: number, body: string | Uint8Array, fields: Fields = {}) =>
  tus('PATCH', path, { 'Content-Type': octets, 'Upload-Offset': String(offset), ...fields }, body)
async function create(fields: Fields): Promise<string> {
  const answer = await tus('POST', uploads, fields)
  assert.equal(answer.status, 201, answer.body.toString())
  const location = answer.fields.get('location')
  assert.ok(location?.startsWith(`${uploads}/`))
  return location ?? ''
}
const make = (length: number, fields: Fields = {}) => create({ 'Upload-Length': String(length), ...fields })
async function offsetOf(path: string): Promise<string | undefined> {
  const head = await tus('HEAD', path)
  assert.equal(head.status, 200)
  return head.fields.get('upload-offset')
}
// A request whose body never ends.
async function hanging(path: string, offset: number, length: number, begun: string, more: Fields = {}): Promise<Raw> {
  const raw = await Raw.open(studio.server.url)
  raw.head('PATCH', path, { ...bearer(), 'Tus-Resumable': '1.0.0', 'Content-Type': octets, 'Upload-Offset': String(offset), 'Content-Length': String(length), ...more })
  raw.send(begun)
  return raw
}
// Until the server has begun to take in what was sent: the offset in the table follows after a quarter of a second.
async function arrived(path: string, size = piece): Promise<void> {
  const end = Date.now() + patience
  for (;;) {
    try {
      if (stored(studio.server, path).length >= size) return
    } catch {
      // not even begun
    }
    assert.ok(Date.now() < end, 'the bytes did not arrive')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
async function within(limit: number, what: () => Promise<void>): Promise<number> {
  const began = Date.now()
  await what()
  const took = Date.now() - began
  assert.ok(took < limit, `${took} ms`)
  return took
}

describe('core protocol', () => {
  test('OPTIONS tells versions, extensions, size and algorithms', async () => {
    for (const path of [uploads, await make(1)]) {
      for (const version of [{}, { 'Tus-Resumable': '0.0.1' }]) {
        const answer = await ask(studio.server.url, 'OPTIONS', path, version as Fields)
        assert.ok(answer.status === 204 || answer.status === 200)
        assert.equal(answer.fields.get('tus-version'), '1.0.0')
        assert.match(answer.fields.get('tus-max-size') ?? '', /^\d+$/)
        const extensions = (answer.fields.get('tus-extension') ?? '').split(',').sort()
        assert.deepEqual(extensions, ['checksum', 'concatenation', 'creation', 'creation-defer-length', 'creation-with-upload', 'expiration', 'termination'])
        const algorithms = (answer.fields.get('tus-checksum-algorithm') ?? '').split(',')
        assert.ok(algorithms.includes('sha1'), 'at least SHA-1')
        for (const name of algorithms) assert.match(name, /^[a-z0-9]+$/)
      }
    }
  })

  test('another version is 412 with Tus-Version, and the request is not processed', async () => {
    const path = await make(5)
    for (const version of [{ 'Tus-Resumable': '0.2.2' }, { 'Tus-Resumable': '1.0.1' }, { 'Tus-Resumable': '' }]) {
      for (const [method, where, body] of [['POST', uploads, ''], ['HEAD', path, ''], ['PATCH', path, 'hello'], ['DELETE', path, '']] as const) {
        const more = { 'Upload-Length': '5', 'Upload-Offset': '0', 'Content-Type': octets }
        const answer = await ask(studio.server.url, method, where, { ...bearer(), ...more, ...version }, body)
        assert.equal(answer.status, 412, `${method} ${JSON.stringify(version)}`)
        assert.equal(answer.fields.get('tus-version'), '1.0.0')
        assert.equal(answer.fields.get('location'), undefined)
      }
    }
    const without = await ask(studio.server.url, 'HEAD', path, bearer())
    assert.equal(without.status, 412)
    assert.equal(await offsetOf(path), '0')
  })

  test('HEAD: offset always, length when known, never cached', async () => {
    const path = await make(11)
    for (const [offset, more] of [[0, 'hello '], [6, 'world'], [11, '']] as const) {
      const head = await tus('HEAD', path)
      assert.equal(head.status, 200)
      assert.equal(head.fields.get('upload-offset'), String(offset))
      assert.equal(head.fields.get('upload-length'), '11')
      assert.equal(head.fields.get('cache-control'), 'no-store')
      assert.equal(head.fields.get('upload-defer-length'), undefined)
      if (more) await patch(path, offset, more)
    }
    for (const path of [nobody, `${uploads}/nonsense`]) {
      const head = await tus('HEAD', path)
      assert.equal(head.status, 404)
      assert.equal(head.fields.get('upload-offset'), undefined)
    }
  })

  test('PATCH appends and tells the new offset', async () => {
    const path = await make(11)
    const first = await patch(path, 0, 'hello ')
    assert.equal(first.status, 204)
    assert.equal(first.fields.get('upload-offset'), '6')
    const nothing = await patch(path, 6, '')
    assert.deepEqual([nothing.status, nothing.fields.get('upload-offset')], [204, '6'])
    assert.equal((await patch(path, 6, 'world')).fields.get('upload-offset'), '11')
    assert.equal(stored(studio.server, path).toString(), 'hello world')
  })

  test('a chunked body is a body', async () => {
    const path = await make(11)
    const raw = await Raw.open(studio.server.url)
    raw.head('PATCH', path, { ...bearer(), 'Tus-Resumable': '1.0.0', 'Content-Type': octets, 'Upload-Offset': '0', 'Transfer-Encoding': 'chunked' })
    raw.send('6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n')
    assert.equal((await raw.answer()).fields.get('upload-offset'), '11')
    raw.close()
  })

  test('409 for another offset, which changes nothing', async () => {
    const path = await make(10)
    await patch(path, 0, '012')
    for (const offset of [0, 2, 4, 10, 4_000]) assert.equal((await patch(path, offset, 'x')).status, 409)
    assert.equal(await offsetOf(path), '3')
  })

  test('400 for an offset that is no number, 415 for another type, 404 for what is not there', async () => {
    const path = await make(10)
    for (const offset of ['', '-1', '1.0', '0x0', 'zero', '99999999999999999999']) {
      const answer = await tus('PATCH', path, { 'Content-Type': octets, 'Upload-Offset': offset }, 'x')
      assert.equal(answer.status, 400, offset)
    }
    assert.equal((await tus('PATCH', path, { 'Content-Type': octets }, 'x')).status, 400)
    for (const type of ['application/octet-stream', 'text/plain', ''])
      assert.equal((await patch(path, 0, 'x', { 'Content-Type': type })).status, 415)
    assert.equal((await patch(nobody, 0, 'x')).status, 404)
    assert.equal(await offsetOf(path), '0')
  })

  test('413 for more bytes than there is room, 403 after the end', async () => {
    const path = await make(3)
    assert.equal((await patch(path, 0, '0123')).status, 413)
    assert.equal(await offsetOf(path), '0')
    assert.equal((await patch(path, 0, '012')).status, 204)
    assert.equal((await patch(path, 3, '3')).status, 403)
    assert.equal((await patch(path, 3, '')).status, 204, 'the last request again, its answer lost')
    assert.equal(stored(studio.server, path).toString(), '012')
  })

  test('what arrived before the connection died is kept', async () => {
    const path = await make(100_000)
    for (const [begin, end] of [[0, 20_000], [20_000, 20_010]] as const) {
      const raw = await hanging(path, begin, 50_000, long.slice(begin, end))
      if (end - begin > piece) await arrived(path)
      raw.close()
      const offset = Number(await offsetOf(path))
      assert.ok(offset >= begin && offset <= end, String(offset))
      if (offset < end) assert.equal((await patch(path, offset, long.slice(offset, end))).status, 204)
    }
    assert.ok(stored(studio.server, path).toString() === long.slice(0, 20_010))
  })

  test('X-HTTP-Method-Override stands for the method', async () => {
    const path = await make(5)
    const override = (method: string) => ({ 'X-HTTP-Method-Override': method })
    const appended = await tus('POST', path, { ...override('PATCH'), 'Content-Type': octets, 'Upload-Offset': '0' }, 'hel')
    assert.deepEqual([appended.status, appended.fields.get('upload-offset')], [204, '3'])
    assert.equal((await tus('POST', path, override('HEAD'))).fields.get('upload-offset'), '3')
    assert.equal((await tus('POST', path, override('DELETE'))).status, 204)
    assert.equal((await tus('HEAD', path)).status, 404)
  })

  test('only whoever made it may touch it: 401 without a name, 404 for others', async () => {
    const path = await make(5)
    assert.equal((await ask(studio.server.url, 'HEAD', path, { 'Tus-Resumable': '1.0.0' })).status, 401)
    assert.equal((await ask(studio.server.url, 'POST', uploads, { 'Tus-Resumable': '1.0.0', 'Upload-Length': '1' })).status, 401)
    const other = { Authorization: `Bearer ${studio.stranger}` }
    for (const method of ['HEAD', 'DELETE']) assert.equal((await tus(method, path, other)).status, 404)
    assert.equal((await patch(path, 0, 'x', other)).status, 404)
  })

  test('pages of other origins may use it: preflight and exposed fields', async () => {
    const origin = { Origin: 'https://pages.example' }
    const preflight = await ask(studio.server.url, 'OPTIONS', uploads, { ...origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'tus-resumable' })
    const allowed = (preflight.fields.get('access-control-allow-headers') ?? '').toLowerCase()
    for (const name of ['tus-resumable', 'upload-length', 'upload-offset', 'upload-metadata', 'upload-defer-length', 'upload-concat', 'upload-checksum', 'x-http-method-override', 'content-type', 'authorization', 'upload-complete'])
      assert.ok(allowed.includes(name), name)
    const head = await tus('HEAD', await make(1), origin)
    const exposed = (head.fields.get('access-control-expose-headers') ?? '').toLowerCase()
    for (const name of ['tus-resumable', 'tus-version', 'tus-extension', 'tus-max-size', 'tus-checksum-algorithm', 'upload-offset', 'upload-length', 'upload-expires', 'upload-metadata', 'upload-defer-length', 'upload-concat', 'location', 'upload-complete', 'upload-limit'])
      assert.ok(exposed.includes(name), name)
  })
})

describe('creation', () => {
  test('wants a length or its deferral, and knows the limit', async () => {
    assert.equal((await tus('POST', uploads)).status, 400)
    assert.equal((await tus('POST', uploads, { 'Upload-Length': '1', 'Upload-Defer-Length': '1' })).status, 400)
    assert.equal((await tus('POST', uploads, { 'Upload-Defer-Length': '2' })).status, 400)
    for (const length of ['-1', 'ten', '1.5', '']) assert.equal((await tus('POST', uploads, { 'Upload-Length': length })).status, 400, length)
    const max = (await ask(studio.server.url, 'OPTIONS', uploads)).fields.get('tus-max-size')
    assert.equal((await tus('POST', uploads, { 'Upload-Length': String(Number(max) + 1) })).status, 413)
  })

  test('an empty upload is complete as it is', async () => {
    const path = await make(0)
    const head = await tus('HEAD', path)
    assert.deepEqual([head.fields.get('upload-offset'), head.fields.get('upload-length')], ['0', '0'])
    assert.equal(stored(studio.server, path).length, 0)
  })

  test('metadata comes back as it was sent; what is none is 400', async () => {
    const metadata = `filename ${base64('world.pdf')},confidential,type ${base64('application/pdf')}`
    assert.equal((await tus('HEAD', await make(1, { 'Upload-Metadata': metadata }))).fields.get('upload-metadata'), metadata)
    assert.equal((await tus('HEAD', await make(1))).fields.get('upload-metadata'), undefined)
    for (const bad of ['a !', `a ${base64('x')},a ${base64('y')}`, ',', `a ${base64('x')},`, 'a YQ'])
      assert.equal((await tus('POST', uploads, { 'Upload-Length': '1', 'Upload-Metadata': bad })).status, 400, bad)
  })

  test('with upload: the first bytes come along', async () => {
    const some = await tus('POST', uploads, { 'Upload-Length': '11', 'Content-Type': octets }, 'hello ')
    assert.deepEqual([some.status, some.fields.get('upload-offset')], [201, '6'])
    const path = some.fields.get('location')!
    assert.equal((await patch(path, 6, 'world')).status, 204)
    const all = await tus('POST', uploads, { 'Upload-Length': '5', 'Content-Type': octets }, 'hello')
    assert.equal(all.fields.get('upload-offset'), '5')
    assert.equal(stored(studio.server, all.fields.get('location')!).toString(), 'hello')
    assert.equal((await tus('POST', uploads, { 'Upload-Length': '5', 'Content-Type': 'text/plain' }, 'hello')).status, 415)
    assert.equal((await tus('POST', uploads, { 'Upload-Length': '3', 'Content-Type': octets }, 'hello')).status, 413)
  })

  test('with upload: Expect: 100-continue is answered before the body', async () => {
    const raw = await Raw.open(studio.server.url)
    raw.head('POST', uploads, { ...bearer(), 'Tus-Resumable': '1.0.0', 'Upload-Length': '5', 'Content-Type': octets, 'Content-Length': '5', Expect: '100-continue' })
    assert.equal((await raw.answer()).status, 100)
    raw.send('hello')
    assert.deepEqual([(await raw.answer()).status], [201])
    raw.close()
  })

  test('deferred length: told while it is unknown, set once, never changed', async () => {
    const path = await create({ 'Upload-Defer-Length': '1' })
    const head = await tus('HEAD', path)
    assert.deepEqual([head.fields.get('upload-defer-length'), head.fields.get('upload-length')], ['1', undefined])
    assert.equal((await patch(path, 0, 'hello')).status, 204)
    assert.equal((await patch(path, 5, '', { 'Upload-Length': '4' })).status, 400, 'shorter than it is')
    assert.equal((await patch(path, 5, '!', { 'Upload-Length': '7' })).status, 204)
    const known = await tus('HEAD', path)
    assert.deepEqual([known.fields.get('upload-defer-length'), known.fields.get('upload-length')], [undefined, '7'])
    assert.equal((await patch(path, 6, '!', { 'Upload-Length': '8' })).status, 400)
    assert.equal((await patch(path, 6, '!', { 'Upload-Length': '7' })).status, 204)
    assert.equal(stored(studio.server, path).toString(), 'hello!!')
  })
})

test('expiration: Upload-Expires in every answer about an upload that is not complete', async () => {
  const made = await tus('POST', uploads, { 'Upload-Length': '5' })
  const path = made.fields.get('location')!
  for (const answer of [made, await tus('HEAD', path), await patch(path, 0, 'hel')]) {
    const expires = answer.fields.get('upload-expires') ?? ''
    assert.match(expires, /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/)
    assert.ok(Date.parse(expires) > Date.now())
  }
  assert.equal((await patch(path, 3, 'lo')).fields.get('upload-expires'), undefined)
})

describe('checksum', () => {
  test('each algorithm: kept when it matches, 460 and nothing kept when it does not', async () => {
    const crc32 = 'crc32 NhCmhg==' // of "hello"
    for (const sum of [checksum('sha1', 'hello'), checksum('sha256', 'hello'), checksum('md5', 'hello'), crc32]) {
      const path = await make(10)
      const wrong = await patch(path, 0, 'hellO', { 'Upload-Checksum': sum })
      assert.equal(wrong.status, 460, sum)
      assert.equal(wrong.reason, 'Checksum Mismatch')
      assert.equal(await offsetOf(path), '0')
      const right = await patch(path, 0, 'hello', { 'Upload-Checksum': sum })
      assert.deepEqual([right.status, right.fields.get('upload-offset')], [204, '5'])
      assert.equal((await patch(path, 5, 'hellO', { 'Upload-Checksum': sum })).status, 460)
      assert.equal((await patch(path, 5, 'world')).status, 204)
      assert.equal(stored(studio.server, path).toString(), 'helloworld')
    }
  })

  test('400 for an algorithm that is not offered and for what is no checksum', async () => {
    const path = await make(5)
    for (const sum of ['sha512 AAAA', 'SHA1 qvTGHdzF6KLavt4PO0gs2a6pQ00=', 'sha1', 'sha1 AAAA', 'sha1 ????', ''])
      assert.equal((await patch(path, 0, 'hello', { 'Upload-Checksum': sum })).status, 400, sum)
    assert.equal(await offsetOf(path), '0')
  })

  test('a body whose connection dies before its end leaves nothing', async () => {
    const path = await make(long.length)
    const sum = { 'Upload-Checksum': checksum('sha1', long) }
    const raw = await hanging(path, 0, long.length, long.slice(0, 20_000), sum)
    await arrived(path)
    raw.close()
    assert.equal(await offsetOf(path), '0')
    assert.equal((await patch(path, 0, long, sum)).status, 204)
    assert.ok(stored(studio.server, path).toString() === long)
  })

  test('with creation: 460, the upload is there and empty', async () => {
    const fields = { 'Upload-Length': '5', 'Content-Type': octets, 'Upload-Checksum': checksum('sha1', 'hello') }
    const wrong = await tus('POST', uploads, fields, 'hellO')
    assert.equal(wrong.status, 460)
    assert.equal(await offsetOf(wrong.fields.get('location')!), '0')
    assert.equal((await tus('POST', uploads, fields, 'hello')).status, 201)
  })
})

describe('termination', () => {
  test('204, and then it is gone', async () => {
    for (const bytes of ['he', 'hello']) {
      const path = await make(5)
      await patch(path, 0, bytes)
      assert.equal((await tus('DELETE', path)).status, 204)
      for (const method of ['HEAD', 'DELETE']) assert.ok([404, 410].includes((await tus(method, path)).status))
      assert.ok([404, 410].includes((await patch(path, bytes.length, 'x')).status))
    }
    assert.equal((await tus('DELETE', nobody)).status, 404)
  })

  test('a request that is still writing is stopped', async () => {
    const path = await make(100_000)
    const raw = await hanging(path, 0, 100_000, long.slice(0, 20_000))
    await arrived(path)
    await within(patience, async () => assert.equal((await tus('DELETE', path)).status, 204))
    raw.send(long)
    assert.ok([404, 409, 410].includes((await raw.answer()).status))
    raw.close()
  })
})

describe('concatenation', () => {
  const part = async (text: string, fields: Fields = {}) => {
    const path = await make(text.length, { 'Upload-Concat': 'partial', ...fields })
    assert.equal((await patch(path, 0, text)).status, 204)
    return path
  }

  test('parts become a whole, absolute and relative, more than once', async () => {
    const hello = await part('hello ', { 'Upload-Metadata': `filename ${base64('part')}` })
    const world = await part('world')
    const head = await tus('HEAD', hello)
    assert.deepEqual([head.fields.get('upload-concat'), head.fields.get('upload-offset')], ['partial', '6'])
    const concat = `final;${hello} ${new URL(world, studio.server.url)} ${hello}`
    for (let i = 0; i < 2; ++i) {
      const made = await tus('POST', uploads, { 'Upload-Concat': concat })
      assert.equal(made.status, 201, made.body.toString())
      assert.equal(made.fields.get('upload-concat'), concat)
      const whole = made.fields.get('location')!
      const seen = await tus('HEAD', whole)
      assert.equal(seen.fields.get('upload-concat'), concat)
      assert.deepEqual([seen.fields.get('upload-offset'), seen.fields.get('upload-length')], ['17', '17'])
      assert.equal(seen.fields.get('upload-metadata'), undefined, "parts' metadata is not the whole's")
      assert.equal(stored(studio.server, whole).toString(), 'hello worldhello ')
      for (const offset of [0, 17]) assert.equal((await patch(whole, offset, 'x')).status, 403)
      assert.equal(await offsetOf(whole), '17')
    }
    assert.equal(await offsetOf(world), '5')
  })

  test('parts of deferred length and with their first bytes at creation', async () => {
    const made = await tus('POST', uploads, { 'Upload-Concat': 'partial', 'Upload-Defer-Length': '1', 'Content-Type': octets }, 'ab')
    assert.equal(made.fields.get('upload-concat'), 'partial')
    const path = made.fields.get('location')!
    await patch(path, 2, 'c', { 'Upload-Length': '3' })
    const whole = await create({ 'Upload-Concat': `final;${path}`, 'Upload-Metadata': `filename ${base64('x')}` })
    assert.equal((await tus('HEAD', whole)).fields.get('upload-metadata'), `filename ${base64('x')}`)
    assert.equal(stored(studio.server, whole).toString(), 'abc')
  })

  test('unfinished parts are 409 (concatenation-unfinished is not offered), others 400', async () => {
    const whole = await part('whole')
    const half = await make(5, { 'Upload-Concat': 'partial' })
    assert.equal((await tus('POST', uploads, { 'Upload-Concat': `final;${whole} ${half}` })).status, 409)
    await patch(half, 0, 'there')
    assert.equal((await tus('POST', uploads, { 'Upload-Concat': `final;${whole} ${half}` })).status, 201)
    const plain = await make(0)
    for (const concat of [`final;${plain}`, `final;${nobody}`, 'final;/files/a', 'final;', 'whole', `final;${whole} ${uploads}/x`])
      assert.equal((await tus('POST', uploads, { 'Upload-Concat': concat })).status, 400, concat)
    assert.equal((await tus('POST', uploads, { 'Upload-Concat': `final;${whole}`, 'Upload-Length': '5' })).status, 400)
    assert.equal((await tus('POST', uploads, { 'Upload-Concat': `final;${whole}`, 'Content-Type': octets }, 'x')).status, 403)
    const other = { Authorization: `Bearer ${studio.stranger}` }
    assert.equal((await tus('POST', uploads, { ...other, 'Upload-Concat': `final;${whole}` })).status, 400)
  })
})

describe('nobody waits for a request that hangs: no 423', () => {
  test('HEAD settles it, PATCH goes on, its late bytes count for nothing', async (t) => {
    const path = await make(long.length)
    const stale = await hanging(path, 0, long.length, long.slice(0, 20_000))
    await arrived(path)
    let offset = 0
    const took = await within(patience, async () => {
      offset = Number(await offsetOf(path))
      assert.ok(offset >= piece && offset <= 20_000)
      assert.equal((await patch(path, offset, long.slice(offset, 30_000))).status, 204)
    })
    t.diagnostic(`taken over in ${took} ms`)
    stale.send('x'.repeat(20_000))
    assert.equal((await stale.answer()).status, 409)
    assert.equal((await patch(path, 30_000, long.slice(30_000))).status, 204)
    assert.ok(stored(studio.server, path).toString() === long)
    stale.close()
  })

  test('a PATCH that knows the offset needs no HEAD', async () => {
    const path = await make(long.length)
    const stale = await hanging(path, 0, long.length, long.slice(0, 20_000))
    await arrived(path)
    await within(patience, async () => {
      const answer = await patch(path, 0, long)
      assert.ok(answer.status === 204 || answer.status === 409, String(answer.status))
      if (answer.status === 204) return
      const offset = Number(await offsetOf(path)) // it had been acknowledged meanwhile
      assert.equal((await patch(path, offset, long.slice(offset))).status, 204)
    })
    assert.equal(await offsetOf(path), String(long.length))
    assert.ok(stored(studio.server, path).toString() === long)
    stale.close()
  })

  test('twenty at once: one wins, none is corrupt', async () => {
    const text = 'x'.repeat(2_000)
    const path = await make(text.length)
    const answers = await Promise.all(Array.from({ length: 20 }, () => patch(path, 0, text)))
    for (const answer of answers) assert.ok([204, 403, 409].includes(answer.status), String(answer.status))
    assert.ok(answers.some((answer) => answer.status === 204))
    assert.equal(stored(studio.server, path).toString(), text)
  })
})

describe("the IETF's draft, at the same addresses", () => {
  const types = 'https://iana.org/assignments/http-problem-types#'
  const draft = (method: string, path: string, fields: Fields = {}, body = '') =>
    ask(studio.server.url, method, path, { ...bearer(), 'Upload-Draft-Interop-Version': '8', ...fields }, body)
  const append = (path: string, offset: number, complete: string, body: string, fields: Fields = {}) =>
    draft('PATCH', path, { 'Content-Type': 'application/partial-upload', 'Upload-Offset': String(offset), 'Upload-Complete': complete, ...fields }, body)

  test('OPTIONS: Accept-Patch and Upload-Limit', async () => {
    const answer = await ask(studio.server.url, 'OPTIONS', uploads)
    assert.match(answer.fields.get('accept-patch') ?? '', /application\/partial-upload/)
    assert.match(answer.fields.get('upload-limit') ?? '', /^max-size=\d+$/)
  })

  test('creation: 104 with the address before the body, of the version that was asked for', async () => {
    for (const version of ['4', '5', '6', '7', '8']) {
      const raw = await Raw.open(studio.server.url)
      raw.head('POST', uploads, { ...bearer(), 'Upload-Draft-Interop-Version': version, 'Upload-Complete': '?1', 'Content-Length': '5' })
      const interim = await raw.answer()
      assert.deepEqual([interim.status, interim.reason], [104, 'Upload Resumption Supported'])
      assert.equal(interim.fields.get('upload-draft-interop-version'), version)
      assert.match(interim.fields.get('upload-limit') ?? '', /max-size=\d+/)
      raw.send('hello')
      const final = await raw.answer()
      assert.deepEqual([final.status, final.fields.get('upload-complete')], [201, '?1'])
      assert.equal(final.fields.get('location'), interim.fields.get('location'))
      assert.equal(stored(studio.server, final.fields.get('location')!).toString(), 'hello')
      raw.close()
    }
  })

  test('no 104 without a version or for one that we do not know', async () => {
    for (const version of [{}, { 'Upload-Draft-Interop-Version': '99' }]) {
      const answer = await ask(studio.server.url, 'POST', uploads, { ...bearer(), 'Upload-Complete': '?1', ...(version as Fields) }, 'hello')
      assert.deepEqual([answer.status, answer.fields.get('upload-complete')], [201, '?1'])
    }
    assert.equal((await draft('POST', uploads, { 'Upload-Draft-Interop-Version': '3', 'Upload-Incomplete': '?0' })).status, 412)
  })

  test('cut off after the 104: HEAD, and on from there', async () => {
    const raw = await Raw.open(studio.server.url)
    raw.head('POST', uploads, { ...bearer(), 'Upload-Draft-Interop-Version': '8', 'Upload-Complete': '?1', 'Content-Length': String(long.length) })
    const path = (await raw.answer()).fields.get('location')!
    raw.send(long.slice(0, 20_000))
    await arrived(path)
    raw.close()
    const head = await draft('HEAD', path)
    assert.ok(head.status === 200 || head.status === 204)
    assert.deepEqual(['upload-complete', 'upload-length', 'cache-control'].map((name) => head.fields.get(name)), ['?0', String(long.length), 'no-store'])
    assert.match(head.fields.get('upload-limit') ?? '', /max-age=\d+/)
    const offset = Number(head.fields.get('upload-offset'))
    assert.ok(offset >= piece && offset <= 20_000)
    const last = await append(path, offset, '?1', long.slice(offset))
    assert.deepEqual([last.status, last.fields.get('upload-complete')], [204, '?1'])
    assert.equal((await draft('HEAD', path)).fields.get('upload-complete'), '?1')
    assert.ok(stored(studio.server, path).toString() === long)
  })

  test('in parts of unknown length, the end without content', async () => {
    const made = await draft('POST', uploads, { 'Upload-Complete': '?0' })
    assert.deepEqual([made.status, made.fields.get('upload-complete')], [201, '?0'])
    const path = made.fields.get('location')!
    assert.equal((await append(path, 0, '?0', 'hello')).fields.get('upload-complete'), '?0')
    assert.equal((await draft('HEAD', path)).fields.get('upload-length'), undefined)
    assert.equal((await append(path, 5, '?1', '')).fields.get('upload-complete'), '?1')
    assert.equal(stored(studio.server, path).toString(), 'hello')
  })

  test('a chunked body whose end is the end', async () => {
    const raw = await Raw.open(studio.server.url)
    raw.head('POST', uploads, { ...bearer(), 'Upload-Complete': '?1', 'Transfer-Encoding': 'chunked' })
    raw.send('5\r\nhello\r\n0\r\n\r\n')
    const answer = await raw.answer()
    assert.deepEqual([answer.status, answer.fields.get('upload-complete')], [201, '?1'])
    assert.equal(stored(studio.server, answer.fields.get('location')!).toString(), 'hello')
    raw.close()
  })

  test('409 with the right offset, 400 for lengths that contradict, 413 with the limit, 415', async () => {
    const path = (await draft('POST', uploads, { 'Upload-Complete': '?0', 'Upload-Length': '5' }, 'he')).fields.get('location')!
    const ahead = await append(path, 4, '?1', 'o')
    assert.deepEqual([ahead.status, ahead.fields.get('upload-offset')], [409, '2'])
    const problem = JSON.parse(ahead.body.toString())
    assert.deepEqual([problem.type, problem['expected-offset'], problem['provided-offset']], [`${types}mismatching-upload-offset`, 2, 4])
    for (const [complete, body, fields] of [['?1', 'l', {}], ['?0', 'l', { 'Upload-Length': '7' }]] as const) {
      const answer = await append(path, 2, complete, body, fields as Fields)
      assert.deepEqual([answer.status, JSON.parse(answer.body.toString()).type], [400, `${types}inconsistent-upload-length`])
    }
    const large = await append(path, 2, '?0', 'llo and more')
    assert.equal(large.status, 413)
    assert.match(large.fields.get('upload-limit') ?? '', /max-size/)
    assert.equal((await draft('PATCH', path, { 'Content-Type': 'text/plain', 'Upload-Offset': '2', 'Upload-Complete': '?0' }, 'l')).status, 415)
    assert.equal((await draft('PATCH', path, { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '2' }, 'l')).status, 400)
    assert.equal((await append(path, 2, '?1', 'llo')).status, 204)
    assert.equal((await append(path, 5, '?1', '!')).status, 400)
    assert.equal((await draft('DELETE', path)).status, 204)
    assert.equal((await draft('HEAD', path)).status, 404)
  })

  test('whoever began with tus may go on with the draft, and back', async () => {
    const path = await make(10)
    assert.equal((await append(path, 0, '?0', '01234')).status, 204)
    assert.equal(await offsetOf(path), '5')
    assert.equal((await patch(path, 5, '567')).status, 204)
    assert.equal((await append(path, 8, '?1', '89')).fields.get('upload-complete'), '?1')
    assert.equal(stored(studio.server, path).toString(), '0123456789')
  })
})
