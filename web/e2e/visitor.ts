// A browser without a window: follows redirects and keeps cookies, one jar per host.
import assert from 'node:assert/strict'

export interface Page {
  status: number
  url: string
  text: string
}

export class Visitor {
  private jars = new Map<string, Map<string, string>>()

  // Stops at the first answer that is no redirect, or where `until` says.
  async go(url: string, form?: Record<string, string>, until?: (url: URL) => boolean): Promise<Page> {
    let at = new URL(url)
    let body = form && new URLSearchParams(form)
    for (let hop = 0; hop < 20; ++hop) {
      const answer = await fetch(at, {
        method: body ? 'POST' : 'GET',
        headers: { cookie: this.cookies(at) },
        redirect: 'manual',
        ...(body && { body }),
      })
      this.keep(at, answer.headers.getSetCookie())
      const text = await answer.text()
      const location = answer.headers.get('location')
      if (!location) return { status: answer.status, url: at.href, text }
      at = new URL(location, at)
      body = undefined
      if (until?.(at)) return { status: answer.status, url: at.href, text }
    }
    assert.fail(`redirects without end at ${at}`)
  }

  async call(method: string, url: string, json?: object): Promise<{ status: number; json: any }> {
    const at = new URL(url)
    const answer = await fetch(at, {
      method,
      headers: { cookie: this.cookies(at), ...(json && { 'content-type': 'application/json' }) },
      ...(json && { body: JSON.stringify(json) }),
    })
    this.keep(at, answer.headers.getSetCookie())
    const text = await answer.text()
    return { status: answer.status, json: text ? JSON.parse(text) : undefined }
  }

  private cookies(at: URL): string {
    return [...(this.jars.get(at.host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  private keep(at: URL, fields: string[]): void {
    const jar = this.jars.get(at.host) ?? new Map<string, string>()
    this.jars.set(at.host, jar)
    for (const field of fields) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(field)!
      const ended = /max-age=0/i.test(field) || /expires=thu, 01 jan 1970/i.test(field)
      if (ended) jar.delete(name!)
      else jar.set(name!, value!)
    }
  }
}
