// Holds answers of the server against the OpenAPI document: its status, its media type and its body must be declared.
import { readFileSync } from 'node:fs'

type Schema = {
  $ref?: string
  type?: string
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}
type Media = { schema: Schema }
type Answer = { $ref?: string; content?: Record<string, Media> }
type Operation = { responses: Record<string, Answer> }
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; responses: Record<string, Answer> }
}

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as Document
const last = (reference: string) => reference.slice(reference.lastIndexOf('/') + 1)

const patterns = Object.entries(document.paths).map(([path, operations]) => ({
  path,
  operations,
  expression: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
  names: path.split('{').length,
}))
// "/sessions/next" before "/sessions/{id}".
patterns.sort((a, b) => a.names - b.names)

function typeFits(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function mismatches(value: unknown, given: Schema, place: string): string[] {
  const schema = given.$ref ? document.components.schemas[last(given.$ref)]! : given
  if (schema.type && !typeFits(value, schema.type)) return [`${place} is no ${schema.type}`]
  if (schema.enum && !schema.enum.includes(value)) return [`${place} is none of ${schema.enum.join(', ')}`]
  if (Array.isArray(value)) {
    return schema.items ? value.flatMap((one, index) => mismatches(one, schema.items!, `${place}[${index}]`)) : []
  }
  if (!schema.properties) return []
  const members = value as Record<string, unknown>
  const missing = (schema.required ?? []).filter((name) => !(name in members)).map((name) => `${place}.${name} is missing`)
  return Object.entries(members).reduce((all, [name, member]) => {
    const known = schema.properties![name]
    return all.concat(known ? mismatches(member, known, `${place}.${name}`) : [`${place}.${name} is not in the document`])
  }, missing)
}

// What is wrong with an answer; nothing for paths that the document does not speak of.
export function wrongWith(method: string, url: string, status: number, contentType: string, body: string): string[] {
  const found = patterns.find((one) => one.expression.test(new URL(url).pathname))
  const name = `${method} ${new URL(url).pathname} ${status}`
  const verb = method === 'HEAD' && !found?.operations.head ? 'get' : method.toLowerCase()
  const operation = found?.operations[verb]
  if (!operation) return []
  const declared = operation.responses[status] ?? (status >= 400 ? operation.responses.default : undefined)
  if (!declared && status !== 304) return [`${name}: the document does not know this status`]
  const answer = declared?.$ref ? document.components.responses[last(declared.$ref)]! : declared
  const media = contentType.split(';')[0]!.trim()
  if (!media || method === 'HEAD') return []
  const content = answer?.content?.[media] ?? answer?.content?.['*/*']
  if (!content) return [`${name}: the document does not know ${media} here`]
  if (!media.endsWith('json') || !content.schema) return []
  return mismatches(JSON.parse(body), content.schema, '$').map((what) => `${name}: ${what}`)
}
