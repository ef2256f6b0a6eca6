// A call of several people, each with unmodified mediasoup-client and socket.io-client: six in Chromium, one in Firefox, a
// screen, a page that is loaded again, a network that changes, a room on several media threads.
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Person } from './browser.ts'
import { FirefoxPerson } from './firefox.ts'
import { foreignClient, foreignSite } from './foreign.ts'
import { Server } from './server.ts'
import { binary } from './suite.ts'
import { until } from './until.ts'

// What a page of playwright and one of puppeteer have in common.
type Tab = Pick<Page, 'goto' | 'addScriptTag'> & { evaluate<R, A>(script: (argument: A) => R | Promise<R>, argument: A): Promise<R> }
type Received = { kind: string; count: number }[]

let server: Server
let chromium: Person
let script: string

before(async () => {
  script = await foreignClient()
  server = await Server.start(binary, undefined, ['--open-rooms', '--cors-origin', '*'])
  chromium = await Person.open('Chromium')
})

after(async () => {
  await chromium?.close()
  await server?.close()
})

async function arrive(tab: Tab, callId: string, userId: string, simulcast = true): Promise<void> {
  await tab.goto(await foreignSite())
  await tab.addScriptTag({ path: script })
  await tab.evaluate(
    async ([url, room, name, layers]) => {
      const call = new (window as any).foreign.Call(url, ['websocket'])
      ;(window as any).call = call
      await call.join(room, name)
      await call.publish(layers)
    },
    [server.url, callId, userId, simulcast] as const,
  )
}

const eventually = <T>(what: string, look: () => Promise<T>, right: (seen: T) => boolean) => until(look, right, 40, what)

const received = (tab: Tab) => tab.evaluate(() => (window as any).call.received() as Promise<Received>, undefined)
const heard = (tab: Tab) => tab.evaluate(() => (window as any).call.heard() as Promise<number[]>, undefined)

// Everything arrives and goes on arriving.
async function seesAndHears(tab: Tab, name: string, consumers: number): Promise<void> {
  const first = await eventually(`${name} receives`, () => received(tab), (all) => all.length === consumers && all.every((one) => one.count > 5))
  await eventually(`${name} goes on receiving`, () => received(tab), (all) => all.length === consumers && all.every((one, i) => one.count > first[i]!.count + 5))
  await eventually(`${name} hears`, () => heard(tab), (energies) => energies.every((energy) => energy > 0))
}

const stats = async () => (await (await fetch(`${server.url}/stats`)).json()) as { rooms: number; branches: number }
const rooms = async () => (await stats()).rooms

async function part(tabs: Tab[]): Promise<void> {
  for (const tab of tabs) await tab.evaluate(() => (window as any).call.leave(), undefined)
  await eventually('the room is gone', rooms, (count) => count === 0)
}

test('two, four and six people see and hear each other', async () => {
  const tabs: Page[] = []
  for (const size of [2, 4, 6]) {
    while (tabs.length < size) {
      const tab = await chromium.page.context().newPage()
      tabs.push(tab)
      await arrive(tab, 'six', `person ${tabs.length}`)
    }
    for (const [i, tab] of tabs.entries()) await seesAndHears(tab, `person ${i + 1} of ${size}`, 2 * (size - 1))
  }
  await part(tabs)
  for (const tab of tabs) await tab.close()
})

test('a page that is loaded again, a network that changes, a screen that is shared', async () => {
  const [ana, ben] = [chromium.page, await chromium.page.context().newPage()]
  await arrive(ana, 'again', 'Ana')
  await arrive(ben, 'again', 'Ben')
  await seesAndHears(ana, 'Ana', 2)

  await ben.reload()
  await arrive(ben, 'again', 'Ben')
  await seesAndHears(ben, 'Ben, again', 2)

  await ben.evaluate(() => (window as any).call.restartIce())
  await seesAndHears(ben, 'Ben, on another path', 2)

  await ana.evaluate(() => (window as any).call.share())
  await eventually('Ben sees the screen', () => received(ben), (all) => all.filter((one) => one.kind === 'video' && one.count > 0).length === 2)
  await part([ana, ben])
  await ben.close()
})

test('four people on three media threads see and hear each other, and a screen', async () => {
  const whole = server
  server = await Server.start(binary, undefined, ['--open-rooms', '--cors-origin', '*', '--shards', '3', '--room-split', '1'])
  const tabs: Page[] = []
  try {
    for (let i = 1; i <= 4; ++i) {
      const tab = await chromium.page.context().newPage()
      tabs.push(tab)
      await arrive(tab, 'spread', `person ${i}`)
    }
    await eventually('each has come to another thread', stats, (seen) => seen.branches === 3)
    for (const [i, tab] of tabs.entries()) await seesAndHears(tab, `person ${i + 1}`, 6)
    await tabs[0]!.evaluate(() => (window as any).call.share())
    for (const tab of tabs.slice(1)) await eventually('the screen is seen', () => received(tab), (all) => all.filter((one) => one.kind === 'video' && one.count > 0).length === 4)
    await tabs[1]!.evaluate(() => (window as any).call.leave())
    for (const tab of tabs.slice(2)) await eventually('who left is gone', () => received(tab), (all) => all.length === 5)
    await part(tabs.filter((tab) => tab !== tabs[1]))
    await eventually('nothing is left of it', stats, (seen) => seen.branches === 0)
  } finally {
    for (const tab of tabs) await tab.close()
    await server.close()
    server = whole
  }
})

test('Firefox and Chromium in one room', async () => {
  const fox = await FirefoxPerson.open()
  try {
    await arrive(chromium.page, 'foxes', 'Chromium')
    await arrive(fox.page as unknown as Tab, 'foxes', 'Firefox')
    await seesAndHears(chromium.page, 'Chromium', 2)
    await seesAndHears(fox.page as unknown as Tab, 'Firefox', 2)
    await fox.page.evaluate(() => (window as any).call.restartIce())
    await seesAndHears(fox.page as unknown as Tab, 'Firefox, on another path', 2)
    await part([chromium.page, fox.page as unknown as Tab])
  } finally {
    await fox.close()
  }
})
