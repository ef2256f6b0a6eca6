// Holds every import (types included) against the direction contract <- core <- features <- app; ui knows React alone;
// a feature never imports another feature.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const allowed = {
  contract: { packages: [], vendors: ["openapi-fetch", "vitest"] },
  core: {
    packages: ["contract"],
    vendors: [
      "mediasoup-client",
      "socket.io-client",
      "tus-js-client",
      "idb",
      "@noble/hashes",
      "zustand",
      "vitest",
      "fake-indexeddb",
      "fake-mediastreamtrack",
    ],
  },
  ui: { packages: [], vendors: ["react", "react-dom", "radix-ui", "@floating-ui", "lucide-react", "vitest"] },
};
const problems = [];

for (const file of sources(root)) {
  const text = readFileSync(join(root, file), "utf8");
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) judge(file, match[1]);
}
for (const problem of problems) console.error(problem);
console.log(`import direction: ${problems.length === 0 ? "ok" : `${problems.length} wrong`}`);
process.exit(problems.length === 0 ? 0 : 1);

function sources(base) {
  return ["packages/contract/src", "packages/core/src", "packages/ui/src", "app/src"]
    .flatMap((folder) => readdirSync(join(base, folder), { recursive: true }).map((name) => join(folder, name)))
    .filter((name) => /\.tsx?$/.test(name));
}

function judge(file, target) {
  const home = file.startsWith("packages/") ? file.split("/")[1] : "app";
  if (target.startsWith(".")) return judgeRelative(file, home, relative(root, resolve(root, dirname(file), target)));
  const rule = allowed[home];
  if (!rule) return;
  const own = target.match(/^@greenroom\/(\w+)/)?.[1];
  if (own ? !rule.packages.includes(own) : !isVendor(rule, target))
    problems.push(`${file}: ${home} may not import ${target}`);
}

function isVendor(rule, target) {
  return rule.vendors.some((vendor) => target === vendor || target.startsWith(`${vendor}/`));
}

function judgeRelative(file, home, target) {
  if (!target.startsWith(home === "app" ? "app/" : `packages/${home}/`)) {
    problems.push(`${file}: reaches into another package: ${target}`);
  }
  const from = feature(file);
  const to = feature(target);
  if (from && to && from !== to) problems.push(`${file}: feature ${from} may not import feature ${to}`);
  if (from && /^app\/src\/app\//.test(target)) problems.push(`${file}: a feature may not import the app`);
}

function feature(path) {
  return path.match(/^app\/src\/features\/(\w+)/)?.[1];
}
