// A person with Debian's Firefox, driven over WebDriver BiDi: another browser's WebRTC in the same room.
import { type Browser, launch, type Page } from 'puppeteer-core'

// Loopback candidates, and a fake microphone and camera that nobody is asked about.
const preferences = {
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  'permissions.default.camera': 1,
  'permissions.default.microphone': 1,
  'media.autoplay.default': 0,
}

export class FirefoxPerson {
  readonly page: Page
  private readonly browser: Browser

  private constructor(browser: Browser, page: Page) {
    this.browser = browser
    this.page = page
  }

  static async open(): Promise<FirefoxPerson> {
    const browser = await launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true, extraPrefsFirefox: preferences })
    return new FirefoxPerson(browser, await browser.newPage())
  }

  async close(): Promise<void> {
    await this.browser.close()
  }
}
