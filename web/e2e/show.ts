// A suite's own server with one session in it and two browsers before it.
import type { Page } from 'playwright-core'
import { Person } from './browser.ts'
import { Server } from './server.ts'
import { createOwner, createSession, enterStudio, fixtures } from './studio.ts'
import { binary, fixtureFolder } from './suite.ts'

export type Show = { server: Server; ana: Person; ben: Person; id: string; link: string; close(): Promise<void> }

/** A server with one session: Ana, who owns it, is in its studio; Ben has a browser and the guest link before him. */
export async function openShow(title: string, soundSeconds: number, more?: (page: Page) => Promise<void>): Promise<Show> {
  const server = await Server.start(binary)
  const devices = fixtures(fixtureFolder, soundSeconds)
  const [ana, ben] = await Promise.all([Person.open('Ana', devices[0]), Person.open('Ben', devices[1])])
  await createOwner(ana.page, server, 'Ana')
  const link = await createSession(ana.page, server, title, more)
  const id = new URL(ana.page.url()).pathname.split('/').pop()!
  await enterStudio(ana.page)
  const close = async () => {
    await Promise.all([ana.close(), ben.close()])
    await server.close()
  }
  return { server, ana, ben, id, link, close }
}
