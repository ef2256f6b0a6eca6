// RFC 6455, frame by frame, against the echo of `greenroom serve --realtime-conformance`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePayload, frame, opcodes, RawSocket } from "./lib/raw_socket.mjs";
import { startServer } from "./lib/server.mjs";

const { continuation, text, binary, close, ping, pong } = opcodes;
let server;
before(async () => {
  server = await startServer("--realtime-conformance");
});
after(() => server?.close());

async function open(fields, early) {
  const socket = await RawSocket.open(`${server.url}/echo`, fields, early);
  assert.ok(socket.accepted, `status ${socket.status}`);
  return socket;
}
// Ends the conversation properly: everything before was fine.
async function closesWell(socket) {
  await socket.send(close, closePayload(1000));
  const [last, ...more] = await socket.rest();
  assert.deepEqual([last.opcode, last.payload.readUInt16BE(0), more.length], [close, 1000, 0]);
}
// The server ends the connection for one of those reasons, and says nothing else.
async function failsWith(socket, ...codes) {
  const frames = await socket.rest();
  assert.deepEqual(frames.map((one) => one.opcode), [close]);
  assert.ok(codes.includes(frames[0].payload.readUInt16BE(0)), frames[0].payload.toString("hex"));
}
async function echoes(socket, opcode, payload) {
  const got = await socket.next();
  assert.ok(got, "the server hung up");
  assert.deepEqual([got.opcode, got.fin, got.rsv, got.masked], [opcode, true, 0, false]);
  assert.ok(got.payload.equals(Buffer.from(payload)), `${got.payload.length} bytes came back`);
}

test("handshake", async () => {
  assert.equal((await RawSocket.open(`${server.url}/echo`, { "Sec-WebSocket-Version": "8" })).status, 426);
  assert.equal((await RawSocket.open(`${server.url}/echo`, { "Sec-WebSocket-Key": undefined })).status, 400);
  const offered = await open({ "Sec-WebSocket-Protocol": "chat", Connection: "keep-alive, Upgrade" });
  assert.equal(offered.fields["sec-websocket-protocol"], undefined);
  await closesWell(offered);
  const early = await open({}, frame(text, "sent with the request"));
  await echoes(early, text, "sent with the request");
  await closesWell(early);
});

test("permessage-deflate is declined and its bit then refused", async () => {
  for (const offer of ["permessage-deflate", "permessage-deflate; client_max_window_bits; server_no_context_takeover"]) {
    const socket = await open({ "Sec-WebSocket-Extensions": offer });
    assert.equal(socket.fields["sec-websocket-extensions"], undefined);
    await socket.send(text, "plain");
    await echoes(socket, text, "plain");
    await socket.send(text, "compressed?", { rsv: 4 });
    await failsWith(socket, 1002);
  }
});

test("messages of every length form, whole and in pieces of any size", async () => {
  const socket = await open();
  for (const size of [0, 1, 125, 126, 127, 128, 65_535, 65_536, 1_000_000])
    for (const opcode of [text, binary]) {
      const payload = Buffer.alloc(size, "*");
      await socket.send(opcode, payload);
      await echoes(socket, opcode, payload);
    }
  const payload = Buffer.alloc(2000, "x");
  for (const piece of [1, 7, 997]) {
    await socket.sendInPieces(frame(text, payload), piece);
    await echoes(socket, text, payload);
  }
  await socket.send(binary, Buffer.from([0, 255, 128, 254]));
  await echoes(socket, binary, Buffer.from([0, 255, 128, 254]));
  await closesWell(socket);
});

test("pings and pongs", async () => {
  const socket = await open();
  for (const payload of ["", "hello", Buffer.from([0, 255, 254, 253, 252]), Buffer.alloc(125, 254)]) {
    await socket.send(ping, payload);
    await echoes(socket, pong, payload);
    await socket.sendInPieces(frame(ping, payload));
    await echoes(socket, pong, payload);
  }
  await socket.send(pong, "");
  await socket.send(pong, "nobody asked");
  await socket.send(ping, "now");
  await echoes(socket, pong, "now");
  await socket.write(Buffer.concat(Array.from({ length: 10 }, (_, i) => frame(ping, `ping ${i}`))));
  for (let i = 0; i < 10; i += 1) await echoes(socket, pong, `ping ${i}`);
  await closesWell(socket);
});

test("control frames that are too long or in fragments", async () => {
  for (const bad of [
    frame(ping, Buffer.alloc(126)),
    frame(pong, Buffer.alloc(126)),
    frame(close, Buffer.alloc(126)),
    frame(ping, "x", { fin: false }),
    frame(pong, "x", { fin: false }),
    frame(close, closePayload(1000), { fin: false }),
  ]) {
    const socket = await open();
    await socket.write(Buffer.concat([bad, frame(continuation, "y"), frame(ping, "after")]));
    await failsWith(socket, 1002);
  }
});

