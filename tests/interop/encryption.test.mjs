// Encryption at rest as whoever runs a server sees it: recorded, uploaded, finished and downloaded with a key file; on the
// disk nothing but what `greenroom decrypt`, or openssl by docs/encryption.md, makes readable again.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { binary } from "../../web/e2e/suite.ts";
import { until } from "../../web/e2e/until.ts";
import { startServer } from "./lib/server.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "greenroom-keys-"));
const keyFile = join(folder, "storage.key");
const password = "correct horse battery staple";
let server, owner, workspace, take, stem;

const greenroom = (...words) => spawnSync(binary, words, { maxBuffer: 1 << 28 });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function call(method, path, body, token = owner) {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { "content-type": "application/json" }) };
  const answer = await fetch(server.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

// Blocks of a quarter of a second, as a browser makes them of its microphone (src/wire/stem_block.hpp).
function microphone(startedAtMs, seconds) {
  const rate = 48_000, frames = rate / 4, blocks = [];
  for (let first = 0; first < seconds * rate; first += frames) {
    const payload = Buffer.alloc(frames * 3);
    for (let i = 0; i < frames; i += 1)
      payload.writeIntLE(Math.round(Math.sin((first + i) * 0.05) * 2_000_000), i * 3, 3);
    const head = Buffer.alloc(40);
    head.write("GRPB");
    head.writeUInt8(1, 4);
    head.writeUInt8(1, 5);
    head.writeUInt32LE(rate, 8);
    head.writeUInt32LE(frames, 12);
    head.writeBigUInt64LE(BigInt(first), 16);
    head.writeDoubleLE(startedAtMs + (first / rate) * 1000, 24);
    head.writeUInt32LE(payload.length, 32);
    head.writeUInt32LE(crc32(payload), 36);
    blocks.push(head, payload);
  }
  return Buffer.concat(blocks);
}

async function upload(url, bytes, token) {
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + 100_001);
    const headers = {
      authorization: `Bearer ${token}`,
      "tus-resumable": "1.0.0",
      "content-type": "application/offset+octet-stream",
      "upload-offset": String(at),
      ...(at + piece.length === bytes.length && { "upload-length": String(bytes.length) }),
    };
    const answer = await fetch(server.url + url, { method: "PATCH", headers, body: piece });
    assert.equal(answer.status, 204, await answer.text());
    at = Number(answer.headers.get("upload-offset"));
  }
}

// Somebody whom only the server records: a program that publishes by WHIP.
function publish(link) {
  const words = ["publish", `${server.url}/whip?name=Ben&recording=agreed`, `--token=${link.slice(link.lastIndexOf("/") + 1)}`];
  return spawn("/usr/bin/python3", [join(here, "whip_gstreamer.py"), ...words], { stdio: ["pipe", "ignore", "inherit"] });
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());
}

before(async () => {
  writeFileSync(keyFile, greenroom("storage-key").stdout, { mode: 0o600 });
  server = await startServer("--storage-key-file", keyFile);
  const account = { name: "Ana", email: "ana@example.org", password };
  const made = await call("POST", "/api/v1/setup", { token: server.setupToken, ...account }, null);
  workspace = made.workspace.id.replaceAll("-", "");
  owner = (await call("POST", "/api/v1/tokens", { email: account.email, password }, null)).accessToken;
});
after(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a take is recorded, uploaded and finished", async () => {
  const session = await call("POST", "/api/v1/sessions", { title: "Sealed Lips" });
  const { token } = await call("POST", `/api/v1/sessions/${session.id}/join`, {});
  await call("POST", `/api/v1/sessions/${session.id}/consent`, { notice: "I agree." }, token);
  const program = publish(session.guestLink);
  take = await call("POST", `/api/v1/sessions/${session.id}/takes`);
  stem = microphone(take.startedAtMs, 2);
  const announced = { clientKey: randomUUID(), source: "mic", contentType: "audio/x-greenroom-pcm", startedAtMs: take.startedAtMs };
  const { uploadUrl } = await call("POST", `/api/v1/takes/${take.id}/stems`, announced, token);
  const logs = () => filesUnder(join(server.data, "backup")).filter((file) => statSync(file).size > 10_000).length;
  await until(logs, (count) => count >= 2 && Date.now() > take.startedAtMs + 2_000, 30);
  await call("POST", `/api/v1/takes/${take.id}/stop`);
  program.stdin.end();
  await upload(uploadUrl, stem, token);
  await call("POST", `/api/v1/takes/${take.id}/finish`);
  const look = () => call("GET", `/api/v1/takes/${take.id}`);
  const ended = await until(look, ({ state }) => state === "ready" || state === "failed", 60);
  assert.equal(ended.state, "ready", `${JSON.stringify(ended)}\n${server.log}`);
});

