// What the Engine.IO protocol, revision 4, demands of a server (https://github.com/socketio/engine.io-protocol), asked of
// the bare echo at /engine.io/ and of the sessions under /socket.io/.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Engine, sleep } from "./lib/engine.mjs";
import { startServer } from "./lib/server.mjs";

const pingInterval = 300;
const pingTimeout = 200;
let server;
before(async () => {
  server = await startServer("--realtime-conformance");
});
after(() => server?.close());

for (const path of ["/engine.io/", "/socket.io/"])
  describe(path, () => {
    let engine;
    before(() => {
      engine = new Engine(server.url, path);
    });
    const announces = (text, upgrades) => {
      assert.equal(text[0], "0");
      const { sid, ...rest } = JSON.parse(text.slice(1));
      assert.match(sid, /^\S{16,}$/);
      assert.deepEqual(rest, { upgrades, pingInterval, pingTimeout, maxPayload: 1_000_000 });
    };

    test("opens over both transports", async () => {
      const polling = await engine.openPolling();
      assert.equal(polling.status, 200);
      announces(polling.text, ["websocket"]);
      const socket = await engine.openSocket();
      announces(socket.open, []);
      assert.notEqual(socket.sid, polling.sid);
      socket.destroy();
    });

    test("refuses what is no handshake", async () => {
      for (const query of [
        "transport=polling", "EIO=abc&transport=polling", "EIO=3&transport=polling", "EIO=&transport=polling",
        "EIO=4", "EIO=4&transport=abc", "EIO=4&transport=", "EIO=4&transport=websocket",
        "EIO=4&transport=polling&sid=unknown",
      ])
        assert.equal((await engine.get(query)).status, 400, query);
      for (const method of ["POST", "PUT", "DELETE", "PATCH"])
        assert.equal((await engine.get("EIO=4&transport=polling", { method })).status, 400, method);
      for (const query of ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=abc", "EIO=4&transport=websocket&sid=unknown"]) {
        const socket = await engine.socket(query);
        assert.notEqual(socket.status, 101, query);
        socket.destroy();
      }
    });

    test("pings; a session whose client does not pong ends", async () => {
      const { sid } = await engine.openPolling();
      const socket = await engine.openSocket();
      for (let i = 0; i < 3; i += 1) {
        const polled = await engine.poll(sid);
        assert.deepEqual([polled.status, polled.text], [200, "2"]);
        assert.equal((await engine.post(sid, "3")).status, 200);
        assert.equal(await socket.nextText(), "2");
        await socket.say("3");
      }
      socket.destroy();
      const silent = await engine.openPolling();
      const silentSocket = await engine.openSocket();
      await sleep(pingInterval + pingTimeout);
      assert.equal((await engine.poll(silent.sid)).status, 400);
      assert.equal(await silentSocket.nextText(), "2");
      assert.match(await silentSocket.nextText(), /^closed|hung up/);
    });

    test("a client closes its session", async () => {
      const { sid } = await engine.openPolling();
      const [polled, posted] = await Promise.all([engine.poll(sid), sleep(20).then(() => engine.post(sid, "1"))]);
      assert.deepEqual([polled.status, polled.text, posted.status], [200, "6", 200]);
      assert.equal((await engine.poll(sid)).status, 400);
      const socket = await engine.openSocket();
      await socket.say("1");
      assert.match(await socket.nextText(), /^closed/);
    });

    test("after the upgrade there is one transport", async () => {
      const { sid, socket, answer } = await engine.probing();
      assert.equal(answer, "3probe");
      const polled = await engine.poll(sid);
      assert.deepEqual([polled.status, polled.text], [200, "6"]);
      await socket.say("5");
      await sleep(20);
      assert.equal((await engine.poll(sid)).status, 400);
      assert.equal((await engine.post(sid, "4x")).status, 400);
      const second = await engine.socket(`EIO=4&transport=websocket&sid=${sid}`);
      assert.match(await second.nextText(), /^closed|hung up/);
      assert.equal(await socket.nextText(), "2");
      socket.destroy();
    });

    test("an upgrade without waiting for answers", async () => {
      const { sid } = await engine.openPolling();
      const socket = await engine.socket(`EIO=4&transport=websocket&sid=${sid}`);
      await Promise.all([socket.say("2probe"), socket.say("5")]);
      assert.equal((await engine.poll(sid)).status, 400);
      assert.equal(await socket.nextText(), "3probe");
      socket.destroy();
    });

    test("a probe that says something else leaves polling as it was", async () => {
      const { sid } = await engine.openPolling();
      const socket = await engine.socket(`EIO=4&transport=websocket&sid=${sid}`);
      await socket.say("4hello");
      assert.match(await socket.nextText(), /^closed/);
      assert.equal((await engine.poll(sid)).text, "2");
    });
  });

