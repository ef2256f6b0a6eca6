// A person's whole way through the house: an account, a project, a session with a lobby, a guest who is let in, a second
// factor; and every screen on the way is accessible, light and dark, on a desktop and on a phone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { Person } from './browser.ts'
import { mailedLink } from './mail.ts'
import { Server } from './server.ts'
import { createOwner, enterStudio, fixtures, seesAll } from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'
import { totp, totpStepMs } from './totp.ts'

const email = 'ana.berg@example.org'
const password = 'correct horse battery staple'
const newPassword = 'a longer battery for the horse'
const patience = { timeout: 20_000 }

let server: Server
let ana: Person
let ben: Person
let guestLink = ''
let secret = ''
let recoveryCode = ''

before(async () => {
  server = await Server.start(binary)
  const devices = fixtures(fixtureFolder, 60)
  ana = await Person.open('Ana', devices[0])
  ben = await Person.open('Ben', devices[1])
})

after(async () => {
  if (process.env.GREENROOM_E2E_LOG) console.error(server?.log)
  await ana?.close()
  await ben?.close()
  await server?.close()
})

const at = (page: Page, testid: string) => page.getByTestId(testid).first()
const shown = (page: Page, testid: string) => at(page, testid).waitFor(patience)
const go = (page: Page, path: string) => page.goto(new URL(path, server.url).href)

async function signOut(page: Page): Promise<void> {
  await at(page, 'account-menu').click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await shown(page, 'login-submit')
}

async function signIn(page: Page, withPassword: string): Promise<void> {
  await go(page, '/login')
  await at(page, 'login-email').fill(email)
  await at(page, 'login-password').fill(withPassword)
  await at(page, 'login-submit').click()
}

// A code counts once: after one that was used, that of the next 30 seconds, which a phone whose clock runs ahead shows.
let lastStep = 0
function freshCode(): string {
  lastStep = Math.max(lastStep + 1, Math.floor(Date.now() / totpStepMs))
  return totp(secret, lastStep * totpStepMs)
}

test('the owner sets up the house', async () => {
  const { page } = ben
  await page.goto(server.setupLink)
  await shown(page, 'setup-submit')
  await assertAccessible(page, 'set-up')
  await createOwner(page, server, 'Olga')
  await assertAccessible(page, 'home, empty')
  await signOut(page)
})

test('somebody registers, and the link in the mail signs them in', async () => {
  const { page } = ana
  await go(page, '/login')
  await shown(page, 'login-submit')
  await assertAccessible(page, 'sign-in')
  await page.getByRole('link', { name: 'Create one' }).click()
  await at(page, 'register-name').fill('Ana Berg')
  await at(page, 'register-email').fill(email)
  await at(page, 'register-password').fill('short')
  await at(page, 'register-submit').click()
  assert.equal(await page.getByTestId('mail-sent').count(), 0, 'a short password is not sent')
  await assertAccessible(page, 'register')
  await at(page, 'register-password').fill(password)
  await at(page, 'register-submit').click()
  await shown(page, 'mail-sent')
  await assertAccessible(page, 'mail sent')
  await go(page, await mailedLink(server, email, 'verify'))
  await shown(page, 'new-session')
  assert.equal(new URL(page.url()).pathname, '/')
})

test('a link that is spent says so', async () => {
  await go(ben.page, '/verify?token=spent')
  await ben.page.getByRole('alert').waitFor(patience)
  await assertAccessible(ben.page, 'verify, spent')
  await go(ben.page, '/magic?token=spent')
  await ben.page.getByRole('alert').waitFor(patience)
  await assertAccessible(ben.page, 'sign-in link, spent')
})

