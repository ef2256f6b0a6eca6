// A small part of `make kills`: one take in which browsers, the server and the network die at random instants, judged by what is
// to be heard in the result. KILLS=20 asks for more; SEED repeats a run as far as its instants go.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { judge } from './kill_judge.ts'
import { drawTake, type TakePlan } from './kill_plan.ts'
import { type Life, type Lived, Scene } from './kill_take.ts'
import { Listener } from './time_voice.ts'
import { binary } from './suite.ts'

const seed = Number(process.env.SEED ?? 6)
const kills = Number(process.env.KILLS ?? 4)

function drawTakes(): TakePlan[] {
  const takes: TakePlan[] = []
  for (let left = kills; left > 0; left -= takes.at(-1)!.kills.length) takes.push(drawTake(seed, takes.length + 1, left))
  return takes
}

let scene: Scene
let listeners: Map<string, Listener>
before(async () => {
  scene = await Scene.open(binary)
  listeners = new Map([...scene.voices].map(([name, voice]) => [name, new Listener(voice)]))
})
after(() => scene?.close())

// The judge is no friend: had the browsers lived longer, or had the take begun a moment later, the same files would not do.
function seesWhatIsWrong(lived: Lived): void {
  const longer = (life: Life) => (life.returned && life.killedAtMs! + 1_500 < lived.take.stoppedAtMs! ? { ...life, killedAtMs: life.killedAtMs! + 1_500 } : life)
  const lives = new Map([...lived.lives].map(([name, own]) => [name, own.map(longer)]))
  const changed = [...lived.lives.values()].flat().some((life) => longer(life) !== life)
  assert.equal(judge(binary, { ...lived, lives }, listeners).faults.some((fault) => fault.includes('missing')), changed)
  const elsewhere = { ...lived, take: { ...lived.take, startedAtMs: lived.take.startedAtMs + 200 } }
  assert.ok(judge(binary, elsewhere, listeners).faults.some((fault) => fault.includes('not what was captured')))
}

for (const plan of drawTakes())
  test(`seed ${seed}, take ${plan.number}: whatever dies, what was said is kept`, async (context) => {
    const lived = await scene.live(plan, (text) => context.diagnostic(text)).catch((error) => {
      console.error(scene.server.log.split('\n').slice(-60).join('\n'))
      throw error
    })
    const judgement = judge(binary, lived, listeners)
    context.diagnostic(`${(judgement.heardMs / 1000).toFixed(1)} s of owed sound heard, ${judgement.unheardMs.toFixed(0)} ms not`)
    assert.deepEqual(judgement.faults, [])
    seesWhatIsWrong(lived)
    await scene.clear(lived)
  })
