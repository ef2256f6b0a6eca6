// What an upload costs: MB per second of the server's CPU time, twenty uploads at once over loopback, beside npm's
// @tus/server with its file store, in turns in the same run:
//   node bench/uploads/bench.mjs <greenroom> [MB of one upload] [turns]
// Greenroom hashes every byte and makes it durable before it acknowledges it; the other does neither.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve as absolute } from "node:path";
import { fileURLToPath } from "node:url";
import { uploads } from "./client.mjs";

const [named, megabytes = "64", turns = "3"] = process.argv.slice(2);
const binary = absolute(named);
const here = dirname(fileURLToPath(import.meta.url));
const parallel = 20;
const ticks = 100; // of /proc/PID/stat in a second
const shapes = { "one request each": Number(megabytes) << 20, "requests of 5 MiB": 5 << 20 };

async function start(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"], cwd: here });
  let said = "";
  const url = await new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => {
      said += text;
      if (said.includes("Ready.")) resolve(/Greenroom is at (http:\/\/\S+)/.exec(said)[1]);
    });
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}`)));
  });
  return {
    url: url.replace("localhost", "127.0.0.1"),
    pid: child.pid,
    headers: {},
    setupToken: /setup\?token=(\S+)/.exec(said)?.[1],
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function post(server, path, body, headers = {}) {
  const answer = await fetch(server.url + path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return { body: await answer.json(), cookie: answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ") };
}

async function greenroom(folder) {
  const server = await start(binary, ["serve", "--host", "127.0.0.1", "--port", "0", "--rate-limit", "0", "--data", folder]);
  const owner = { token: server.setupToken, name: "Owner", email: "owner@example.org", password: "correct horse battery staple" };
  const { cookie } = await post(server, "/api/v1/setup", owner);
  const session = (await post(server, "/api/v1/sessions", { title: "Uploads", kind: "podcast" }, { cookie })).body;
  const { token } = (await post(server, `/api/v1/sessions/${session.id}/join`, {}, { cookie })).body;
  server.headers = { Authorization: `Bearer ${token}` };
  return server;
}

const node = (folder) => start(process.execPath, ["--no-warnings", join(here, "node_server.mjs"), folder]);

// User and system time of all its threads, in seconds.
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

async function measure(make, request) {
  const folder = mkdtempSync(join(tmpdir(), "greenroom-bench-"));
  const server = await make(folder);
  try {
    const size = Number(megabytes) << 20;
    await uploads(server, { parallel: 2, size: 4 << 20, request }); // what is compiled or opened at first use
    const before = cpu(server.pid);
    const began = performance.now();
    await uploads(server, { parallel, size, request });
    const seconds = (performance.now() - began) / 1_000;
    const spent = cpu(server.pid) - before;
    const megabytesSent = (parallel * size) / 1e6;
    return { perCpuSecond: megabytesSent / spent, perSecond: megabytesSent / seconds };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const middle = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const round = (value) => Math.round(value);

for (const [name, request] of Object.entries(shapes)) {
  const ours = [], theirs = [];
  for (let turn = 0; turn < Number(turns); turn++) {
    ours.push(await measure(greenroom, request));
    theirs.push(await measure(node, request));
  }
  const [a, b] = [ours, theirs].map((all) => middle(all.map((one) => one.perCpuSecond)));
  const [c, d] = [ours, theirs].map((all) => middle(all.map((one) => one.perSecond)));
  console.log(`${parallel} uploads of ${megabytes} MiB, ${name}:`);
  console.log(`  greenroom    ${round(a)} MB per CPU-second, ${round(c)} MB/s`);
  console.log(`  @tus/server  ${round(b)} MB per CPU-second, ${round(d)} MB/s`);
  console.log(`  ratio        ${(a / b).toFixed(2)} (of each turn: ${ours.map((one, i) => (one.perCpuSecond / theirs[i].perCpuSecond).toFixed(2)).join(", ")})`);
}