test("reserved bits and opcodes", async () => {
  for (const opcode of [text, binary, ping, close])
    for (let rsv = 1; rsv < 8; rsv += 1) {
      const socket = await open();
      await socket.write(Buffer.concat([frame(text, "first"), frame(opcode, closePayload(1000), { rsv })]));
      await echoes(socket, text, "first");
      await failsWith(socket, 1002);
    }
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    for (const payload of ["", "payload"]) {
      const socket = await open();
      await socket.write(Buffer.concat([frame(text, "first"), frame(opcode, payload), frame(ping, "")]));
      await echoes(socket, text, "first");
      await failsWith(socket, 1002);
    }
});

test("fragments make one message, control frames between them are answered at once", async () => {
  const socket = await open();
  for (const opcode of [text, binary]) {
    await socket.write(Buffer.concat([frame(opcode, "one", { fin: false }), frame(continuation, "two")]));
    await echoes(socket, opcode, "onetwo");
    await socket.send(opcode, "one", { fin: false });
    await socket.send(ping, "between");
    await echoes(socket, pong, "between");
    await socket.send(continuation, "", { fin: false });
    await socket.send(pong, "ignored");
    await socket.sendInPieces(frame(continuation, "two", { fin: false }));
    await socket.send(ping, "again");
    await echoes(socket, pong, "again");
    await socket.send(continuation, "", { fin: true });
    await echoes(socket, opcode, "onetwo");
  }
  await socket.write(Buffer.concat([frame(text, "", { fin: false }), frame(continuation, "", { fin: false }), frame(continuation, "")]));
  await echoes(socket, text, "");
  await closesWell(socket);
});

test("fragments out of order", async () => {
  for (const bad of [
    [frame(continuation, "nothing to continue")],
    [frame(continuation, "nothing to continue", { fin: false })],
    [frame(text, "one", { fin: false }), frame(text, "two")],
    [frame(text, "one", { fin: false }), frame(binary, "two", { fin: false })],
    [frame(text, "whole"), frame(continuation, "too late")],
    [frame(text, "a", { fin: false }), frame(continuation, "b"), frame(continuation, "c")],
  ]) {
    const socket = await open();
    await socket.write(Buffer.concat(bad));
    const frames = await socket.rest();
    assert.equal(frames.at(-1).opcode, close);
    assert.equal(frames.at(-1).payload.readUInt16BE(0), 1002);
  }
});

const validTexts = [
  "", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "€", "\u{10FFFF}", "\u0000", "\u007f", "\u0080", "\u07ff", "\u0800", "\uffff",
  "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\u{10000}", "\u{1FFFE}", "👩‍👩‍👧 и кириллица 漢字",
];
// RFC 3629: too long forms, surrogates, beyond the last code point, lone and missing continuation bytes, bytes never used.
const invalidTexts = [
  "80", "bf", "8080", "c0", "c3", "e282", "f09d84", "f7bfbf", "c020", "e08020", "fe", "ff", "fefeffff", "c0af", "e080af",
  "f08080af", "f8808080af", "fc80808080af", "c1bf", "e09fbf", "f08fbfbf", "c080", "e08080", "f0808080", "eda080", "edafbf",
  "edb080", "edbfbf", "eda080edb080", "f4908080", "f5808080", "fb", "cebae1bdb9cf83cebcceb5eda080656469746564", "6180", "61c3",
];

test("text is UTF-8, whole, cut anywhere, in one frame or many", async () => {
  const socket = await open();
  for (const valid of validTexts) {
    const bytes = Buffer.from(valid);
    await socket.send(text, bytes);
    await echoes(socket, text, bytes);
    await socket.sendInPieces(frame(text, bytes), 3);
    await echoes(socket, text, bytes);
    await socket.send(text, "", { fin: false });
    for (const byte of bytes) await socket.send(continuation, Buffer.from([byte]), { fin: false });
    await socket.send(continuation, "");
    await echoes(socket, text, bytes);
  }
  await closesWell(socket);
});

test("text that is not UTF-8 is refused, binary that is not is fine", async () => {
  const fine = await open();
  for (const hex of invalidTexts) {
    const bytes = Buffer.from(hex, "hex");
    await fine.send(binary, bytes);
    await echoes(fine, binary, bytes);
    const whole = await open();
    await whole.send(text, bytes);
    await failsWith(whole, 1007);
    const cut = await open();
    for (const [i, byte] of bytes.entries())
      await cut.write(frame(i === 0 ? text : continuation, Buffer.from([byte]), { fin: i === bytes.length - 1 }));
    await failsWith(cut, 1007);
  }
  await closesWell(fine);
});

test("bad UTF-8 fails before its message has ended", async () => {
  const start = Buffer.from("cebae1bdb9cf83cebcceb5", "hex");
  for (const bad of ["f4908080", "eda080", "ff", "c080"]) {
    const between = await open();
    await between.send(text, start, { fin: false });
    await between.send(continuation, Buffer.from(bad, "hex"), { fin: false });
    await failsWith(between, 1007);
    const within = await open();
    const long = frame(text, Buffer.concat([start, Buffer.from(bad, "hex"), Buffer.alloc(100_000, "x")]));
    await within.write(long.subarray(0, 50_000)); // the rest never comes
    await failsWith(within, 1007);
  }
});

