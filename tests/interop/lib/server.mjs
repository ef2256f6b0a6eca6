// The server under test, started as the browser tests start it.
import { Server, temporaryDirectory } from "../../../web/e2e/server.ts";
import { binary } from "../../../web/e2e/suite.ts";

export const startServer = (...options) => Server.start(binary, temporaryDirectory("interop"), options);
