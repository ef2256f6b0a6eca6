// What both servers are asked: idle Socket.IO clients, events to rooms, HTTP requests over many connections. The client's
// side is written on bare sockets, so that it costs the server's side as little as may be.
import { readFileSync } from "node:fs";
import { connect } from "node:net";

const mask = Buffer.alloc(4); // of zeros: a client must mask, nobody says with what (RFC 6455 §5.3)

function textFrame(text) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, mask, body]);
}

// A Socket.IO client over one WebSocket. `onEvent` hears every event, as it came.
export class Client {
  #rest = Buffer.alloc(0);
  #open = false;
  #waiting = [];
  #acks = new Map();
  #lastAck = 0;
  onEvent = () => {};

  static async connect(url, auth) {
    const client = new Client();
    const { hostname, port } = new URL(url);
    client.socket = connect(Number(port), hostname);
    client.socket.setNoDelay(true);
    client.socket.on("data", (bytes) => client.#read(bytes));
    client.socket.on("error", () => {});
    client.socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    await client.#next("0");
    client.say(`40${auth ? JSON.stringify(auth) : ""}`);
    await client.#next("40");
    return client;
  }
  say(text) {
    this.socket.write(textFrame(text));
  }
  call(event, request) {
    this.#lastAck += 1;
    this.say(`42${this.#lastAck}${JSON.stringify([event, request])}`);
    return new Promise((resolve) => this.#acks.set(this.#lastAck, resolve));
  }
  close() {
    this.socket.destroy();
  }

  #next(prefix) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ prefix, resolve });
      this.socket.once("close", () => reject(new Error(`closed while waiting for ${prefix}`)));
    });
  }
  #read(bytes) {
    let input = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
    if (!this.#open) {
      const end = input.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#open = true;
        input = input.subarray(end + 4);
      }
    }
    while (this.#open && input.length >= 2) {
      let size = input[1] & 0x7f;
      const head = size === 126 ? 4 : size === 127 ? 10 : 2;
      if (input.length < head) break;
      if (head === 4) size = input.readUInt16BE(2);
      if (head === 10) size = Number(input.readBigUInt64BE(2));
      if (input.length < head + size) break;
      this.#packet(input.subarray(head, head + size));
      input = input.subarray(head + size);
    }
    this.#rest = input.length ? Buffer.from(input) : Buffer.alloc(0);
  }
  #packet(bytes) {
    if (bytes.length >= 3 && bytes[0] === 0x34 && bytes[1] === 0x32 && bytes[2] === 0x5b) return this.onEvent(bytes);
    const text = bytes.toString();
    if (text === "2") return this.say("3");
    const ack = /^43(\d+)/.exec(text);
    if (ack) {
      const id = Number(ack[1]);
      this.#acks.get(id)?.(text);
      this.#acks.delete(id);
      return;
    }
    const waited = this.#waiting.findIndex(({ prefix }) => text.startsWith(prefix));
    if (waited >= 0) this.#waiting.splice(waited, 1)[0].resolve(text);
  }
}

export async function crowd(url, count, at_once = 100) {
  const clients = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(at_once, count - clients.length) }, () => Client.connect(url));
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}

// Bytes that one idle client adds to the server's resident memory.
export async function idleMemory({ url, pid }, count) {
  const first = await crowd(url, 20); // what the first clients cost once
  await sleep(500);
  const before = residentBytes(pid);
  const clients = await crowd(url, count);
  await sleep(3000);
  const bytes = (residentBytes(pid) - before) / count;
  for (const client of [...first, ...clients]) client.close();
  await sleep(500);
  return bytes;
}

// Deliveries a second when several people in each of several rooms talk at once.
export async function fanOut({ url }, { rooms, people, talkers, events }) {
  const clients = await crowd(url, rooms * people);
  let delivered = 0;
  const expected = rooms * talkers * events * (people - 1);
  const rtpCapabilities = { codecs: [], headerExtensions: [] };
  for (const [i, client] of clients.entries()) {
    const callId = `bench-${i % rooms}`;
    await client.call("createRoom", { callId });
    await client.call("joinRoom", { callId, userId: `u${i}`, rtpCapabilities });
  }
  await sleep(300);
  const done = new Promise((resolve) => {
    for (const client of clients)
      client.onEvent = () => {
        delivered += 1;
        if (delivered === expected) resolve();
      };
  });
  const started = process.hrtime.bigint();
  const talk = async (client) => {
    for (let sent = 0; sent < events; sent += 10) {
      const answers = [];
      for (let i = 0; i < 10; i += 1)
        answers.push(client.call("recordingProgress", { takeId: "t", source: "mic", capturedMs: sent + i, safeMs: 0, pendingBytes: 0 }));
      await Promise.all(answers);
    }
  };
  await Promise.race([Promise.all([done, ...clients.slice(0, rooms * talkers).map(talk)]), sleep(60_000)]);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  for (const client of clients) client.close();
  if (delivered !== expected) throw new Error(`${delivered} of ${expected} were delivered`);
  await sleep(500);
  return delivered / seconds;
}

// One request again and again over that many keep-alive connections.
export async function requests({ url }, { method, path, headers = {}, body }, connections = 64, seconds = 4) {
  const { hostname, port } = new URL(url);
  const text = body ? JSON.stringify(body) : "";
  const fields = Object.entries({ Host: `${hostname}:${port}`, ...headers, ...(body ? { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) } : {}) });
  const request = Buffer.from(`${method} ${path} HTTP/1.1\r\n${fields.map(([k, v]) => `${k}: ${v}\r\n`).join("")}\r\n${text}`);
  const times = [];
  const statuses = new Map();
  const deadline = Date.now() + seconds * 1000;
  const one = () =>
    new Promise((resolve) => {
      const socket = connect(Number(port), hostname);
      socket.setNoDelay(true);
      let input = "";
      let since = 0n;
      const ask = () => {
        since = process.hrtime.bigint();
        socket.write(request);
      };
      socket.on("connect", ask);
      socket.on("data", (bytes) => {
        input += bytes.toString("latin1");
        const head = input.indexOf("\r\n\r\n");
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(input)?.[1] ?? 0);
        if (input.length < head + 4 + length) return;
        times.push(Number(process.hrtime.bigint() - since) / 1e6);
        const status = input.slice(9, 12);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        input = "";
        if (Date.now() < deadline) return ask();
        socket.destroy();
        resolve();
      });
      socket.on("error", resolve);
      socket.on("close", resolve);
    });
  const started = Date.now();
  await Promise.all(Array.from({ length: connections }, one));
  const wrong = [...statuses].filter(([status]) => !status.startsWith("2"));
  if (wrong.length) throw new Error(`${method} ${path}: ${JSON.stringify([...statuses])}`);
  times.sort((a, b) => a - b);
  return { perSecond: (times.length * 1000) / (Date.now() - started), p99: times[Math.floor(times.length * 0.99)] };
}
