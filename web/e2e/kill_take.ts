// A take in which browsers, the server and the network die as a plan says, lived through by three people in real browsers, each
// behind a network of their own that can be cut.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type Devices, Person } from './browser.ts'
import { pause } from './episode.ts'
import { describe, type Kill, type TakePlan } from './kill_plan.ts'
import { mediaBy } from './media_way.ts'
import { Owner } from './owner.ts'
import { Relay } from './relay.ts'
import { Server } from './server.ts'
import * as studio from './studio.ts'
import { timeVoice, writeWave } from './time_voice.ts'
import { UdpHop } from './udp_hop.ts'
import { until } from './until.ts'

const patienceS = 90 // of a machine that also does other things
const voiceS = 60

/** From when on a browser says that it records until it is killed or the take is stopped; by the clock of this machine. */
export type Life = { fromMs: number; killedAtMs?: number; returned?: boolean }

/** A kill as it came; `settled`: all had been well before it. */
export type Killed = { kill: Kill; atMs: number; settled: boolean }

export type Lived = {
  plan: TakePlan
  folder: string
  take: studio.Take
  killed: Killed[]
  lives: Map<string, Life[]>
  /** What the host's screen has said of each person at most: safe on the server up to so many seconds. */
  promisedS: Record<string, number>
}

// A person's place at the table: their browser and their way to the server.
class Seat {
  lives: Life[] = []
  gone = false
  person!: Person
  readonly name: string
  private readonly devices: Devices
  private readonly camera: boolean
  private readonly way: Relay
  private readonly media: UdpHop

  private constructor(name: string, devices: Devices, camera: boolean, way: Relay, media: UdpHop) {
    this.name = name
    this.devices = devices
    this.camera = camera
    this.way = way
    this.media = media
  }

  static async open(name: string, devices: Devices, camera: boolean, server: Server): Promise<Seat> {
    const way = new Relay(() => Number(new URL(server.url).port))
    await way.open()
    const seat = new Seat(name, devices, camera, way, await UdpHop.open(() => server.mediaPort))
    await seat.sitDown()
    return seat
  }

  // Somebody who has nothing of an earlier visit.
  async sitDown(): Promise<void> {
    this.person = await Person.open(this.name, this.devices)
    this.gone = false
    await this.prepare()
  }

  get origin(): string {
    return `http://127.0.0.1:${this.way.port}`
  }

  /** The page, as soon as it can be had. */
  async visit(path: string): Promise<void> {
    const { page } = this.person
    const went = () => page.goto(this.origin + path).then((answer) => answer?.ok() ?? false, () => false)
    await until(went, (there) => there, patienceS, `${this.name} gets no page`)
  }

  /** The browser records, as it says itself. */
  async recording(): Promise<void> {
    await studio.waitForRecordBar(this.person.page, 'recording')
    this.lives.push({ fromMs: Date.now() })
  }

  async kill(atMs: number, returned: boolean): Promise<void> {
    Object.assign(this.lives.at(-1)!, { killedAtMs: atMs, returned })
    this.gone = !returned
    await this.person.kill()
  }

  async restart(): Promise<void> {
    await this.person.start()
    await this.prepare()
  }

  cut(how: 'gone' | 'silent', media: boolean): void {
    this.way.become(how)
    if (media) this.media.cut()
  }

  mend(): void {
    this.way.become('good')
    this.media.mend()
  }

  async close(): Promise<void> {
    await this.person.close()
    this.way.close()
    this.media.close()
  }

  private async prepare(): Promise<void> {
    await mediaBy(this.person.page, this.media.port)
    if (!this.camera) await withoutCamera(this.person)
  }
}

// As on a machine that has none: two cores have better things to do than to paint test pictures.
async function withoutCamera(person: Person): Promise<void> {
  await person.page.addInitScript(() => {
    const devices = navigator.mediaDevices
    const original = devices.getUserMedia.bind(devices)
    devices.getUserMedia = async (wanted) => {
      if (wanted?.video) throw new DOMException('There is no camera.', 'NotFoundError')
      return original(wanted)
    }
  })
}

/** A server, its owner, and three people with voices that tell their time. */
export class Scene {
  readonly server: Server
  readonly voices: Map<string, Float32Array>
  private readonly owner: Owner
  private readonly seats: Seat[]

  private constructor(server: Server, owner: Owner, seats: Seat[], voices: Map<string, Float32Array>) {
    this.server = server
    this.owner = owner
    this.seats = seats
    this.voices = voices
  }

  /** With cameras of `pictures`, where there are any. */
  static async open(binary: string, pictures?: Devices[]): Promise<Scene> {
    const server = await Server.start(binary, undefined, ['--shards', '1', '--rate-limit', '0'])
    const owner = new Owner(server)
    await owner.setUp(studio.people[0])
    const voices = new Map(studio.people.map((name, i) => [name, timeVoice(i, voiceS)]))
    const seats = await Promise.all(
      studio.people.map((name, i) => {
        const microphone = join(server.data, `${name}.wav`)
        writeWave(microphone, voices.get(name)!)
        return Seat.open(name, { ...pictures?.[i], microphone }, pictures !== undefined, server)
      }),
    )
    return new Scene(server, owner, seats, voices)
  }

