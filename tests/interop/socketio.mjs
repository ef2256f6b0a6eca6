// The unmodified socket.io-client from npm against our server. Started by src/api/realtime/interop_test.cpp as
//   node socketio.mjs <folder with node_modules> <URL of an echo server> <URL of a signaling server>
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [modules, echoUrl, signalingUrl] = process.argv.slice(2);
const { io } = createRequire(`${modules}/package.json`)("socket.io-client");

const once = (emitter, event) => new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
const open = (url, options = {}) => io(url, { forceNew: true, reconnection: false, ...options });
const tests = [];
const test = (name, run) => tests.push({ name, run });

for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
  test(`echo over ${transports.join(" then ")}`, async () => {
    const socket = open(echoUrl, { transports, auth: { token: "123" } });
    const connected = once(socket, "connect");
    const upgraded = transports.length > 1 ? once(socket.io.engine, "upgrade") : undefined;
    assert.deepEqual(await once(socket, "auth"), [{ token: "123" }]);
    await connected;
    await upgraded;

    socket.emit("message", 1, "2", { 3: ["€"] });
    assert.deepEqual(await once(socket, "message-back"), [1, "2", { 3: ["€"] }]);

    const bytes = Buffer.from([1, 2, 3, 255]);
    socket.emit("message", { deep: [bytes] }, bytes);
    const [nested, flat] = await once(socket, "message-back");
    assert.deepEqual(Buffer.from(nested.deep[0]), bytes);
    assert.deepEqual(Buffer.from(flat), bytes);

    assert.equal(await socket.timeout(5000).emitWithAck("message-with-ack", "only"), "only");
    assert.deepEqual(Buffer.from(await socket.emitWithAck("message-with-ack", bytes)), bytes);

    // Long enough for several pings of the echo server's 300 ms.
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.ok(socket.connected, "still connected after pings");

    const large = "x".repeat(500_000);
    assert.equal(await socket.timeout(5000).emitWithAck("message-with-ack", large), large);
    const many = await Promise.all(Array.from({ length: 200 }, (_, i) => socket.emitWithAck("message-with-ack", i)));
    assert.deepEqual(many, Array.from({ length: 200 }, (_, i) => i));
    socket.disconnect();
  });
}

test("namespaces", async () => {
  const custom = open(`${echoUrl}/custom`);
  assert.deepEqual(await once(custom, "auth"), [{}]);
  const unknown = open(`${echoUrl}/random`);
  const [error] = await once(unknown, "connect_error");
  assert.equal(error.message, "Invalid namespace");
  custom.disconnect();
  unknown.disconnect();
});

test("a message over maxPayload ends the connection, another client is not disturbed", async () => {
  const witness = open(echoUrl);
  await once(witness, "connect");
  const socket = open(echoUrl, { transports: ["websocket"] });
  await once(socket, "connect");
  socket.emit("message", "x".repeat(1_100_000));
  assert.deepEqual((await once(socket, "disconnect")).slice(0, 1), ["transport close"]);
  assert.equal(await witness.emitWithAck("message-with-ack", 1), 1);
  witness.disconnect();
});

test("one session, one transport", async () => {
  const base = `${echoUrl}/engine.io/?EIO=4&transport=polling`;
  const sid = JSON.parse((await (await fetch(base)).text()).slice(1)).sid;
  const url = `${echoUrl.replace("http", "ws")}/engine.io/?EIO=4&transport=websocket&sid=${sid}`;
  const socket = new WebSocket(url);
  const said = (target, event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));
  await said(socket, "open");
  socket.send("2probe");
  socket.send("5");
  assert.equal((await said(socket, "message")).data, "3probe");
  assert.equal((await fetch(`${base}&sid=${sid}`)).status, 400);
  const second = new WebSocket(url);
  await said(second, "open");
  await said(second, "close");
  socket.send("4hello");
  assert.equal((await said(socket, "message")).data, "4hello");
  socket.close();

  const polled = JSON.parse((await (await fetch(base)).text()).slice(1)).sid;
  const polls = await Promise.all([fetch(`${base}&sid=${polled}`), fetch(`${base}&sid=${polled}&t=burst`)]);
  assert.deepEqual(polls.map((poll) => poll.status).sort(), [200, 400]);
  assert.equal((await fetch(`${base}&sid=${polled}`)).status, 400);
});

const rtpCapabilities = { codecs: [], headerExtensions: [] };

test("signaling", async () => {
  const [alice, bob] = [open(signalingUrl), open(signalingUrl, { transports: ["polling"] })];
  await Promise.all([once(alice, "connect"), once(bob, "connect")]);
  const refused = await alice.emitWithAck("joinRoom", { callId: "room", userId: "alice", rtpCapabilities });
  assert.equal(refused.code, "stage.no_such_room");
  assert.equal(typeof refused.error, "string");
  assert.ok((await alice.emitWithAck("createRoom", { callId: "room" })).rtpCapabilities);
  assert.deepEqual((await alice.emitWithAck("joinRoom", { callId: "room", userId: "alice", rtpCapabilities })).peers, []);
  const transport = await alice.emitWithAck("createTransport", { direction: "send" });
  assert.ok(transport.id && transport.iceParameters && transport.iceCandidates && transport.dtlsParameters);
  const dtlsParameters = { role: "client", fingerprints: [{ algorithm: "sha-256", value: "00" }] };
  assert.deepEqual(await alice.emitWithAck("connectTransport", { transportId: transport.id, dtlsParameters }), {
    connected: true,
  });
  const produce = { transportId: transport.id, kind: "audio", rtpParameters: { codecs: [] }, appData: { source: "mic" } };
  const { id: producerId } = await alice.emitWithAck("produce", produce);

  const joined = once(alice, "peerJoined");
  const room = await bob.emitWithAck("joinRoom", { callId: "room", userId: "bob", rtpCapabilities });
  assert.equal(room.peers[0].userId, "alice");
  assert.equal(room.peers[0].producers[0].producerId, producerId);
  assert.deepEqual(room.peers[0].producers[0].appData, { source: "mic" });
  assert.equal((await joined)[0].peerId, room.peerId);

  const { id: transportId } = await bob.emitWithAck("createTransport", { direction: "recv" });
  const consumer = await bob.emitWithAck("consume", { transportId, producerId, rtpCapabilities });
  assert.deepEqual([consumer.producerId, consumer.kind], [producerId, "audio"]);
  assert.deepEqual(await bob.emitWithAck("resumeConsumer", { consumerId: consumer.id }), { resumed: true });

  const news = once(bob, "newProducer");
  const camera = await alice.emitWithAck("produce", { ...produce, kind: "video", appData: { source: "camera" } });
  assert.equal((await news)[0].producerId, camera.id);
  assert.equal((await bob.emitWithAck("getProducers", {})).producers.length, 2);
  assert.equal((await bob.emitWithAck("noSuchEvent", {})).code, "realtime.unknown_event");

  const clock = await bob.emitWithAck("clock", { t0: 12.5 });
  assert.equal(clock.t0, 12.5);
  assert.ok(Math.abs(clock.t1 - Date.now()) < 60_000 && clock.t2 >= clock.t1);

  const left = once(bob, "peerLeft");
  alice.disconnect();
  assert.equal((await left)[0].peerId, room.peers[0].peerId);
  assert.deepEqual(await bob.emitWithAck("leaveRoom", {}), { left: true });
  bob.disconnect();
});

const deadline = setTimeout(() => {
  console.error("no end within 60 s");
  process.exit(1);
}, 60_000);
for (const { name, run } of tests) {
  await run();
  console.log(`ok ${name}`);
}
clearTimeout(deadline);
