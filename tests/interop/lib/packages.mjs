// npm packages of the web application, where they are installed; GREENROOM_PACKAGES names another folder.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.env.GREENROOM_PACKAGES ?? join(dirname(fileURLToPath(import.meta.url)), "../../../web");
export const installed = existsSync(join(folder, "node_modules/socket.io-client"));
export const load = (name) => createRequire(join(folder, "package.json"))(name);
