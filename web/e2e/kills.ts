// make kills: browsers, the server and the network are killed at random instants of real takes, and each take is judged by what
// is to be heard in it. The seed is printed and repeats a run, --take N one of its takes:
//   node web/e2e/kills.ts BINARY [--kills 200] [--seed N] [--take N] [--cameras]
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from './kill_judge.ts'
import { describe, drawTake } from './kill_plan.ts'
import { Report } from './kill_report.ts'
import { Scene } from './kill_take.ts'
import { temporaryDirectory } from './server.ts'
import { fixtures } from './studio.ts'
import { Listener } from './time_voice.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    take: { type: 'string', default: '' },
    cameras: { type: 'boolean', default: false },
  },
})
const binary = positionals[0]
if (!binary) throw new Error('usage: kills.ts BINARY [--kills 200] [--seed N] [--take N] [--cameras]')
const seed = Number(values.seed)
const wanted = Number(values.kills)
const evidence = temporaryDirectory('kills')
console.log(`${wanted} kills, seed ${seed}${values.cameras ? ', with cameras' : ''}; what goes wrong is kept in ${evidence}`)

const report = new Report()
const pictures = values.cameras ? fixtures(join(tmpdir(), 'greenroom-fixtures'), 60) : undefined
const scene = await Scene.open(binary, pictures)
const listeners = new Map([...scene.voices].map(([name, voice]) => [name, new Listener(voice)]))

async function take(number: number): Promise<void> {
  const plan = drawTake(seed, number, wanted - report.kills)
  console.log(`take ${number} of seed ${seed}: ${plan.kills.length} kills${plan.late ? ', the last after the stop' : ''}`)
  try {
    const lived = await scene.live(plan, console.log)
    const judgement = judge(binary!, lived, listeners)
    report.add(plan, lived, judgement)
    console.log(report.lineOf(lived, judgement))
    if (judgement.faults.length > 0) keep(number, lived.folder, JSON.stringify({ ...lived, lives: [...lived.lives], judgement }, null, 1))
    await scene.clear(lived)
  } catch (error) {
    report.addFailure(plan, error)
    console.log(`  FAILED: ${error}`)
    keep(number, undefined, `${plan.kills.map(describe).join('\n')}\n${error}\n${scene.problems.join('\n')}\n${scene.server.log}`)
    await scene.again()
  }
}

function keep(number: number, folder: string | undefined, text: string): void {
  writeFileSync(join(evidence, `take-${number}.txt`), text)
  if (folder) execFileSync('cp', ['-rL', folder, join(evidence, `take-${number}`)])
}

// Somebody who has seen enough is told what there was to see, and nothing is left running.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    console.log(report.text())
    void scene.close().finally(() => process.exit(1))
  })

try {
  if (values.take) await take(Number(values.take))
  else for (let number = 1; report.kills < wanted; ++number) await take(number)
} finally {
  await scene.close()
}
console.log(report.text())
process.exitCode = report.failed ? 1 : 0
