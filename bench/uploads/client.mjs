// Uploads over bare sockets, many at once, so that the client's side costs as little as may be.
import { connect } from "node:net";

const block = Buffer.alloc(1 << 20);
for (let i = 0; i < block.length; i++) block[i] = (i * 2654435761) >>> 13;

function open(url) {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true }); // as browsers do
  return new Promise((resolve, reject) => socket.once("connect", () => resolve(socket)).once("error", reject));
}

// The head of the one answer that comes.
function answer(socket) {
  return new Promise((resolve, reject) => {
    let text = "";
    const take = (bytes) => {
      text += bytes.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", take);
      socket.off("close", ended);
      const [line, ...fields] = text.slice(0, end).split("\r\n");
      resolve({ status: Number(line.split(" ")[1]), fields: new Map(fields.map((one) => [one.slice(0, one.indexOf(":")).toLowerCase(), one.slice(one.indexOf(":") + 2)])) });
    };
    socket.on("data", take);
    const ended = () => reject(new Error(`the server hung up: ${text}`));
    socket.once("close", ended);
  });
}

function ask(socket, server, method, path, headers) {
  const fields = Object.entries({ Host: new URL(server.url).host, "Tus-Resumable": "1.0.0", ...server.headers, ...headers });
  socket.write(`${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  return answer(socket);
}

async function make(server, size) {
  const socket = await open(server.url);
  const made = await ask(socket, server, "POST", "/api/v1/uploads", { Connection: "close", "Upload-Length": size, "Content-Length": 0 });
  socket.destroy();
  return new URL(made.fields.get("location"), server.url).pathname;
}

async function send(socket, size) {
  for (let left = size; left > 0; left -= block.length) {
    if (!socket.write(left < block.length ? block.subarray(0, left) : block)) await new Promise((resolve) => socket.once("drain", resolve));
  }
}

// One upload in requests of at most `request` bytes, one after the other on one connection, as a browser sends them.
async function upload(server, size, request) {
  const path = await make(server, size);
  const socket = await open(server.url);
  for (let offset = 0; offset < size; offset += request) {
    const length = Math.min(request, size - offset);
    const heard = ask(socket, server, "PATCH", path, {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": offset,
      "Content-Length": length,
    });
    await send(socket, length);
    const { status, fields } = await heard;
    if (status !== 204 || Number(fields.get("upload-offset")) !== offset + length) throw new Error(`PATCH: ${status}`);
  }
  socket.destroy();
}

export const uploads = (server, { parallel, size, request }) =>
  Promise.all(Array.from({ length: parallel }, () => upload(server, size, request)));