test("downloads are plain, whole and in ranges", async () => {
  const { assets } = await call("GET", `/api/v1/sessions/${take.sessionId}`);
  const voice = assets.find(({ name }) => name === "Ana.flac");
  const whole = Buffer.from(await (await fetch(new URL(voice.url, server.url))).arrayBuffer());
  assert.equal(whole.length, voice.bytes);
  assert.equal(whole.subarray(0, 4).toString(), "fLaC");
  const part = await fetch(new URL(voice.url, server.url), { headers: { range: "bytes=1000-2999" } });
  assert.equal(part.status, 206);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(1_000, 3_000));
});

test("nothing on the disk is readable, and verify and decrypt read all of it with the key", () => {
  const kept = ["blobs", "backup", "takes"].flatMap((name) => filesUnder(join(server.data, name)));
  assert.ok(kept.length > 10, kept.join());
  for (const file of kept) {
    const bytes = readFileSync(file);
    assert.equal(bytes.subarray(0, 8).toString(), "GRCRYPT1", file);
    assert.equal(bytes.subarray(16, 32).toString("hex"), workspace, file);
  }
  const at = join(server.data, "takes", take.id);
  const verified = greenroom("verify", at, "--storage-key-file", keyFile);
  assert.equal(verified.status, 0, String(verified.stdout));
  assert.match(String(verified.stdout), /is whole/);
  assert.match(String(verified.stdout), /Ben-mic-backup.grlog holds \d+ packets with their checksums/);
  const without = greenroom("verify", at);
  assert.equal(without.status, 1);
  assert.match(String(without.stdout), /encrypted under a key that is not given/);

  const plain = join(folder, "plain");
  const decrypted = greenroom("decrypt", at, plain, "--storage-key-file", keyFile);
  assert.equal(decrypted.status, 0, String(decrypted.stderr));
  assert.equal(greenroom("verify", plain).status, 0);
  const recording = join(at, "sources", "Ana-mic.grpb");
  assert.deepEqual(readFileSync(join(plain, "sources", "Ana-mic.grpb")), stem);
  assert.deepEqual(greenroom("decrypt", recording, "--storage-key-file", keyFile).stdout, stem);
  const piped = spawnSync(binary, ["decrypt"], { input: readFileSync(recording), env: { ...process.env, GREENROOM_STORAGE_KEY_FILE: keyFile }, maxBuffer: 1 << 28 });
  assert.equal(sha256(piped.stdout), sha256(stem), String(piped.stderr));
});

test("openssl alone reads it, as docs/encryption.md says", () => {
  const page = readFileSync(join(here, "../../docs/encryption.md"), "utf8");
  const script = /```sh decrypt\n([^]*?)```/.exec(page)[1];
  const recording = join(server.data, "takes", take.id, "sources", "Ana-mic.grpb");
  const key = readFileSync(keyFile, "utf8").trim();
  const made = execFileSync("bash", ["-euc", script], { env: { ...process.env, FILE: recording, KEY: key }, maxBuffer: 1 << 28 });
  assert.equal(sha256(made), sha256(stem));
});

test("a key file that is wrong is said so at the start", () => {
  writeFileSync(join(folder, "short.key"), "abc\n");
  const refused = greenroom("serve", "--data", join(folder, "data"), "--port", "0", "--storage-key-file", join(folder, "short.key"));
  assert.equal(refused.status, 1);
  assert.match(String(refused.stderr), /line 1 is no key of 64 hex digits/);
});
