// The mails of a server without SMTP: they lie as files in its data directory.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Server } from './server.ts'

type Mail = { to: string; text: string }

// "=\n" joins lines, "=3D" is a byte (RFC 2045 §6.7).
function unquoted(text: string): string {
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(text)) return Buffer.from(text, 'latin1').toString('utf8')
  const bytes = text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function mails(server: Server): Mail[] {
  const folder = join(server.data, 'mail')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => unquoted(readFileSync(join(folder, name), 'latin1')))
    .map((text) => ({ to: /^To: .*?([^\s<>]+@[^\s<>]+)/m.exec(text)?.[1] ?? '', text }))
}

// The newest link of this kind that was mailed to this address, as a path of the application; waits for it to come.
export async function mailedLink(server: Server, to: string, page: string, seen: string[] = []): Promise<string> {
  const deadline = Date.now() + 15_000
  for (;;) {
    for (const mail of mails(server).reverse()) {
      const link = new RegExp(`https?://[^\\s"<>]+(/${page}[^\\s"<>]*)`).exec(mail.text)?.[1]
      if (mail.to === to && link && !seen.includes(link)) return link.replaceAll('&amp;', '&')
    }
    if (Date.now() > deadline) throw new Error(`no mail to ${to} with a link to /${page}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
