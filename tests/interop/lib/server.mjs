// The real server as a child process on a free port and a data folder of its own. GREENROOM_BINARY names it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function startServer(...options) {
  const binary = process.env.GREENROOM_BINARY;
  if (!binary) throw new Error("GREENROOM_BINARY names the server to test");
  const data = mkdtempSync(join(tmpdir(), "greenroom-interop-"));
  const ports = ["--host", "127.0.0.1", "--port", "0", "--rtc-min-port", "42000", "--rtc-max-port", "42999"];
  const child = spawn(binary, ["serve", ...ports, "--data", data, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (text) => (log += text));
  const url = await new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => {
      log += text;
      const found = /Greenroom is at http:\/\/[^:]+:(\d+)/.exec(log);
      if (found && log.includes("Ready.")) resolve(`http://127.0.0.1:${found[1]}`);
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${log}`)));
  });
  return {
    url,
    data,
    setupToken: /setup\?token=(\S+)/.exec(log)?.[1],
    pid: child.pid,
    log: () => log,
    alive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      rmSync(data, { recursive: true, force: true });
    },
  };
}
