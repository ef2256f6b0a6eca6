// What an upload costs: MB per second of the server's CPU time, twenty uploads at once over loopback, beside npm's
// @tus/server with its file store, in turns in the same run:
//   node bench/uploads/bench.mjs <greenroom> [MB of one upload] [turns]
// Greenroom hashes every byte and makes it durable before it acknowledges it; the other does neither. Then what a call
// notices of twenty uploads.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve as absolute } from "node:path";
import { callBesideUploads } from "./call.mjs";
import { uploads } from "./client.mjs";
import { greenroom, tusServer } from "./servers.mjs";

const [named, megabytes = "64", turns = "3"] = process.argv.slice(2);
const binary = absolute(named);
const parallel = 20;
const ticks = 100; // of /proc/PID/stat in a second
// The last: what the web app sends while a take runs (web/packages/core/src/uploader/growing_source.ts).
const shapes = { "one request each": Number(megabytes) << 20, "requests of 5 MiB": 5 << 20, "requests of 128 KiB": 128 << 10 };

// User and system time of all its threads, in seconds.
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

async function withServer(make, use) {
  const folder = mkdtempSync(join(tmpdir(), "greenroom-bench-"));
  const server = await make(folder);
  try {
    await uploads(server, { parallel: 2, size: 4 << 20, request: 4 << 20 }); // what is compiled or opened at first use
    return await use(server);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const measure = (make, request) =>
  withServer(make, async (server) => {
    const size = Number(megabytes) << 20;
    const before = cpu(server.pid);
    const began = performance.now();
    await uploads(server, { parallel, size, request });
    const seconds = (performance.now() - began) / 1_000;
    const spent = cpu(server.pid) - before;
    const megabytesSent = (parallel * size) / 1e6;
    return { perCpuSecond: megabytesSent / spent, perSecond: megabytesSent / seconds };
  });

const ours = (folder) => greenroom(binary, folder);
const middle = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const round = (value) => Math.round(value);

for (const [name, request] of Object.entries(shapes)) {
  const a = [], b = [];
  for (let turn = 0; turn < Number(turns); turn++) {
    a.push(await measure(ours, request));
    b.push(await measure(tusServer, request));
  }
  const [ourCost, theirCost] = [a, b].map((all) => middle(all.map((one) => one.perCpuSecond)));
  const [ourSpeed, theirSpeed] = [a, b].map((all) => middle(all.map((one) => one.perSecond)));
  console.log(`${parallel} uploads of ${megabytes} MiB, ${name}:`);
  console.log(`  greenroom    ${round(ourCost)} MB per CPU-second, ${round(ourSpeed)} MB/s`);
  console.log(`  @tus/server  ${round(theirCost)} MB per CPU-second, ${round(theirSpeed)} MB/s`);
  console.log(`  ratio        ${(ourCost / theirCost).toFixed(2)} (of each turn: ${a.map((one, i) => (one.perCpuSecond / b[i].perCpuSecond).toFixed(2)).join(", ")})`);
}

const load = { parallel, size: Number(megabytes) << 18, request: 5 << 20 };
const call = await withServer(ours, (server) => callBesideUploads(binary, server, load));
const told = ({ p50, p99, lost }) => `one way p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${lost} packets lost`;
console.log("a call of one publisher and 50 subscribers:");
console.log(`  alone                ${told(call.alone)}`);
console.log(`  beside ${parallel} uploads    ${told(call.beside)}, ${round(call.megabytesPerSecond)} MB/s uploaded`);