test('a project, and in it a session with a schedule and a lobby', async () => {
  const { page } = ana
  await at(page, 'new-project').click()
  await at(page, 'project-name').fill('Deep Sea Radio')
  await at(page, 'project-description').fill('Talks with people who work where nobody else goes.')
  await assertAccessible(page, 'new project')
  await at(page, 'save-project').click()
  await page.getByRole('heading', { name: 'Deep Sea Radio' }).waitFor(patience)
  await assertAccessible(page, 'project, empty')

  await at(page, 'new-session').click()
  await at(page, 'session-title').fill('Deep Sea Radio #12')
  const soon = new Date(Date.now() + 3_600_000)
  const two = (n: number) => String(n).padStart(2, '0')
  const local = `${soon.getFullYear()}-${two(soon.getMonth() + 1)}-${two(soon.getDate())}T${two(soon.getHours())}:${two(soon.getMinutes())}`
  await at(page, 'session-when').fill(local)
  await at(page, 'session-length').selectOption('60')
  await at(page, 'session-lobby').check()
  await assertAccessible(page, 'new session')
  await at(page, 'create-session').click()
  await shown(page, 'guest-link')
  assert.match((await at(page, 'session-schedule').textContent()) ?? '', /\d.*1 h/)
  guestLink = await at(page, 'guest-link').inputValue()
  await assertAccessible(page, 'session')
})

test('another link for another role, and a new title', async () => {
  const { page } = ana
  await at(page, 'new-invite').click()
  await at(page, 'invite-role').selectOption('viewer')
  await assertAccessible(page, 'new invite link')
  await at(page, 'create-invite').click()
  const link = page.locator('[data-testid=invite-link][data-role=viewer]')
  await link.waitFor(patience)
  await page.getByRole('button', { name: 'Revoke the link for Viewer' }).click()
  await at(page, 'confirm').click()
  await link.waitFor({ ...patience, state: 'detached' })

  await at(page, 'session-menu').click()
  await page.getByRole('menuitem', { name: 'Edit session' }).click()
  await at(page, 'session-title').fill('Deep Sea Radio #12: vents')
  await at(page, 'save-session').click()
  await page.getByRole('heading', { name: 'Deep Sea Radio #12: vents' }).waitFor(patience)
  await at(page, 'session-menu').click()
  await page.getByRole('menuitem', { name: 'Permissions' }).click()
  await shown(page, 'save-permissions')
  await assertAccessible(page, 'permissions')
  await page.getByRole('checkbox', { name: 'Share the screen, Speaker' }).uncheck()
  await at(page, 'save-permissions').click()
  await at(page, 'save-permissions').waitFor({ ...patience, state: 'detached' })
})

