// A page's media on another way than the one the server offers.
import type { Page } from 'playwright-core'

/** From the next document on the page sends its media to that port of this machine, by UDP, and to no other. */
export async function mediaBy(page: Page, port: number): Promise<void> {
  await page.addInitScript((to) => {
    const original = RTCPeerConnection.prototype.setRemoteDescription
    RTCPeerConnection.prototype.setRemoteDescription = function (this: RTCPeerConnection, description: any) {
      const lines = (description.sdp as string).split('\r\n').filter((text) => !/^a=candidate:.* tcp /i.test(text))
      const sdp = lines.map((text) => text.replace(/^(a=candidate:\S+ \d+ udp \d+) \S+ \d+ /i, `$1 127.0.0.1 ${to} `)).join('\r\n')
      return (original as any).call(this, { type: description.type, sdp })
    } as any
  }, port)
}
