// What became of all kills, by kind.
import type { Judgement } from './kill_judge.ts'
import { type Kind, kinds, type TakePlan } from './kill_plan.ts'
import type { Lived } from './kill_take.ts'

type Line = { instants: number; returned: number; lostMs: number; ownMs: number; forEver: number; goneMs: number; othersMs: number }

export class Report {
  kills = 0
  private readonly lines = new Map<Kind, Line>(
    kinds.map((kind) => [kind, { instants: 0, returned: 0, lostMs: 0, ownMs: 0, forEver: 0, goneMs: 0, othersMs: 0 }]),
  )
  private readonly failures: string[] = []
  private takes = 0
  private heardMs = 0
  private unheardMs = 0
  private placeMs = 0
  private startMs = 0
  private backupMs = 0
  private strangers = 0

  get failed(): boolean {
    return this.failures.length > 0
  }

  add(plan: TakePlan, lived: Lived, judgement: Judgement): void {
    this.takes += 1
    this.kills += lived.killed.length
    for (const { killed, ms, ownMs, othersMs } of judgement.losses) {
      const line = this.lines.get(killed.kill.kind)!
      line.instants += 1
      line.othersMs = Math.max(line.othersMs, othersMs)
      const { browser } = killed.kill
      if (browser?.returns) {
        line.returned += 1
        line.lostMs = Math.max(line.lostMs, ms)
        line.ownMs = Math.max(line.ownMs, ownMs)
      } else if (browser) {
        line.forEver += 1
        line.goneMs = Math.max(line.goneMs, ms)
      }
    }
    this.heardMs += judgement.heardMs
    this.unheardMs += judgement.unheardMs
    this.backupMs += judgement.backupMs
    this.strangers += judgement.strangers
    this.placeMs = Math.max(this.placeMs, judgement.placeMs)
    this.startMs = Math.max(this.startMs, judgement.startMs)
    this.failures.push(...judgement.faults.map((fault) => `seed ${plan.seed}, take ${plan.number}: ${fault}`))
  }

  addFailure(plan: TakePlan, error: unknown): void {
    this.takes += 1
    this.kills += plan.kills.length
    this.failures.push(`seed ${plan.seed}, take ${plan.number}: ${error instanceof Error ? error.message : error}`)
  }

  lineOf({ promisedS, killed, take }: Lived, judgement: Judgement): string {
    const losses = judgement.losses.map(({ ms, ownMs, othersMs }) => `${ms.toFixed(0)}/${ownMs.toFixed(0)}${othersMs ? `+${othersMs}` : ''}`).join(' ')
    const instants = killed.map(({ atMs }) => ((atMs - take.startedAtMs) / 1000).toFixed(3)).join(' ')
    const heard = `${(judgement.heardMs / 1000).toFixed(1)} s heard, ${judgement.unheardMs.toFixed(0)} ms not, ${(judgement.backupMs / 1000).toFixed(1)} s from the backup`
    const promises = Object.entries(promisedS).map(([name, s]) => `${name} ${s}`).join(', ')
    const verdict = judgement.faults.length > 0 ? judgement.faults.map((fault) => `\n  FAULT ${fault}`).join('') : ' good'
    return `  at ${instants} s lost ms in all/own ${losses}; ${heard}; place within ${judgement.placeMs.toFixed(2)} ms; promised s ${promises}${judgement.strangers ? `; ${judgement.strangers} returned as somebody else` : ''};${verdict}`
  }

  text(): string {
    const rows = [...this.lines].map(
      ([kind, line]) =>
        `| ${kind} | ${line.instants} | ${line.returned} | ${line.lostMs.toFixed(0)} | ${line.ownMs.toFixed(0)} | ${line.forEver} | ${line.goneMs.toFixed(0)} | ${line.othersMs} |`,
    )
    return [
      '| kind | instants | browser returned | lost, worst ms | of its own recording | never returned | lost, worst ms | lost of the others, worst ms |',
      '|---|---|---|---|---|---|---|---|',
      ...rows,
      `${this.kills} kills in ${this.takes} takes; ${(this.heardMs / 1000).toFixed(1)} s of what had to be there heard, ${this.unheardMs.toFixed(0)} ms not recognised; ` +
        `within ${this.placeMs.toFixed(2)} ms of where it was captured; ${(this.backupMs / 1000).toFixed(1)} s filled from the backup; first sample at most ${this.startMs.toFixed(0)} ms after the word; ${this.strangers} returned as somebody else`,
      this.failed ? `${this.failures.length} FAILURES:\n${this.failures.join('\n')}` : 'no failure',
    ].join('\n')
  }
}
