// Sign-in by OpenID Connect with npm's oidc-provider, unmodified: its own development pages ask for name and consent.
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { Provider } from 'oidc-provider'
import { Server } from './server.ts'
import { binary } from './suite.ts'
import { type Page, Visitor } from './visitor.ts'

const secret = 'a secret: with /signs+'

let http: HttpServer
let issuer: string
let answer: RequestListener
let server: Server

function key(algorithm: 'RS256' | 'ES256', id: string): object {
  const { privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid: id, alg: algorithm, use: 'sig' }
}

// The provider as it is from now on: what it signs with, and what clients of it may do.
function provide(algorithm: 'RS256' | 'ES256', id: string): void {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'greenroom',
        client_secret: secret,
        redirect_uris: [`${server.url}/api/v1/sign-in/oidc/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        id_token_signed_response_alg: algorithm,
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    jwks: { keys: [key(algorithm, id)] },
    cookies: { keys: ['only for tests'] },
    findAccount: (_: unknown, login: string) => ({
      accountId: login,
      claims: () => ({
        sub: login,
        email: `${login}@example.org`,
        email_verified: login !== 'unproven',
        name: login[0]!.toUpperCase() + login.slice(1),
      }),
    }),
  })
  answer = provider.callback()
}

before(async () => {
  http = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1')
  await once(http, 'listening')
  issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  server = await Server.start(binary, undefined, [
    ...['--oidc-issuer', issuer, '--oidc-client-id', 'greenroom'],
    ...['--oidc-client-secret', secret, '--oidc-name', 'the provider'],
  ])
  provide('RS256', 'first')
})

after(async () => {
  await server?.close()
  http?.close()
  http?.closeAllConnections()
})

const isOurs = (url: URL) => url.origin === server.url && !url.pathname.startsWith('/api/')

async function toProvider(visitor: Visitor, next = '/account'): Promise<Page> {
  const page = await visitor.go(`${server.url}/api/v1/sign-in/oidc?next=${encodeURIComponent(next)}`)
  assert.ok(page.url.startsWith(`${issuer}/interaction/`), `${page.url}: ${page.text}\n${server.log}`)
  return page
}

// As somebody would: name, password, "continue"; ends at the page of ours that they land on.
async function signIn(visitor: Visitor, login: string): Promise<string> {
  const asksName = await toProvider(visitor)
  const form = { prompt: 'login', login, password: 'whatever' }
  const asksConsent = await visitor.go(asksName.url, form, isOurs)
  if (isOurs(new URL(asksConsent.url))) return asksConsent.url.slice(server.url.length)
  const done = await visitor.go(asksConsent.url, { prompt: 'consent' }, isOurs)
  return done.url.slice(server.url.length)
}

const me = async (visitor: Visitor) => (await visitor.call('GET', `${server.url}/api/v1/me`)).json.user

test('the provider is offered', async () => {
  const { json } = await new Visitor().call('GET', `${server.url}/api/v1/sign-in/providers`)
  assert.deepEqual(json, { items: [{ id: 'oidc', name: 'the provider' }] })
})

let cy: string

test('somebody new has an account, and the same one the next time', async () => {
  const visitor = new Visitor()
  assert.equal(await signIn(visitor, 'cy'), '/account')
  const user = await me(visitor)
  assert.equal(user.email, 'cy@example.org')
  assert.equal(user.name, 'Cy')
  assert.equal(user.emailVerified, true)
  cy = user.id
  const elsewhere = new Visitor()
  await signIn(elsewhere, 'cy')
  assert.equal((await me(elsewhere)).id, cy)
})

test('when the provider changes its keys, signing in goes on', async () => {
  provide('ES256', 'second')
  const visitor = new Visitor()
  await signIn(visitor, 'cy')
  assert.equal((await me(visitor)).id, cy)
})

test('an address that the provider does not vouch for is refused', async () => {
  const visitor = new Visitor()
  assert.match(await signIn(visitor, 'unproven'), /^\/login\?error=/)
  assert.equal((await visitor.call('GET', `${server.url}/api/v1/me`)).status, 401)
})

test('who cancels at the provider is told so', async () => {
  const visitor = new Visitor()
  const page = await toProvider(visitor)
  const abort = /href="([^"]+\/abort)"/.exec(page.text)![1]!
  const end = await visitor.go(new URL(abort, page.url).href, undefined, isOurs)
  assert.match(decodeURIComponent(end.url), /\/login\?error=the sign-in was cancelled/)
})

test("somebody else's way back is no way in", async () => {
  const eve = new Visitor()
  const page = await toProvider(eve)
  const isCallback = (url: URL) => url.pathname.endsWith('/callback')
  const consent = await eve.go(page.url, { prompt: 'login', login: 'eve', password: 'x' })
  const { url } = await eve.go(consent.url, { prompt: 'consent' }, isCallback)
  assert.ok(isCallback(new URL(url)))
  const victim = new Visitor()
  await toProvider(victim)
  assert.match((await victim.go(url, undefined, isOurs)).url, /\/login\?error=/)
  assert.equal((await victim.call('GET', `${server.url}/api/v1/me`)).status, 401)
})

// RFC 6238.
function totp(base32: string, at: number): string {
  const bits = [...base32].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const bytes = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const digest = createHmac('sha1', bytes).update(counter).digest()
  const number = digest.readUInt32BE(digest.at(-1)! & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

test('a second factor stands behind the provider', async () => {
  const visitor = new Visitor()
  await signIn(visitor, 'cy')
  const begun = await visitor.call('POST', `${server.url}/api/v1/me/two-factor`, {})
  const code = totp(begun.json.secret, Date.now())
  const confirmed = await visitor.call('POST', `${server.url}/api/v1/me/two-factor/confirm`, { code })
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.json))
  const phone = new Visitor()
  const landed = new URL(await signIn(phone, 'cy'), server.url)
  assert.equal(landed.pathname, '/magic')
  assert.equal((await phone.call('GET', `${server.url}/api/v1/me`)).status, 401)
  const token = landed.searchParams.get('token')
  const redeem = (extra: object) => phone.call('POST', `${server.url}/api/v1/magic-link/redeem`, { token, ...extra })
  const asked = await redeem({})
  assert.equal(asked.status, 401)
  assert.equal(asked.json.type, '/problems/people.code_needed')
  const next = totp(begun.json.secret, Date.now() + 30_000) // the one of now confirmed the set-up
  assert.equal((await redeem({ code: next })).status, 200)
  assert.equal((await me(phone)).id, cy)
})

test('a provider that is away is said to be', async () => {
  answer = (_, response) => response.writeHead(503).end()
  const cold = await Server.start(binary, undefined, ['--oidc-issuer', issuer, '--oidc-client-id', 'greenroom'])
  try {
    const page = await new Visitor().go(`${cold.url}/api/v1/sign-in/oidc`, undefined, (url) => url.pathname === '/login')
    assert.match(page.url, /\/login\?error=/)
    assert.equal((await new Visitor().call('GET', `${cold.url}/health`)).status, 200)
  } finally {
    await cold.close()
  }
})
