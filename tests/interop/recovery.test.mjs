// Connection-state recovery with the unmodified socket.io-client from npm.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { installed, load } from "./lib/packages.mjs";
import { startServer } from "./lib/server.mjs";

const { io } = installed ? load("socket.io-client") : {};
const rtpCapabilities = { codecs: [], headerExtensions: [] };
const events = 300;
let server;

function open(transports, name) {
  const socket = io(server.url, { forceNew: true, transports, reconnectionDelay: 20, randomizationFactor: 0 });
  socket.name = name;
  socket.heard = [];
  socket.onAny((event, data) => socket.heard.push([event, data]));
  return socket;
}
const connects = (socket) => new Promise((resolve) => socket.once("connect", resolve));
async function join(socket, room) {
  await socket.emitWithAck("createRoom", { callId: room });
  const joined = await socket.emitWithAck("joinRoom", { callId: room, userId: socket.name, rtpCapabilities });
  assert.ok(joined.peerId, JSON.stringify(joined));
}
async function meet(transports, room) {
  const pair = [open(transports, "alice"), open(["websocket"], "bob")];
  for (const socket of pair) {
    if (!socket.connected) await connects(socket);
    await join(socket, room);
  }
  return pair;
}
const progress = (n) => ({ takeId: "t", source: "mic", capturedMs: n, safeMs: 0, pendingBytes: 0 });
const numbers = (socket) => socket.heard.filter(([event]) => event === "recordingProgress").map(([, data]) => data.capturedMs);
async function until(condition, what) {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, what());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("recovery", { skip: !installed && "npm packages are missing" }, () => {
  before(async () => {
    server = await startServer("--open-rooms");
  });
  after(() => server?.close());

  for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]])
    test(`${transports.join(" then ")}: nothing is lost, nothing comes twice, the room is kept`, async () => {
      const [alice, bob] = await meet(transports, transports.join("-"));
      const id = alice.id;
      let losses = 0;
      alice.on("connect", () => assert.equal(alice.recovered, true, `after ${losses} losses`));
      alice.on("disconnect", () => (losses += 1));
      const producers = [];
      for (let n = 0; n < events; n += 1) {
        bob.emit("recordingProgress", progress(n));
        if (n % 40 === 20 && alice.connected) {
          // what happens to a laptop that changes its network, and what happens to one whose cable is pulled
          const socket = alice.io.engine.transport.ws;
          socket && n % 80 === 20 ? socket.terminate() : alice.io.engine.close();
        }
        if (n % 100 === 50) {
          const { id: transportId } = await bob.emitWithAck("createTransport", { direction: "send" });
          producers.push(transportId);
        }
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
      await until(() => numbers(alice).length >= events, () => `${numbers(alice).length} of ${events} after ${losses} losses`);
      assert.deepEqual(numbers(alice), Array.from({ length: events }, (_, n) => n));
      assert.ok(losses >= 4, `${losses}`);
      assert.equal(alice.id, id);
      assert.deepEqual((await alice.emitWithAck("getProducers", {})).producers, []);
      assert.ok(!bob.heard.some(([event]) => event === "peerLeft"));
      alice.disconnect();
      bob.disconnect();
    });

  test("a goodbye is for good", async () => {
    const [alice, bob] = await meet(["websocket"], "goodbye");
    alice.disconnect();
    await until(() => bob.heard.some(([event]) => event === "peerLeft"), () => "no peerLeft");
    alice.connect();
    await connects(alice);
    assert.equal(alice.recovered, false);
    assert.equal((await alice.emitWithAck("getProducers", {})).code, "stage.not_joined");
    alice.disconnect();
    bob.disconnect();
  });

  test("a client that knows nothing of recovery starts anew and is there once", async () => {
    const [alice, bob] = await meet(["websocket"], "again");
    alice.io.engine.close();
    await connects(alice);
    await join(alice, "again");
    await until(() => bob.heard.filter(([event]) => event === "peerJoined").length === 1, () => JSON.stringify(bob.heard));
    assert.deepEqual(bob.heard.map(([event]) => event), ["peerLeft", "peerJoined"]);
    alice.disconnect();
    bob.disconnect();
  });

  test("calls made while away are done after the return", async () => {
    const [alice, bob] = await meet(["websocket"], "calls");
    alice.io.engine.close();
    const [{ t0 }] = await Promise.all([alice.timeout(5000).emitWithAck("clock", { t0: 7 }), connects(alice)]);
    assert.equal(t0, 7);
    assert.equal(alice.recovered, true);
    alice.disconnect();
    bob.disconnect();
  });
});
