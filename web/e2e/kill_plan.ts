// Who dies when, drawn by chance: the same seed gives the same takes with the same kills in them.
import { numbers } from './numbers.ts'
import type { Condition } from './relay.ts'

/** Ana, who hosts, is never killed: on her screen is read what she is promised of the others. */
export const guests = ['Ben', 'Caro'] as const
export type Guest = (typeof guests)[number]

export const kinds = [
  'browser',
  'server',
  'network',
  'browser+server',
  'browser+network',
  'server+network',
  'browser+server+network',
] as const
export type Kind = (typeof kinds)[number]

/** How long what died stays away, in seconds. */
export type Kill = {
  kind: Kind
  /** After everyone was recorded again; `sudden`: after the kill before it or the start, whatever is still under way. */
  afterS: number
  sudden: boolean
  browser?: { who: Guest; returns: boolean; awayS: number }
  server?: { awayS: number }
  /** Of everyone, or of one; with the media of the call or without; with an end that is told or without. */
  network?: { who?: Guest; media: boolean; how: Exclude<Condition, 'good'>; awayS: number }
}

/** `late`: the last of the kills is not in the take but so long after its stop, while the last sounds travel and it is made. */
export type TakePlan = { number: number; seed: number; kills: Kill[]; late: boolean; stopAfterS: number }

const killsPerTake = 5

export function drawTake(seed: number, number: number, killsMax: number): TakePlan {
  const next = numbers(seed * 1_000_003 + number * 7_919)
  next() // of neighbouring seeds the first ones are neighbours too
  const here = new Set<Guest>(guests)
  const kills: Kill[] = []
  while (kills.length < Math.min(killsPerTake, killsMax) && here.size > 0) {
    const kill = drawKill(next, [...here])
    if (kill.browser && !kill.browser.returns) here.delete(kill.browser.who)
    kills.push(kill)
  }
  return { number, seed, kills, late: next() < 0.3, stopAfterS: 1 + 3 * next() }
}

function drawKill(next: () => number, here: Guest[]): Kill {
  const one = <T>(things: readonly T[]) => things[Math.floor(next() * things.length)]!
  const kind = one(kinds)
  const [sudden, afterS] = [next() < 0.15, 3 * next()]
  const browser = { who: one(here), returns: next() < 0.7, awayS: 2 * next() }
  const server = { awayS: 3 * next() }
  const network = { who: next() < 0.5 ? one(here) : undefined, media: next() < 0.5, how: one(['gone', 'silent'] as const), awayS: 0.5 + 4 * next() }
  return {
    kind,
    afterS,
    sudden,
    ...(kind.includes('browser') && { browser }),
    ...(kind.includes('server') && { server }),
    ...(kind.includes('network') && { network }),
  }
}

const seconds = (s: number) => `${s.toFixed(2)} s`

export function describe({ kind, afterS, sudden, browser, server, network }: Kill): string {
  const parts = [
    browser && `${browser.who}’s browser ${browser.returns ? `back after ${seconds(browser.awayS)}` : 'for ever'}`,
    server && `server back after ${seconds(server.awayS)}`,
    network && `network of ${network.who ?? 'everyone'} ${network.how}${network.media ? ' with media' : ''} for ${seconds(network.awayS)}`,
  ]
  return `${kind}, ${seconds(afterS)} ${sudden ? 'on' : 'after all was well'}: ${parts.filter(Boolean).join(', ')}`
}
