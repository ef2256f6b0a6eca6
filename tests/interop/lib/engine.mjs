// Engine.IO v4 by hand, over either transport.
import { RawSocket } from "./raw_socket.mjs";

export class Engine {
  constructor(url, path) {
    this.http = `${url}${path}?`;
  }
  async get(query, options) {
    const answer = await fetch(this.http + query, options);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }
  async openPolling() {
    const opened = await this.get("EIO=4&transport=polling");
    return { ...opened, ...JSON.parse(opened.text.slice(1)) };
  }
  poll(sid, options) {
    return this.get(`EIO=4&transport=polling&sid=${sid}`, options);
  }
  post(sid, body) {
    return this.poll(sid, { method: "POST", body });
  }
  async socket(query = "EIO=4&transport=websocket") {
    const socket = await RawSocket.open(this.http + query);
    socket.say = (text) => socket.send(1, text);
    socket.sayBinary = (bytes) => socket.send(2, Buffer.from(bytes));
    return socket;
  }
  async openSocket() {
    const socket = await this.socket();
    const first = await socket.nextText();
    return Object.assign(socket, { open: first, ...JSON.parse(first.slice(1)) });
  }
  // A polling session and a WebSocket that has probed.
  async probing() {
    const { sid } = await this.openPolling();
    const socket = await this.socket(`EIO=4&transport=websocket&sid=${sid}`);
    await socket.say("2probe");
    return { sid, socket, answer: await socket.nextText() };
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
