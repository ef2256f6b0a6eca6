// The other side of the comparison: what a careful afternoon with Node makes of the same jobs. socket.io with
// connection-state recovery on, rooms and a relayed event; sessions read and written over HTTP into SQLite (WAL, each
// write durable) where this Node has it.
import { createServer } from "node:http";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server } from "socket.io";

const { DatabaseSync } = await import("node:sqlite");
const database = new DatabaseSync(join(mkdtempSync(join(tmpdir(), "bench-node-")), "data.db"));
database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
database.exec("CREATE TABLE sessions (id TEXT PRIMARY KEY, title TEXT, kind TEXT, created_at INTEGER)");
const insert = database.prepare("INSERT INTO sessions VALUES (?, ?, ?, ?)");
const select = database.prepare("SELECT * FROM sessions WHERE id = ?");

const http = createServer((request, response) => {
  const answer = (status, body) => {
    const text = JSON.stringify(body);
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
    response.end(text);
  };
  if (request.method === "GET") {
    const found = select.get(request.url.split("/").at(-1));
    return found ? answer(200, found) : answer(404, { error: "not found" });
  }
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    const { title, kind } = JSON.parse(body);
    const session = { id: crypto.randomUUID(), title, kind, createdAt: Date.now() };
    insert.run(session.id, title, kind, session.createdAt);
    answer(201, session);
  });
});

const io = new Server(http, { connectionStateRecovery: { maxDisconnectionDuration: 120_000 }, transports: ["websocket"] });
io.on("connection", (socket) => {
  let room;
  socket.on("createRoom", (_, ack) => ack({}));
  socket.on("joinRoom", ({ callId }, ack) => {
    room = callId;
    socket.join(room);
    ack({ peerId: socket.id });
  });
  socket.on("recordingProgress", (progress, ack) => {
    socket.to(room).emit("recordingProgress", { ...progress, peerId: socket.id });
    ack?.({ relayed: true });
  });
});
http.listen(0, "127.0.0.1", () => console.log(`Greenroom is at http://127.0.0.1:${http.address().port}\nReady.`));
