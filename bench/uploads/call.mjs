// What a call notices of uploads: one publisher and fifty subscribers with real ICE, DTLS and SRTP (greenroom bench sfu),
// alone and while twenty uploads run one after the other into the same server.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { uploads } from "./client.mjs";

const seconds = 10;

async function fanout(binary, server) {
  const shape = ["--shape", "fanout", "--subscribers", "50", "--runs", "1", "--seconds", String(seconds)];
  const { stdout } = await promisify(execFile)(binary, ["bench", "sfu", "--url", server.url, "--pid", String(server.pid), ...shape, "--json"]);
  const [{ latencyUsP50, latencyUsP99, lost }] = JSON.parse(stdout);
  return { p50: latencyUsP50 / 1_000, p99: latencyUsP99 / 1_000, lost };
}

// The call's figures, and the MB per second that were uploaded beside it.
export async function callBesideUploads(binary, server, { parallel, size, request }) {
  const alone = await fanout(binary, server);
  let over = false;
  let bytes = 0;
  const began = performance.now();
  const load = (async () => {
    while (!over) {
      await uploads(server, { parallel, size, request });
      bytes += parallel * size;
    }
  })();
  const beside = await fanout(binary, server);
  over = true;
  await load;
  return { alone, beside, megabytesPerSecond: bytes / 1e3 / (performance.now() - began) };
}