  async close(): Promise<void> {
    await Promise.all(this.seats.map((seat) => seat.close()))
    await this.server.close()
  }

  get problems(): string[] {
    return this.seats.flatMap((seat) => seat.person.problems)
  }

  /** One take from the first step into the room to its files. */
  async live(plan: TakePlan, say: (text: string) => void): Promise<Lived> {
    const show = new Show(this.server, this.owner, this.seats, say)
    await show.begin(`Take ${plan.number} of seed ${plan.seed}`)
    const during = plan.late ? plan.kills.slice(0, -1) : plan.kills
    for (const kill of during) await show.suffer(kill)
    await show.allIsWell()
    await pause(plan.stopAfterS)
    await show.stop()
    for (const kill of plan.kills.slice(during.length)) await show.suffer({ ...kill, sudden: true })
    return { plan, ...(await show.finish()) }
  }

  /** Nobody is left of a take, nor its files; those who went for ever are followed by somebody new in their place. */
  async clear({ take }: Lived): Promise<void> {
    await Promise.all(
      this.seats.map(async (seat) => {
        seat.lives = []
        if (!seat.gone) return
        await seat.person.close()
        await seat.sitDown()
      }),
    )
    const { sessionId } = take as studio.Take & { sessionId: string }
    await this.owner.call('DELETE', `/api/v1/sessions/${sessionId}`)
  }

  /** After a take that failed: the same people in browsers that have never been anywhere. */
  async again(): Promise<void> {
    if (!this.server.alive) await this.server.run()
    for (const seat of this.seats) {
      seat.lives = []
      seat.mend()
      await seat.person.close()
      await seat.sitDown()
    }
  }
}

// A session with one take in it.
class Show {
  private sessionId = ''
  private takeId = ''
  private link = ''
  private stopped = false
  private readonly killed: Killed[] = []
  private readonly server: Server
  private readonly owner: Owner
  private readonly seats: Seat[]
  private readonly say: (text: string) => void

  constructor(server: Server, owner: Owner, seats: Seat[], say: (text: string) => void) {
    this.server = server
    this.owner = owner
    this.seats = seats
    this.say = say
  }

  private get host(): Seat {
    return this.seats[0]!
  }

  private get here(): Seat[] {
    return this.seats.filter((seat) => !seat.gone)
  }

  async begin(title: string): Promise<void> {
    await this.owner.signIn()
    this.sessionId = (await (await this.owner.makeSession(title)).json()).id
    this.link = ((await this.session()) as studio.Session & { guestLink: string }).guestLink
    await Promise.all(this.seats.map((seat) => this.enter(seat)))
    await Promise.all(this.seats.map((seat) => sees(seat, studio.people)))
    const take = (await (await this.ask('POST', `/api/v1/sessions/${this.sessionId}/takes`)).json()) as studio.Take
    this.takeId = take.id
    await Promise.all(this.seats.map((seat) => seat.recording()))
    await writeDownPromises(this.host)
  }

  async suffer(kill: Kill): Promise<void> {
    if (!kill.sudden) await this.allIsWell()
    await pause(kill.afterS)
    this.say(`  ${describe(kill)}`)
    const atMs = Date.now()
    this.killed.push({ kill, atMs, settled: !kill.sudden })
    await this.strike(kill, atMs)
  }

  // Everything at once, and then each comes back when it does.
  private async strike({ browser, server, network }: Kill, atMs: number): Promise<void> {
    const victim = browser && this.seats.find((seat) => seat.name === browser.who)!
    const cut = network ? this.seats.filter((seat) => !network.who || seat.name === network.who) : []
    for (const seat of cut) seat.cut(network!.how, network!.media)
    await Promise.all([server && this.server.kill('SIGKILL'), victim?.kill(atMs, browser!.returns)])
    const reachable = Promise.all([
      server && pause(server.awayS).then(() => this.server.run()),
      network && pause(network.awayS).then(() => cut.forEach((seat) => seat.mend())),
    ])
    const back = victim && browser!.returns && pause(browser!.awayS).then(() => victim.restart())
    await Promise.all([reachable, back])
    if (back) await this.comeBack(victim)
  }

  private async comeBack(seat: Seat): Promise<void> {
    if (this.stopped) return seat.visit(this.pathOf(seat)) // what is left goes up by itself, whether one joins again or not
    await this.enter(seat)
    await seat.recording()
  }

  private pathOf(seat: Seat): string {
    return seat === this.host ? `/sessions/${this.sessionId}` : new URL(this.link, this.server.url).pathname
  }

