// What greenroom is held against: npm's @tus/server with its file store, as its documentation sets it up.
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [directory] = process.argv.slice(2);
const server = new Server({ path: "/api/v1/uploads", datastore: new FileStore({ directory }) });
const listening = server.listen({ host: "127.0.0.1", port: 0 }, () => {
  console.log(`Greenroom is at http://127.0.0.1:${listening.address().port}`);
  console.log("Ready.");
});
process.on("SIGTERM", () => process.exit(0));
