// Every screen is held against axe-core's rules, light and dark, on a desktop and on a phone.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

type Result = { id: string; impact: string; help: string; nodes: { html: string; failureSummary: string }[] }

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]

// Colours pass from element to element as they change: until two frames go by in which nothing moves.
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    for (let still = 0; still < 3; still++) {
      await frame()
      if (document.getAnimations().some(({ playState }) => playState === 'running')) still = 0
    }
  })
}

export async function assertAccessible(page: Page, screen: string): Promise<void> {
  const before = page.viewportSize()
  await page.evaluate(source)
  for (const size of sizes)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(size)
      // Nothing is judged half faded in.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await settled(page)
      const found: Result[] = await page.evaluate(async () => (await (window as any).axe.run(document, { resultTypes: ['violations'] })).violations)
      const bad = found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      const words = bad.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.html}\n  ${node.failureSummary}`).join('\n')}`)
      assert.equal(bad.length, 0, `${screen}, ${colorScheme}, ${size.width} px:\n${words.join('\n')}`)
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(beyond <= 0, `${screen}, ${size.width} px: ${beyond} px wider than the window`)
    }
  if (before) await page.setViewportSize(before)
}