test("closing handshake", async () => {
  for (const payload of [Buffer.alloc(0), closePayload(1000), closePayload(1000, "bye"), closePayload(1000, "x".repeat(123))]) {
    const socket = await open();
    await socket.send(close, payload);
    const frames = await socket.rest();
    assert.deepEqual([frames.length, frames[0].opcode], [1, close]);
    const code = frames[0].payload.length >= 2 ? frames[0].payload.readUInt16BE(0) : 1005;
    assert.ok(code === 1000 || (payload.length === 0 && code === 1005), `${code}`);
  }
  const late = await open();
  await late.write(Buffer.concat([frame(close, closePayload(1000)), frame(text, "late"), frame(ping, "late"), frame(close, "")]));
  const frames = await late.rest();
  assert.deepEqual(frames.map((one) => one.opcode), [close]);
  const busy = await open();
  await busy.write(Buffer.concat([frame(text, Buffer.alloc(256 * 1024, "x")), frame(close, closePayload(1000)), frame(ping, "")]));
  assert.ok((await busy.rest()).every((one) => one.opcode === text || one.opcode === close));
  const inside = await open();
  await inside.write(Buffer.concat([frame(text, "half", { fin: false }), frame(close, closePayload(1001))]));
  await failsWith(inside, 1001);
});

test("close codes and reasons", async () => {
  for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999]) {
    const socket = await open();
    await socket.send(close, closePayload(code, "because"));
    await failsWith(socket, code);
  }
  for (const code of [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999]) {
    const socket = await open();
    await socket.send(close, closePayload(code));
    await failsWith(socket, 1002);
  }
  const short = await open();
  await short.send(close, "x");
  await failsWith(short, 1002);
  const garbled = await open();
  await garbled.send(close, Buffer.concat([closePayload(1000), Buffer.from("cebaeda080", "hex")]));
  await failsWith(garbled, 1002, 1007);
});

test("frames of a client are masked and their lengths in the shortest form", async () => {
  for (const bad of [
    frame(text, "plain", { masked: false }),
    frame(ping, "plain", { masked: false }),
    frame(text, "short", { lengthBytes: 2 }),
    frame(text, "short", { lengthBytes: 8 }),
    frame(text, Buffer.alloc(200), { lengthBytes: 8 }),
  ]) {
    const socket = await open();
    await socket.write(bad);
    await failsWith(socket, 1002);
  }
  const huge = await open();
  await huge.write(Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
  await failsWith(huge, 1002, 1009);
});

test("messages of 16 MiB, whole and in fragments", async () => {
  const payload = Buffer.alloc(16 * 1024 * 1024, "0123456789abcdef");
  const socket = await open();
  for (const opcode of [text, binary]) {
    void socket.send(opcode, payload);
    await echoes(socket, opcode, payload);
  }
  for (const [size, fragment] of [[4 * 1024 * 1024, 65_536], [1024 * 1024, 256]]) {
    const whole = payload.subarray(0, size);
    const frames = [];
    for (let at = 0; at < size; at += fragment)
      frames.push(frame(at === 0 ? text : continuation, whole.subarray(at, at + fragment), { fin: at + fragment >= size }));
    void socket.write(Buffer.concat(frames));
    await echoes(socket, text, whole);
  }
  await closesWell(socket);
  const larger = await open();
  larger.socket.on("error", () => {});
  void larger.send(binary, Buffer.concat([payload, Buffer.from("x")])); // still sending when it is refused
  await failsWith(larger, 1009);
});

test("a thousand messages one after the other", async () => {
  const socket = await open();
  for (const size of [0, 64, 1024])
    for (let i = 0; i < 1000; i += 1) {
      const payload = Buffer.alloc(size, i & 0x7f);
      await socket.send(binary, payload);
      await echoes(socket, binary, payload);
    }
  await closesWell(socket);
});

test("somebody else's broken connection is not noticed", async () => {
  const witness = await open();
  for (const bad of [Buffer.from("ffffffffffff", "hex"), frame(text, Buffer.from("ff", "hex")), frame(text, "x", { fin: false })]) {
    const socket = await open();
    await socket.write(bad);
    socket.destroy();
    await witness.send(text, "still here");
    await echoes(witness, text, "still here");
  }
  await closesWell(witness);
});

test("a slow reader is told so and closed, and the others do not notice", async () => {
  const slow = await open();
  const witness = await open();
  slow.socket.pause();
  slow.socket.on("error", () => {});
  const large = frame(binary, Buffer.alloc(1024 * 1024));
  for (let i = 0; i < 80; i += 1) void slow.write(large); // far over the 32 MiB that wait for one client here
  for (let i = 0; i < 20; i += 1) {
    await witness.send(text, `${i}`);
    await echoes(witness, text, `${i}`);
  }
  await closesWell(witness);
  slow.socket.resume();
  const frames = await slow.rest();
  assert.equal(frames.at(-1)?.opcode, close);
  assert.equal(frames.at(-1).payload.readUInt16BE(0), 1013);
});
