// The two servers of this bench, each on a port and in a folder of its own.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { post, start } from "../servers.mjs";

const here = dirname(fileURLToPath(import.meta.url));

export async function greenroom(binary, folder) {
  const options = ["--host", "127.0.0.1", "--port", "0", "--announced-ip", "127.0.0.1", "--rate-limit", "0", "--open-rooms", "--data", folder];
  const server = await start(binary, ["serve", ...options]);
  const owner = { token: server.setupToken, name: "Owner", email: "owner@example.org", password: "correct horse battery staple" };
  const { cookies: cookie } = await post(server, "/api/v1/setup", owner);
  const session = (await post(server, "/api/v1/sessions", { title: "Uploads", kind: "podcast" }, { cookie })).body;
  const { token } = (await post(server, `/api/v1/sessions/${session.id}/join`, {}, { cookie })).body;
  server.headers = { Authorization: `Bearer ${token}` };
  return server;
}

export async function tusServer(folder) {
  return { ...(await start(process.execPath, ["--no-warnings", join(here, "node_server.mjs"), folder])), headers: {} };
}
