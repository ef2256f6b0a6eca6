// What the runner tells every test file.
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const binary = process.env.GREENROOM_BINARY ?? ''
if (!binary) throw new Error('GREENROOM_BINARY names the server to test')
export const fixtureFolder = join(tmpdir(), 'greenroom-fixtures')
