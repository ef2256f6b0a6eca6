// Mail through npm's smtp-server, unmodified: STARTTLS, login, and letters that postal-mime reads and people use.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import PostalMime, { type Email } from 'postal-mime'
import { type Session, SMTPServer } from 'smtp-server'
import { Server, temporaryDirectory } from './server.ts'
import { binary } from './suite.ts'
import { Visitor } from './visitor.ts'

interface Arrived {
  session: Session
  mail: Email
}

const password = 'p@ss/word: ü'
const folder = temporaryDirectory('mail')
const certificate = join(folder, 'certificate.pem')
const keyFile = join(folder, 'key.pem')

let smtp: SMTPServer
let server: Server
const arrived: Arrived[] = []
const waiting: ((mail: Arrived) => void)[] = []

const nextMail = () => new Promise<Arrived>((done) => (arrived.length ? done(arrived.shift()!) : waiting.push(done)))

async function open(port: number): Promise<number> {
  smtp = new SMTPServer({
    key: readFileSync(keyFile, 'utf8'),
    cert: readFileSync(certificate, 'utf8'),
    disableReverseLookup: true,
    onAuth: (auth, _, done) =>
      auth.username === 'green@room' && auth.password === password
        ? done(null, { user: auth.username })
        : done(new Error('wrong')),
    onData: async (stream, session, done) => {
      const { secure, user, envelope } = session // of this mail; the session goes on to the next
      const pieces: Buffer[] = []
      for await (const piece of stream) pieces.push(piece)
      const mail = { session: { secure, user, envelope }, mail: await PostalMime.parse(Buffer.concat(pieces)) }
      const taker = waiting.shift()
      if (taker) taker(mail)
      else arrived.push(mail)
      done()
    },
  })
  smtp.on('error', () => {}) // clients that hang up
  await new Promise<void>((done) => smtp.listen(port, '127.0.0.1', done))
  return smtp.server.address().port
}

const close = () => new Promise<void>((done) => smtp.close(done))

before(async () => {
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', keyFile, '-out', certificate],
  ], { stdio: 'ignore' })
  const port = await open(0)
  const url = `smtp://green%40room:${encodeURIComponent(password)}@127.0.0.1:${port}?tls=on&ca=${certificate}`
  server = await Server.start(binary, undefined, ['--smtp', url, '--mail-from', 'Grüner Raum <studio@example.org>'])
  const owner = new Visitor()
  const made = await owner.call('POST', `${server.url}/api/v1/setup`, {
    token: server.setupToken,
    name: 'Ana',
    email: 'ana@example.org',
    password: 'correct horse battery staple',
  })
  assert.equal(made.status, 201, JSON.stringify(made.json))
})

after(async () => {
  await server?.close()
  await close()
  rmSync(folder, { recursive: true, force: true })
})

test('a sign-in link arrives and signs in', async () => {
  const visitor = new Visitor()
  const asked = await visitor.call('POST', `${server.url}/api/v1/magic-link`, { email: 'ana@example.org' })
  assert.equal(asked.status, 202)
  const { session, mail } = await nextMail()
  assert.equal(session.secure, true)
  assert.equal(session.user, 'green@room')
  assert.equal(session.envelope.mailFrom.address, 'studio@example.org')
  assert.deepEqual(session.envelope.rcptTo.map((to) => to.address), ['ana@example.org'])
  assert.deepEqual(mail.from, { name: 'Grüner Raum', address: 'studio@example.org' })
  assert.equal(mail.subject, 'Your sign-in link')
  assert.ok(Math.abs(Date.parse(mail.date!) - Date.now()) < 60_000, mail.date)
  assert.match(mail.messageId!, /^<[0-9a-f]{32}@example\.org>$/)
  const link = new RegExp(`${server.url}/magic\\?token=(\\S+)`).exec(mail.text!)!
  assert.ok(mail.html!.includes(`href="${link[0]}"`))
  const redeemed = await visitor.call('POST', `${server.url}/api/v1/magic-link/redeem`, { token: link[1] })
  assert.equal(redeemed.status, 200)
  assert.equal(redeemed.json.user.email, 'ana@example.org')
  assert.equal((await visitor.call('GET', `${server.url}/api/v1/me`)).json.user.emailVerified, true)
  assert.ok(!server.log.includes(link[1]!), 'with a mail server no link is in the log')
})

test('somebody new confirms the address by mail', async () => {
  const visitor = new Visitor()
  const account = { name: 'Bëa', email: 'bea@example.org', password: 'correct horse battery staple' }
  assert.equal((await visitor.call('POST', `${server.url}/api/v1/register`, account)).status, 202)
  const { mail } = await nextMail()
  const token = /\/verify\?token=(\S+)/.exec(mail.text!)![1]
  assert.equal((await visitor.call('POST', `${server.url}/api/v1/email/verify`, { token })).json.user.name, 'Bëa')
})

test('a mail server that is away holds nobody up, and gets the mail when it is back', async () => {
  const port = smtp.server.address().port
  await close()
  const began = Date.now()
  const asked = await new Visitor().call('POST', `${server.url}/api/v1/password/forgot`, { email: 'ana@example.org' })
  assert.equal(asked.status, 202)
  assert.ok(Date.now() - began < 2_000)
  await open(port)
  const { mail } = await nextMail()
  assert.equal(mail.subject, 'Choose a new password')
})