  private async enter(seat: Seat): Promise<void> {
    const { page } = seat.person
    if (seat === this.host) await signIn(seat, this.server)
    await seat.visit(this.pathOf(seat))
    if (seat === this.host) await studio.enterStudio(page)
    else await studio.enterStage(page, seat.name)
  }

  /** Everyone who is here is recorded, by themselves and by the server, and sends, and has sent what an earlier browser had kept. */
  async allIsWell(): Promise<void> {
    const before = new Map((await this.session()).takes[0]!.stems.map((stem) => [stem.id, stem.bytes]))
    const well = ({ takes }: studio.Session) => this.here.every((seat) => isWell(seat, takes[0]!.stems, before))
    await until(() => this.session(), well, patienceS, 'not all is well')
  }

  async stop(): Promise<void> {
    await this.ask('POST', `/api/v1/takes/${this.takeId}/stop`)
    this.stopped = true
  }

  /** Who will never return is waited for no longer than until the others are there: the host says so. */
  async finish(): Promise<Omit<Lived, 'plan'>> {
    const here = this.here.map((seat) => seat.name)
    const sent = ({ takes }: studio.Session) => takes[0]!.stems.filter((stem) => here.includes(stem.participantName)).every(hasArrived)
    await until(() => this.session(), sent, patienceS, 'what was recorded does not arrive')
    if (here.length < this.seats.length) await this.ask('POST', `/api/v1/takes/${this.takeId}/finish`)
    const over = ({ takes }: studio.Session) => takes[0]!.state === 'ready' || takes[0]!.state === 'failed'
    const take = (await until(() => this.session(), over, 3 * patienceS, 'the take is stuck')).takes[0]!
    assert.equal(take.state, 'ready', `the take has failed: ${take.error}`)
    return {
      folder: join(this.server.data, 'takes', take.id),
      take,
      killed: this.killed,
      lives: new Map(this.seats.map((seat) => [seat.name, seat.lives])),
      promisedS: await promised(this.host),
    }
  }

  private async session(): Promise<studio.Session> {
    return (await this.ask('GET', `/api/v1/sessions/${this.sessionId}`)).json()
  }

  // Whatever is asked may be asked twice; a connection of before the server's death is noticed when it is used.
  private async ask(method: string, path: string): Promise<Response> {
    const asked = () => this.owner.call(method, path).catch(() => undefined)
    const answer = (await until(asked, (got) => got !== undefined, patienceS, `${method} ${path}`))!
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`)
    return answer
  }
}

function isWell(seat: Seat, stems: studio.Stem[], before: Map<string, number>): boolean {
  const own = stems.filter((stem) => stem.participantName === seat.name && stem.source === 'mic')
  const local = own.filter((stem) => stem.origin === 'local').sort((a, b) => a.startedAtMs - b.startedAtMs)
  const died = seat.lives.at(-2)?.killedAtMs ?? 0
  const newest = local.at(-1)
  const recorded = newest?.state === 'recording' && newest.startedAtMs > died && newest.bytes > (before.get(newest.id) ?? 0)
  const backed = own.some((stem) => stem.origin === 'backup' && stem.state === 'recording')
  return recorded && backed && local.slice(0, -1).every(hasArrived)
}

const hasArrived = (stem: studio.Stem) => stem.origin === 'backup' || stem.state === 'complete'

async function sees(seat: Seat, names: string[]): Promise<void> {
  for (const name of names) {
    const tile = seat.person.page.locator(`[data-testid=tile][data-participant-name="${name}"]`)
    await tile.first().waitFor({ timeout: patienceS * 1000 })
  }
}

// A login of the host's own, so that nobody else's is renewed under it.
async function signIn(seat: Seat, server: Server): Promise<void> {
  const login = new Owner(server)
  await login.signIn()
  const cookies = login.cookie.split('; ').map((text) => {
    const [name, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]
    return { name, value, url: seat.origin }
  })
  await seat.person.page.context().addCookies(cookies)
}

// What the host's screen says of each person is written down the moment it changes.
async function writeDownPromises(host: Seat): Promise<void> {
  const { page } = host.person
  await page.getByTestId('safe-up-to').click()
  await page.getByTestId('person-chip').first().waitFor({ timeout: patienceS * 1000 })
  await page.evaluate(() => {
    const promisedS: Record<string, number> = {}
    Object.assign(window, { promisedS })
    const look = () => {
      for (const chip of document.querySelectorAll<HTMLElement>('[data-testid=person-chip]')) {
        const [, h, m, s] = /(\d\d):(\d\d):(\d\d)/.exec(chip.querySelector('[data-testid=person-safe]')?.textContent ?? '') ?? []
        const name = chip.dataset.participantName!
        if (s) promisedS[name] = Math.max(promisedS[name] ?? 0, Number(h) * 3600 + Number(m) * 60 + Number(s))
      }
    }
    look()
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
}

const promised = (host: Seat) => host.person.page.evaluate(() => (window as unknown as { promisedS: Record<string, number> }).promisedS)
