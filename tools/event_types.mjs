// The signaling events as TypeScript, from the document that `greenroom print events` makes of the structs that parse and
// print them:  node tools/event_types.mjs docs/events.json web/packages/contract/src/events.gen.ts
import { readFileSync, writeFileSync } from "node:fs";

const [source, target] = process.argv.slice(2);
const document = JSON.parse(readFileSync(source, "utf8"));

const quoted = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

// One JSON Schema as a type. Limits of length and range have no type; they stand in the document.
function type(schema, indent = "") {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((one) => type({ ...schema, type: one }, indent)).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array": {
      const item = type(schema.items ?? {}, indent);
      return /[ |]/.test(item) ? `(${item})[]` : `${item}[]`;
    }
    case "object":
      return object(schema, indent);
    default:
      return "unknown";
  }
}

function object(schema, indent) {
  const members = Object.entries(schema.properties ?? {});
  if (members.length === 0) return schema.additionalProperties === false ? "Record<string, never>" : "Record<string, unknown>";
  const required = new Set(schema.required ?? []);
  const inner = `${indent}  `;
  const lines = members.map(([name, of]) => `${inner}${quoted(name)}${required.has(name) ? "" : "?"}: ${type(of, inner)};\n`);
  return `{\n${lines.join("")}${indent}}`;
}

// An object that says nothing is one that needs nothing.
function empty(schema) {
  return schema.type === "object" && Object.keys(schema.properties ?? {}).length === 0 && !schema.additionalProperties;
}

function declaration([name, schema]) {
  if (empty(schema)) return `export type ${name} = Record<string, never>;\n`;
  const text = type(schema);
  return schema.type === "object" && text.startsWith("{") ? `export interface ${name} ${text}\n` : `export type ${name} = ${text};\n`;
}

function table(name, comment, entries) {
  return `/** ${comment} */\nexport interface ${name} {\n${entries.map(([event, of]) => `  ${quoted(event)}: ${of};\n`).join("")}}\n`;
}

const parts = [
  "// Made by tools/event_types.mjs from docs/events.json. Not to be edited.\n",
  ...Object.entries(document.schemas).map(declaration),
  table(
    "ClientEvents",
    "Client to server: event → [request, acknowledgement].",
    Object.entries(document.clientEvents).map(([event, { request, result }]) => [event, `[${type(request)}, ${type(result)}]`]),
  ),
  table(
    "ServerEvents",
    "Server to client.",
    Object.entries(document.serverEvents).map(([event, { data }]) => [event, type(data)]),
  ),
];
writeFileSync(target, parts.join("\n"));
