// A server under test as a child process, ours or one that says the same words, and what every bench asks of it first.
import { spawn } from "node:child_process";
import { once } from "node:events";

export async function start(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  const port = await new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => {
      said += text;
      if (said.includes("Ready.")) resolve(/Greenroom is at http:\/\/[^:]+:(\d+)/.exec(said)[1]);
    });
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    setupToken: /setup\?token=(\S+)/.exec(said)?.[1],
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

export async function post(server, path, body, headers = {}) {
  const answer = await fetch(server.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return { body: await answer.json(), cookies: answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ") };
}
