// What the Socket.IO protocol, revision 5, demands of a server (https://github.com/socketio/socket.io-protocol), asked of
// `greenroom serve --realtime-conformance`: namespaces "/" and "/custom" that echo.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Engine } from "./lib/engine.mjs";
import { startServer } from "./lib/server.mjs";

let server;
let engine;
before(async () => {
  server = await startServer("--realtime-conformance");
  engine = new Engine(server.url, "/socket.io/");
});
after(() => server?.close());

// The next message that is no ping; pings are answered.
async function heard(socket) {
  for (;;) {
    const text = await socket.nextText();
    if (text !== "2") return text;
    await socket.say("3");
  }
}
async function connected() {
  const socket = await engine.openSocket();
  await socket.say("40");
  assert.match(await heard(socket), /^40\{"sid":"[^"]+"\}$/);
  assert.equal(await heard(socket), '42["auth",{}]');
  return socket;
}
const placeholders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';

test("namespaces take a payload or none", async () => {
  for (const [say, answer, auth] of [
    ["40", /^40\{"sid":"[^"]+"\}$/, '42["auth",{}]'],
    ['40{"token":"123"}', /^40\{"sid":"[^"]+"\}$/, '42["auth",{"token":"123"}]'],
    ["40/custom,", /^40\/custom,\{"sid":"[^"]+"\}$/, '42/custom,["auth",{}]'],
    ["40/custom", /^40\/custom,\{"sid":"[^"]+"\}$/, '42/custom,["auth",{}]'],
    ['40/custom,{"token":"abc"}', /^40\/custom,\{"sid":"[^"]+"\}$/, '42/custom,["auth",{"token":"abc"}]'],
  ]) {
    const socket = await engine.openSocket();
    await socket.say(say);
    assert.match(await heard(socket), answer);
    assert.equal(await heard(socket), auth);
    socket.destroy();
  }
});

test("an unknown namespace is refused and the connection stays", async () => {
  const socket = await engine.openSocket();
  await socket.say("40/random");
  assert.equal(await heard(socket), '44/random,{"message":"Invalid namespace"}');
  await socket.say("40");
  assert.match(await heard(socket), /^40/);
  socket.destroy();
});

test("who joins nothing in time is closed", async () => {
  const socket = await engine.openSocket();
  const since = Date.now();
  assert.match(await heard(socket), /^closed/);
  assert.ok(Date.now() - since >= 900 && Date.now() - since < 3000);
});

test("leaving", async () => {
  const socket = await connected();
  await socket.say("41");
  assert.equal(await socket.nextText(), "2"); // the connection goes on
  await socket.say("3");
  const both = await connected();
  await both.say("40/custom");
  assert.match(await heard(both), /^40\/custom/);
  await heard(both);
  await both.say("41/custom");
  await both.say('42["message","to the main namespace"]');
  assert.equal(await heard(both), '42["message-back","to the main namespace"]');
  await both.say('42/custom,["message","not there any more"]');
  assert.match(await heard(both), /^closed/);
  socket.destroy();
});

test("events and acknowledgements, text and binary", async () => {
  const socket = await connected();
  await socket.say('42["message",1,"2",{"3":[true]}]');
  assert.equal(await heard(socket), '42["message-back",1,"2",{"3":[true]}]');
  await socket.say('42456["message-with-ack",1,"2",{"3":[false]}]');
  assert.equal(await heard(socket), '43456[1,"2",{"3":[false]}]');
  for (const [say, answer] of [
    [`452-["message",${placeholders}]`, `452-["message-back",${placeholders}]`],
    [`452-789["message-with-ack",${placeholders}]`, `462-789[${placeholders}]`],
  ]) {
    await socket.say(say);
    await socket.sayBinary([1, 2, 3]);
    await socket.sayBinary([4, 5, 6]);
    assert.equal(await heard(socket), answer);
    assert.equal(await heard(socket), "binary 010203");
    assert.equal(await heard(socket), "binary 040506");
  }
  await socket.say('42/["message","with the main namespace spelled out"]'.replace("42/", "42/,"));
  assert.equal(await heard(socket), '42["message-back","with the main namespace spelled out"]');
  socket.destroy();
});

test("the server asks for an acknowledgement", async () => {
  const socket = await connected();
  await socket.say('42["emit-with-ack",1,"2"]');
  assert.equal(await heard(socket), '421["emit-with-ack",1,"2"]');
  await socket.say('431["yes"]');
  assert.equal(await heard(socket), '42["emit-with-ack","yes"]');
  await socket.say('431["again"]'); // means nothing
  await socket.say('42["message"]');
  assert.equal(await heard(socket), '42["message-back"]');
  socket.destroy();
});

test("the same over polling", async () => {
  const { sid } = await engine.openPolling();
  const answers = [];
  const collect = async (count) => {
    while (answers.length < count) {
      const packets = (await engine.poll(sid)).text.split("\x1e");
      if (packets.includes("2")) await engine.post(sid, "3");
      answers.push(...packets.filter((packet) => packet !== "2"));
    }
  };
  assert.equal((await engine.post(sid, "40")).status, 200);
  await collect(2);
  await engine.post(sid, `452-789["message-with-ack",${placeholders}]\x1ebAQID\x1ebBAUG`);
  await collect(5);
  assert.match(answers.shift(), /^40/);
  assert.deepEqual(answers, ['42["auth",{}]', `462-789[${placeholders}]`, "bAQID", "bBAUG"]);
});

test("what is no packet ends the connection", async () => {
  for (const bad of [
    "4abc", "42{}", '42abc["message-with-ack",1]', "4", "42", "42[]", "42[null]", '42["connect"]', "43", "44", "47[]",
    '45["message"]', '451-["message"]x', '42["message"', "40", '40/custom,"text"', "41{}", '42/unknown,["message"]',
    `451-["message",${placeholders}]`, '4511-["message"]',
  ]) {
    const socket = await connected();
    await socket.say(bad);
    assert.match(await heard(socket), /^closed|hung up/, bad);
  }
  for (const bytes of [[1, 2], []]) {
    const socket = await connected();
    await socket.sayBinary(bytes); // an attachment of nothing
    assert.match(await heard(socket), /^closed/);
  }
  const interrupted = await connected();
  await interrupted.say(`451-["message",{"_placeholder":true,"num":0}]`);
  await interrupted.say('42["message"]'); // where an attachment was due
  assert.match(await heard(interrupted), /^closed/);
});
