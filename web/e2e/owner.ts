// The owner of an installation as a program: REST with the cookies of a login.
import assert from 'node:assert/strict'
import type { Server } from './server.ts'

const credentials = { email: 'owner@example.org', password: 'correct horse battery staple' }

export class Owner {
  cookie = ''
  private readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  async call(method: string, path: string, body?: object, seconds = 15): Promise<Response> {
    const answer = await fetch(new URL(path, this.server.url), {
      method,
      headers: { cookie: this.cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(seconds * 1000),
    })
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!)
    if (cookies.length > 0) this.cookie = cookies.join('; ')
    return answer
  }

  async setUp(name = 'Owner'): Promise<void> {
    const owner = { token: this.server.setupToken, name, ...credentials }
    assert.equal((await this.call('POST', '/api/v1/setup', owner)).status, 201)
  }

  async signIn(): Promise<void> {
    assert.equal((await this.call('POST', '/api/v1/login', credentials)).status, 200)
  }

  makeSession(title: string): Promise<Response> {
    return this.call('POST', '/api/v1/sessions', { title, kind: 'podcast' })
  }

  async sessions(): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    let cursor = ''
    do {
      const answer = await this.call('GET', `/api/v1/sessions?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
      assert.equal(answer.status, 200, await answer.clone().text())
      const page = await answer.json()
      for (const session of page.items) found.set(session.id, session.title)
      cursor = page.nextCursor ?? ''
    } while (cursor)
    return found
  }
}
