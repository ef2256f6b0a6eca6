// How long people wait: from a page's first script to the first picture of somebody else (join), and from drawing to showing
// (glass to glass), both in real Chromium over loopback. `make bench-call` runs it; nothing is asserted.
import type { Page } from 'playwright-core'
import { Person } from './browser.ts'
import { foreignClient, foreignSite } from './foreign.ts'
import { Server } from './server.ts'
import { binary } from './suite.ts'

const joins = Number(process.env.JOINS ?? 20)
const pictures = Number(process.env.PICTURES ?? 600)

const quantile = (sorted: number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!
const summary = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b)
  return `p50 ${quantile(sorted, 0.5).toFixed(0)} ms, p95 ${quantile(sorted, 0.95).toFixed(0)} ms, worst ${sorted.at(-1)!.toFixed(0)} ms of ${sorted.length}`
}

async function open(person: Person, script: string): Promise<Page> {
  const page = await person.page.context().newPage()
  await page.goto(await foreignSite())
  await page.addScriptTag({ path: script })
  return page
}

const server = await Server.start(binary, undefined, ['--open-rooms', '--cors-origin', '*'])
const [sender, viewer] = [await Person.open('Sender'), await Person.open('Viewer')]
try {
  const script = await foreignClient()
  const talking = await open(sender, script)
  await talking.evaluate(async (url) => {
    const call = new (window as any).foreign.Call(url, ['websocket'])
    await call.join('room', 'sender')
    await call.publishClock()
  }, server.url)

  const waited: number[] = []
  for (let i = 0; i < joins; i++) {
    const page = await open(viewer, script)
    waited.push(
      await page.evaluate(async (url) => {
        const since = performance.now()
        const call = new (window as any).foreign.Call(url, ['websocket'])
        await call.join('room', 'viewer')
        await call.firstFrame()
        return performance.now() - since
      }, server.url),
    )
    await page.close()
    await new Promise((resolve) => setTimeout(resolve, 1500)) // key frames are asked for once a second at most
  }
  console.log(`join to the first picture: ${summary(waited)}`)

  const page = await open(viewer, script)
  const delays = await page.evaluate(
    async ([url, count]) => {
      const call = new (window as any).foreign.Call(url, ['websocket'])
      await call.join('room', 'viewer')
      await call.latency(60) // the start: the jitter buffer settles
      return (await call.latency(count)) as number[]
    },
    [server.url, pictures] as const,
  )
  console.log(`glass to glass: ${summary(delays)}`)
} finally {
  await sender.close()
  await viewer.close()
  await server.close()
}
