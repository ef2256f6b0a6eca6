// What the end-to-end tests use of other people's servers.
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'
  export class Provider {
    constructor(issuer: string, configuration: object)
    callback(): RequestListener
  }
  export default Provider
}

declare module 'smtp-server' {
  import type { AddressInfo } from 'node:net'
  import type { Readable } from 'node:stream'
  export interface Session {
    secure: boolean
    user?: string
    envelope: { mailFrom: { address: string }; rcptTo: { address: string }[] }
  }
  type Done = (error?: Error | null, answer?: { user: string }) => void
  export class SMTPServer {
    constructor(options: {
      key?: string
      cert?: string
      authOptional?: boolean
      disableReverseLookup?: boolean
      onAuth?(auth: { username: string; password: string }, session: Session, done: Done): void
      onData?(stream: Readable, session: Session, done: Done): void
    })
    server: { address(): AddressInfo }
    listen(port: number, host: string, done: () => void): void
    close(done: () => void): void
    on(event: 'error', listener: (error: Error) => void): void
  }
}