test('what somebody else has changed meanwhile is not written over', async () => {
  const { page } = ana
  await at(page, 'session-menu').click()
  await page.getByRole('menuitem', { name: 'Edit session' }).click()
  await at(page, 'session-title').fill('My title')
  await at(page, 'session-people').fill('7')
  await page.evaluate(async () => {
    const id = location.pathname.split('/')[2]
    const body = JSON.stringify({ title: 'Their title' })
    await fetch(`/api/v1/sessions/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body })
  })
  await at(page, 'save-session').click()
  await shown(page, 'conflict')
  assert.match((await at(page, 'conflict').textContent()) ?? '', /Their title.*My title/)
  await assertAccessible(page, 'conflict')
  await page.getByRole('button', { name: 'Take theirs' }).click()
  assert.equal(await at(page, 'session-title').inputValue(), 'Their title')
  assert.equal(await at(page, 'session-people').inputValue(), '7')
  await at(page, 'save-session').click()
  await page.getByRole('heading', { name: 'Their title' }).waitFor(patience)
})

test('home shows what comes next, finds by title, and is run by keys', async () => {
  const { page } = ana
  await page.keyboard.press('h')
  await shown(page, 'search-sessions')
  await page.getByRole('link', { name: 'Their title' }).waitFor(patience)
  await assertAccessible(page, 'home')
  await at(page, 'search-sessions').fill('nothing like it')
  await page.getByRole('heading', { name: 'No session matches' }).waitFor(patience)
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await at(page, 'filter-state').selectOption('scheduled')
  await page.getByRole('link', { name: /Their title/ }).waitFor(patience)
  await at(page, 'filter-state').selectOption('')
  await page.getByRole('heading', { name: 'Sessions' }).click()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'What would you like to do?' }).fill('audit')
  await assertAccessible(page, 'palette')
  await page.keyboard.press('Enter')
  await shown(page, 'audit-entry')
  await assertAccessible(page, 'audit log')
})

test('a guest waits at the door until the host lets them in', async () => {
  const host = ana.page
  await go(host, '/')
  await host.getByRole('link', { name: /Their title/ }).click()
  await shown(host, 'enter-studio')
  await enterStudio(host)
  const guest = ben.page
  await guest.goto(guestLink)
  await shown(guest, 'join')
  await assertAccessible(guest, 'green room')
  await at(guest, 'join-name').fill('Ben')
  await at(guest, 'join').click()
  await shown(guest, 'waiting-room')
  await assertAccessible(guest, 'waiting room')
  await shown(host, 'door')
  await assertAccessible(host, 'studio with somebody waiting')
  await at(host, 'people').click()
  await shown(host, 'waiting-list')
  await assertAccessible(host, 'studio, people')
  await at(host, 'admit').click()
  await shown(guest, 'record-bar')
  await seesAll(host, ['Ana Berg', 'Ben'])
  await seesAll(guest, ['Ana Berg', 'Ben'])
})

test('how well everyone is connected is said on their tile, and drawn of oneself', async () => {
  const host = ana.page
  const mark = host.locator('[data-testid=tile][data-participant-name=Ben]').getByTestId('signal-mark')
  assert.match((await mark.getAttribute('aria-label')) ?? '', /^Ben, connection: (Good|Unstable|Poor)/)
  await mark.hover()
  await host.getByRole('tooltip').filter({ hasText: 'Ben, connection' }).waitFor(patience)
  await host.keyboard.press('q')
  await shown(host, 'connection-panel')
  await host.waitForFunction(() => Number(document.querySelector('[data-testid=connection-panel]')?.getAttribute('data-samples')) > 2)
  const drawn = host.getByTestId('plot-bitrate').getByRole('img')
  assert.match((await drawn.getAttribute('aria-label')) ?? '', /^Bitrate: now \d+.* [kM]bit\/s/)
  await assertAccessible(host, 'studio, connection')
  await host.keyboard.press('Escape')
})

test('the host gives a role and removes a guest', async () => {
  const [host, guest] = [ana.page, ben.page]
  const line = host.locator('[data-testid=person][data-participant-name=Ben]')
  assert.equal(await guest.getByTestId('record').count(), 0)
  await line.getByTestId('person-menu').click()
  await host.getByRole('menuitemcheckbox', { name: 'Cohost' }).click()
  await shown(guest, 'record')
  await line.getByTestId('person-menu').click()
  await host.getByRole('menuitem', { name: 'Remove from the studio' }).click()
  await shown(guest, 'turned-away')
  await assertAccessible(guest, 'turned away')
  await line.waitFor({ ...patience, state: 'detached' })
  await at(host, 'leave').click()
  await shown(host, 'enter-studio')
  await assertAccessible(host, 'session, live')
})

test('the second factor is asked for when signing in', async () => {
  const { page } = ana
  await go(page, '/settings/security')
  await at(page, 'two-factor-on').click()
  secret = (await at(page, 'two-factor-secret').getAttribute('data-secret')) ?? ''
  await assertAccessible(page, 'second factor, setting up')
  await at(page, 'code').fill(freshCode())
  await at(page, 'two-factor-confirm').click()
  recoveryCode = (await at(page, 'recovery-code').textContent())?.trim() ?? ''
  await assertAccessible(page, 'recovery codes')
  await at(page, 'recovery-done').click()
  await shown(page, 'two-factor-off')
  await signOut(page)

  await signIn(page, password)
  await shown(page, 'second-factor')
  await assertAccessible(page, 'second factor')
  await at(page, 'code').fill('000000')
  await at(page, 'code-submit').click()
  await page.getByText('This code is not right.').waitFor(patience)
  await at(page, 'code').fill(freshCode())
  await at(page, 'code-submit').click()
  await shown(page, 'new-session')
})

test('a sign-in link wants the second factor too, and a recovery code will do', async () => {
  const { page } = ana
  await signOut(page)
  await at(page, 'login-email').fill(email)
  await at(page, 'mail-link').click()
  await shown(page, 'mail-sent')
  await go(page, await mailedLink(server, email, 'magic'))
  await shown(page, 'second-factor')
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await at(page, 'code').fill(recoveryCode)
  await at(page, 'code-submit').click()
  await shown(page, 'new-session')
})

test('every other page of the settings', async () => {
  const { page } = ana
  await go(page, '/settings/keys')
  await at(page, 'new-key').click()
  await at(page, 'key-name').fill('Nightly archive')
  await assertAccessible(page, 'new key')
  await at(page, 'create-key').click()
  assert.match((await at(page, 'made-key').getAttribute('data-key')) ?? '', /^gr_/)
  await assertAccessible(page, 'made key')
  await at(page, 'key-done').click()
  await shown(page, 'api-key')
  await assertAccessible(page, 'keys')

  await go(page, '/settings/profile')
  await at(page, 'profile-name').fill('Ana B.')
  await at(page, 'save-profile').click()
  await page.getByText('Saved').waitFor(patience)
  await go(page, '/settings/workspace')
  await at(page, 'workspace-name').fill('Harbour Podcasts')
  await at(page, 'save-workspace').click()
  await page.getByText('Saved').waitFor(patience)
  await go(page, '/settings/members')
  await at(page, 'invite-email').fill('dana@example.org')
  await at(page, 'invite-submit').click()
  await shown(page, 'invitation')
  for (const section of ['profile', 'security', 'devices', 'data', 'workspace', 'members']) {
    await go(page, `/settings/${section}`)
    await page.getByRole('heading', { level: 1 }).waitFor(patience)
    await page.waitForLoadState('networkidle')
    await assertAccessible(page, `settings, ${section}`)
  }
})

test('somebody invited makes an account and is in that workspace', async () => {
  const { page } = ben
  await go(page, await mailedLink(server, 'dana@example.org', 'invitations'))
  await shown(page, 'accept-invitation')
  await assertAccessible(page, 'invitation')
  await at(page, 'invitation-name').fill('Dana')
  await at(page, 'invitation-password').fill(password)
  await at(page, 'accept-invitation').click()
  await shown(page, 'workspace-menu')
  assert.match((await at(page, 'workspace-menu').textContent()) ?? '', /Harbour Podcasts/)
  await at(page, 'workspace-menu').click()
  await page.getByRole('menuitemcheckbox', { name: /Harbour Podcasts/ }).waitFor(patience)
  await assertAccessible(page, 'workspaces')
})

test('a forgotten password is replaced, and other devices are signed out', async () => {
  const { page } = ben
  await page.keyboard.press('Escape')
  await signOut(page)
  await page.getByRole('link', { name: 'Forgot it?' }).click()
  await at(page, 'forgot-email').fill('dana@example.org')
  await assertAccessible(page, 'forgot')
  await at(page, 'forgot-submit').click()
  await shown(page, 'mail-sent')
  await go(page, await mailedLink(server, 'dana@example.org', 'reset'))
  await at(page, 'reset-password').fill(newPassword)
  await assertAccessible(page, 'reset')
  await at(page, 'reset-submit').click()
  await shown(page, 'workspace-menu')
})

test('an access cookie that has run out is renewed without a word, once for all', async () => {
  const { page } = ana
  await go(page, '/')
  await shown(page, 'search-sessions')
  const cookies = await page.context().cookies()
  assert.ok(cookies.some(({ name, httpOnly }) => name === 'greenroom_access' && httpOnly))
  await page.context().clearCookies({ name: 'greenroom_access' })
  let refreshes = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/tokens/refresh')) refreshes += 1
  })
  await page.reload()
  await shown(page, 'search-sessions')
  await page.waitForLoadState('networkidle')
  assert.equal(refreshes, 1)
})

test('nothing went wrong unseen', () => {
  const expected = /status of (400|401|403|404|409|410|412|422)|WebSocket is closed before/
  assert.deepEqual([...ana.problems, ...ben.problems].filter((problem) => !expected.test(problem)), [])
})
