// The server under load beside a small Node server under the same, in the same run:
//   node bench/realtime/bench.mjs <greenroom> [idle clients; 0: REST alone]
// Ratios are what counts: both servers share the cores with the client that asks.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { post, start } from "../servers.mjs";
import { fanOut, idleMemory, requests } from "./load.mjs";
import { takeStarts } from "./takes.mjs";

const [binary, idleClients = "5000"] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

const session = { title: "A conversation", kind: "podcast" };

async function rest(server, headers) {
  const { body } = await post(server, "/api/v1/sessions", session, headers);
  return {
    read: await requests(server, { method: "GET", path: `/api/v1/sessions/${body.id}`, headers }),
    write: await requests(server, { method: "POST", path: "/api/v1/sessions", headers, body: session }),
  };
}

async function measure(server, headers) {
  if (!Number(idleClients)) return rest(server, headers);
  return {
    memory: await idleMemory(server, Number(idleClients)),
    fanOut: await fanOut(server, { rooms: 4, people: 50, talkers: 10, events: 200 }),
    ...(await rest(server, headers)),
  };
}

const data = mkdtempSync(join(tmpdir(), "bench-greenroom-"));
const ours = await start(binary, ["serve", "--host", "127.0.0.1", "--port", "0", "--data", data, "--open-rooms", "--rate-limit", "0", "--rtc-min-port", "44000", "--rtc-max-port", "44999", "--log-level", "error"]);
const { cookies } = await post(ours, "/api/v1/setup", { token: ours.setupToken, name: "Bench", email: "bench@example.org", password: "a long enough password" });
const mine = await measure(ours, { Cookie: cookies });
const starts = await takeStarts(ours, { Cookie: cookies }, { people: 10, takes: 100 });
await ours.stop();
rmSync(data, { recursive: true, force: true });

const node = await start(process.execPath, ["--no-warnings", join(here, "node_server.mjs")]);
const theirs = await measure(node, {});
await node.stop();

const row = (name, a, b, unit, better) => console.log(`| ${name} | ${unit(a)} | ${unit(b)} | ${(better === "less" ? b / a : a / b).toFixed(2)} |`);
const rate = (n) => `${Math.round(n).toLocaleString("en")}/s`;
const ms = (n) => `${n.toFixed(1)} ms`;
console.log("| | Greenroom | Node | times better |\n|---|---|---|---|");
if (mine.memory) {
  row(`memory of one of ${idleClients} idle Socket.IO clients`, mine.memory, theirs.memory, (n) => `${(n / 1024).toFixed(1)} KiB`, "less");
  row("events delivered to rooms of 50", mine.fanOut, theirs.fanOut, rate);
}
row("REST read, 64 connections", mine.read.perSecond, theirs.read.perSecond, rate);
row("… p99", mine.read.p99, theirs.read.p99, ms, "less");
row("REST write, 64 connections", mine.write.perSecond, theirs.write.perSecond, rate);
row("… p99", mine.write.p99, theirs.write.p99, ms, "less");
const share = (q) => ms(starts[Math.floor(starts.length * q)]);
console.log(`\nA take starts at each of 10 clients: p50 ${share(0.5)}, p99 ${share(0.99)} after the request (${starts.length} times).`);
