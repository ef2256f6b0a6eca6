// How long after the host's click everybody knows that a take runs: from the request that starts it, which is durable
// before it is answered, to `takeStarted` at each of the clients in the session.
import { performance } from "node:perf_hooks";
import { post } from "../servers.mjs";
import { Client } from "./load.mjs";

const rtpCapabilities = { codecs: [], headerExtensions: [] };

async function join(server, session, inviteToken, name) {
  const { body } = await post(server, `/api/v1/invites/${inviteToken}/join`, { name });
  const client = await Client.connect(server.url, { token: body.token });
  await client.call("subscribe", { sessionId: session.id });
  await client.call("createRoom", { callId: session.id });
  await client.call("joinRoom", { callId: session.id, userId: name, rtpCapabilities });
  return client;
}

function heard(clients, event) {
  return Promise.all(
    clients.map(
      (client) =>
        new Promise((resolve) => {
          client.onEvent = (text) => text.includes(`"${event}"`) && resolve(performance.now());
        }),
    ),
  );
}

// Milliseconds, sorted, one for each client and take.
export async function takeStarts(server, headers, { people, takes }) {
  const { body: session } = await post(server, "/api/v1/sessions", { title: "Starts", kind: "podcast" }, headers);
  const invite = session.guestLink.split("/").pop();
  const clients = [];
  for (let i = 0; i < people; i += 1) clients.push(await join(server, session, invite, `guest ${i}`));
  const times = [];
  for (let i = 0; i < takes; i += 1) {
    const all = heard(clients, "takeStarted");
    const since = performance.now();
    const { body: take } = await post(server, `/api/v1/sessions/${session.id}/takes`, {}, headers);
    for (const at of await all) times.push(at - since);
    const stopped = heard(clients, "takeStopped");
    await post(server, `/api/v1/takes/${take.id}/stop`, {}, headers);
    await stopped;
  }
  for (const client of clients) client.close();
  return times.sort((a, b) => a - b);
}