describe("messages", () => {
  let engine;
  before(() => {
    engine = new Engine(server.url, "/engine.io/");
  });

  test("polling carries text and binary, several at once, in order", async () => {
    const { sid } = await engine.openPolling();
    for (const body of ["4hello", "4test1\x1e4test2\x1e4test3", "4hello\x1ebAQIDBA==", "4€\x1e4", "b"]) {
      const posted = await engine.post(sid, body);
      assert.deepEqual([posted.status, posted.text], [200, "ok"]);
      const polled = await engine.poll(sid);
      assert.deepEqual([polled.status, polled.text], [200, body]);
    }
  });

  test("a WebSocket carries text and binary", async () => {
    const socket = await engine.openSocket();
    await socket.say("4hello");
    assert.equal(await socket.nextText(), "4hello");
    await socket.sayBinary([1, 2, 3, 4]);
    assert.equal(await socket.nextText(), "binary 01020304");
    socket.destroy();
  });

  test("what is no packet ends the session", async () => {
    for (const body of ["abc", "", "4a\x1e\x1e4b", "7", "b!!!"]) {
      const { sid } = await engine.openPolling();
      assert.equal((await engine.post(sid, body)).status, 400, body);
      assert.equal((await engine.poll(sid)).status, 400, body);
      const socket = await engine.openSocket();
      if (/^b|\x1e/.test(body)) continue; // says nothing special there
      await socket.say(body);
      assert.match(await socket.nextText(), /^closed/, body);
    }
  });

  test("more than maxPayload is refused on both transports", async () => {
    const { sid } = await engine.openPolling();
    assert.equal((await engine.post(sid, `4${"x".repeat(1_000_000)}`)).status, 413);
    assert.equal((await engine.post(sid, `4${"x".repeat(999_999)}`)).status, 200);
    const socket = await engine.openSocket();
    await socket.say(`4${"x".repeat(1_000_000)}`);
    assert.equal(await socket.nextText(), "closed 1009");
  });

  test("two polls at once end the session", async () => {
    const { sid } = await engine.openPolling();
    const [first, second] = await Promise.all([engine.poll(sid), sleep(20).then(() => engine.poll(sid))]);
    assert.deepEqual([first.status, first.text, second.status], [200, "1", 400]);
    assert.equal((await engine.poll(sid)).status, 400);
  });

  test("a poll that its client hangs up on ends the session", async () => {
    const { sid } = await engine.openPolling();
    const control = new AbortController();
    const polled = engine.poll(sid, { signal: control.signal }).catch(() => "aborted");
    await sleep(20);
    control.abort();
    assert.equal(await polled, "aborted");
    // Not by a second poll, which could have ended it, and before the pings could.
    const since = Date.now();
    while ((await engine.post(sid, "4x")).status !== 400) assert.ok(Date.now() - since < 250);
  });

  test("a message goes on after the upgrade, none is lost on the way", async () => {
    const { sid, socket } = await engine.probing();
    assert.equal((await engine.post(sid, "4while upgrading")).status, 200);
    const polled = await engine.poll(sid);
    assert.equal(polled.status, 200);
    await socket.say("5");
    await socket.say("4hello");
    const heard = [polled.text === "6" ? [] : [polled.text], await socket.nextText()].flat();
    if (polled.text === "6") heard.push(await socket.nextText());
    assert.deepEqual(heard, ["4while upgrading", "4hello"]);
    socket.destroy();
  });
});

test("pages of other origins get no answer unless allowed, their preflight neither", async () => {
  const engine = new Engine(server.url, "/socket.io/");
  for (const method of ["GET", "OPTIONS"]) {
    const answer = await engine.get("EIO=4&transport=polling", { method, headers: { Origin: "https://other.example" } });
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
});
