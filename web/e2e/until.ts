// A look that is repeated until it is right: browsers and servers take their time, and nothing tells a test when they are there.
import assert from 'node:assert/strict'

const pause = 100 // ms between two looks

// What was seen when it was right; an error that says what is seen instead when `seconds` are over.
export async function until<T>(look: () => Promise<T>, right: (seen: T) => boolean, seconds = 30, what = 'in vain'): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const seen = await look()
    if (right(seen)) return seen
    assert.ok(Date.now() < deadline, `${what}: ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
