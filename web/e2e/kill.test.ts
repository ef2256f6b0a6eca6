// What dies takes nothing with it: a guest's browser, and the server, killed in the middle of a take.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, test } from 'node:test'
import { finish, meet, type Meeting, part, pause } from './episode.ts'
import { Server, temporaryDirectory } from './server.ts'
import * as studio from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'

const folder = temporaryDirectory('kill')
after(() => rmSync(folder, { recursive: true, force: true }))

const devices = studio.fixtures(fixtureFolder, 60)
const bytesPerSecond = 48_000 * 3 // s24 mono; the blocks' headers come on top

async function meeting(run: (meeting: Meeting) => Promise<void>): Promise<void> {
  const server = await Server.start(binary)
  let folk: Meeting | undefined
  try {
    folk = await meet(server, devices)
    await run(folk)
  } catch (error) {
    console.error(server.log.split('\n').slice(-60).join('\n'))
    console.error(folk?.folk.flatMap((person) => person.problems).join('\n'))
    throw error
  } finally {
    if (folk) await part(folk)
    await server.close()
  }
}

const microphones = (session: studio.Session, name: string) =>
  session.takes.at(-1)!.stems.filter((s) => s.participantName === name && s.source === 'mic' && s.origin === 'local')

test('a browser killed in the middle of a take and opened again: its stem is complete', () =>
  meeting(async (meeting) => {
    const { owner, sessionId, guestLink } = meeting
    const ben = meeting.folk[1]!
    await studio.startTake(owner.page)
    const started = (await studio.session(owner.page, sessionId)).takes[0]!.startedAtMs
    await pause(6)
    const killed = Date.now()
    await ben.kill()
    await pause(1)
    await ben.start()
    await ben.page.goto(guestLink)
    const complete = (s: studio.Session) => microphones(s, 'Ben').some((stem) => stem.state === 'complete')
    const recovered = await studio.untilSession(owner.page, sessionId, complete, 30)
    const stem = microphones(recovered, 'Ben').find((s) => s.state === 'complete')!
    const kept = stem.bytes / bytesPerSecond
    assert.ok(kept >= (killed - started) / 1000 - 1.5, `${kept} s kept of ${(killed - started) / 1000} s`)

    await studio.enterStage(ben.page, 'Ben')
    await studio.waitForRecordBar(ben.page, 'recording')
    await pause(4)
    const episode = await finish(meeting, `${folder}/browser`)
    const parts = microphones(episode.session, 'Ben')
    assert.ok(parts.length >= 2, 'one stem before the kill, one after')
    for (const part of parts) assert.equal(part.state, 'complete')
    assert.equal(episode.stems.length, studio.people.length)
  }))

test('the server killed in the middle of a take and started again: everyone goes on, the take completes', () =>
  meeting(async (meeting) => {
    const { owner, server, sessionId } = meeting
    await studio.startTake(owner.page)
    await pause(5)
    await server.kill('SIGKILL')
    await pause(3)
    await server.run()
    for (const person of meeting.folk) {
      await studio.waitForRecordBar(person.page, 'recording')
      await studio.seesAll(person.page, studio.people)
    }
    await pause(4)
    const episode = await finish(meeting, `${folder}/server`)
    const length = (episode.take.stoppedAtMs! - episode.take.startedAtMs) / 1000
    assert.ok(length > 11, `${length} s`)
    for (const name of studio.people) {
      const stems = microphones(episode.session, name)
      assert.equal(stems.length, 1, `${name}: the recording was not broken by the server’s death`)
      assert.equal(stems[0]!.state, 'complete')
      assert.ok(stems[0]!.bytes / bytesPerSecond > length - 1.5, `${name}: ${stems[0]!.bytes / bytesPerSecond} s of ${length} s`)
    }
    assert.equal((await studio.session(owner.page, sessionId)).state, 'ready')
  }))
