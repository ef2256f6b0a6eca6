// make demo: three browsers record a 30-second episode; the files stay, the report is printed, JSON last.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finish, inspect, meet, part, pause } from './episode.ts'
import { Server, temporaryDirectory } from './server.ts'
import { fixtures, hearsOthers, startTake } from './studio.ts'

const binary = process.argv[2]
const length = Number(process.argv[3] ?? 30)
if (!binary) throw new Error('usage: demo.ts BINARY [SECONDS]')

const say = (text: string) => console.log(text)
const folder = temporaryDirectory('demo')
say('Making three voices and three cameras …')
const devices = fixtures(join(tmpdir(), 'greenroom-fixtures'), 60)
const server = await Server.start(binary, join(folder, 'data'))
try {
  say(`Greenroom runs at ${server.url}`)
  const meeting = await meet(server, devices)
  try {
    say('Ana, Ben and Caro are in the room and see one another.')
    for (const person of meeting.folk)
      say(`  ${person.name} ${(await hearsOthers(person.page)) ? 'hears' : 'does NOT hear'} the others`)
    await startTake(meeting.owner.page)
    say(`Recording for ${length} seconds …`)
    await pause(length)
    await meeting.owner.page.setViewportSize({ width: 1280, height: 800 })
    await meeting.owner.page.screenshot({ path: join(folder, 'stage.png') })
    const episode = await finish(meeting, join(folder, 'episode'))
    await meeting.owner.page.goto(`${server.url}/sessions/${meeting.sessionId}`)
    await meeting.owner.page.getByTestId('player').waitFor()
    await meeting.owner.page.screenshot({ path: join(folder, 'session.png'), fullPage: true })
    const seen = inspect(binary, episode.mp4, 3)
    say(`Ready ${episode.readyAfterS.toFixed(1)} s after stop.`)
    say(`Episode    ${episode.mp4}`)
    say(`           ${seen.videoS.toFixed(3)} s, ${seen.width}x${seen.height}, ${seen.videoFrames} frames, ${seen.lufs.toFixed(1)} LUFS, peak ${seen.truePeakDb.toFixed(1)} dBTP`)
    for (const stem of episode.stems) say(`Stem       ${stem}`)
    say(`Thumbnail  ${episode.thumbnail}`)
    say(`Alignment  residual ${episode.report.residualMs.toFixed(3)} ms`)
    for (const [i, tile] of seen.tiles.entries())
      say(`Time code  tile ${i + 1}: ${tile.first} to ${tile.last}, ${tile.jumps} jumps, ${tile.backward} backward, ${tile.repeats} repeated, ${tile.unread} unread`)
    for (const problem of meeting.folk.flatMap((person) => person.problems)) say(`Browser said: ${problem}`)
    console.log(
      JSON.stringify({
        mp4: episode.mp4,
        stems: episode.stems,
        thumbnail: episode.thumbnail,
        duration_s: seen.videoS,
        lufs: seen.lufs,
        residual_ms: episode.report.residualMs,
        ready_after_s: episode.readyAfterS,
      }),
    )
  } finally {
    await part(meeting)
  }
} catch (error) {
  console.error(server.log.split('\n').slice(-40).join('\n'))
  throw error
} finally {
  await server.close({ keepData: true })
}
