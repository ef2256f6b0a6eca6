// A WebSocket client that writes and reads single frames, well-formed or not (RFC 6455 §5.2).
import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const patienceMs = 10_000;

// One frame as bytes. `lengthBytes` forces the 2- or 8-byte length field, `length` a false length.
export function frame(opcode, payload = "", { fin = true, rsv = 0, masked = true, lengthBytes, length } = {}) {
  const body = Buffer.from(payload);
  const size = length ?? body.length;
  const extended = lengthBytes ?? (size < 126 ? 0 : size < 65_536 ? 2 : 8);
  const head = Buffer.alloc(2 + extended);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (extended === 0 ? size : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(size, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(size), 2);
  if (!masked) return Buffer.concat([head, body]);
  const key = randomBytes(4);
  const hidden = Buffer.from(body);
  for (let i = 0; i < hidden.length; i += 1) hidden[i] ^= key[i & 3];
  return Buffer.concat([head, key, hidden]);
}

export function closePayload(code, reason = "") {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

export class RawSocket {
  #input = Buffer.alloc(0);
  #chunks = [];
  #ended = false;
  #wake = () => {};

  constructor(socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      this.#chunks.push(bytes);
      this.#wake();
    });
    for (const event of ["end", "close", "error"])
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
  }

  // Opens a TCP connection and asks for a WebSocket; `fields` replace or (undefined) remove request fields.
  static async open(url, fields = {}, early = Buffer.alloc(0)) {
    const { hostname, port, pathname, search } = new URL(url);
    const socket = new RawSocket(connect(Number(port), hostname));
    const key = randomBytes(16).toString("base64");
    const all = {
      Host: `${hostname}:${port}`,
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Key": key,
      "Sec-WebSocket-Version": "13",
      ...fields,
    };
    const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}`));
    const head = `GET ${pathname}${search} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), early]));
    const answer = await socket.#readHead();
    socket.status = Number(answer.slice(9, 12));
    socket.fields = Object.fromEntries(
      answer.split("\r\n").slice(1).map((line) => [line.split(":")[0].toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.accepted = socket.status === 101 && socket.fields["sec-websocket-accept"] === accept;
    return socket;
  }

  write(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }
  send(opcode, payload, options) {
    return this.write(frame(opcode, payload, options));
  }
  async sendInPieces(bytes, size = 1) {
    for (let at = 0; at < bytes.length; at += size) {
      await this.write(bytes.subarray(at, at + size));
      await new Promise(setImmediate);
    }
  }
  destroy() {
    this.socket.destroy();
  }

  // The next frame, or undefined when the server has hung up.
  async next() {
    if (!(await this.#have(2))) return undefined;
    const [first, second] = this.#input;
    let size = second & 0x7f;
    const extended = size === 126 ? 2 : size === 127 ? 8 : 0;
    if (!(await this.#have(2 + extended))) return undefined;
    if (extended === 2) size = this.#input.readUInt16BE(2);
    if (extended === 8) size = Number(this.#input.readBigUInt64BE(2));
    if (!(await this.#have(2 + extended + size))) return undefined;
    const payload = this.#input.subarray(2 + extended, 2 + extended + size);
    this.#input = this.#input.subarray(2 + extended + size);
    return { opcode: first & 0x0f, fin: first >= 0x80, rsv: (first >> 4) & 7, masked: second >= 0x80, payload };
  }
  // The next message's payload as text, or the closing as "closed <code>", or "hung up".
  async nextText() {
    for (;;) {
      const got = await this.next();
      if (!got) return "hung up";
      if (got.opcode === opcodes.close) return `closed ${got.payload.length >= 2 ? got.payload.readUInt16BE(0) : ""}`.trim();
      if (got.opcode === opcodes.text) return got.payload.toString();
      if (got.opcode === opcodes.binary) return `binary ${got.payload.toString("hex")}`;
    }
  }
  // Everything up to the end: frames, the last being the close frame if there was one.
  async rest() {
    const frames = [];
    for (let got = await this.next(); got; got = await this.next()) frames.push(got);
    return frames;
  }

  async #readHead() {
    let size = 1;
    while (this.#input.indexOf("\r\n\r\n") < 0) {
      if (!(await this.#have(this.#input.length + size))) throw new Error(`no answer: ${this.#input}`);
      size = 1;
    }
    const end = this.#input.indexOf("\r\n\r\n") + 4;
    const head = this.#input.subarray(0, end).toString("latin1");
    this.#input = this.#input.subarray(end);
    return head;
  }
  async #have(size) {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const waiting = this.#chunks.reduce((sum, chunk) => sum + chunk.length, this.#input.length);
      if (waiting >= size) {
        if (this.#chunks.length) this.#input = Buffer.concat([this.#input, ...this.#chunks.splice(0)]);
        return true;
      }
      if (this.#ended) return false;
      if (Date.now() > deadline) throw new Error("the server says nothing");
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
