import { Agent, request } from 'node:http';

/** A JSON schema as the OpenAPI document has it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  pattern?: string;
  format?: string;
}

export interface Operation {
  operationId: string;
  description?: string;
  method: string;
  path: string;
  security?: unknown[];
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

export interface OpenApi {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  components?: { schemas?: Record<string, Schema> };
}

/** Every operation of the document. */
export function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}

export const INJECTIONS = [
  `' OR '1'='1' --`,
  `"; DROP TABLE officers; --`,
  `1); DELETE FROM inmates; --`,
  `<script>alert(1)</script>`,
  `../../../../../../etc/passwd`,
  `..%2f..%2f..%2fqinqiao.db`,
  `\${7*7}{{7*7}}`,
  `$(touch /tmp/owned);\`id\``,
  `\u0000\uffff`,
  `%`,
  `__proto__`,
];

/** Fills a schema: with `text` wherever free text goes, and with what fits elsewhere. */
export function sample(schema: Schema, document: OpenApi, text: string): unknown {
  if (schema.$ref) return sample(document.components?.schemas?.[schema.$ref.split('/').pop() ?? ''] ?? {}, document, text);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice) return sample(choice, document, text);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sample(part, document, text)));
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, sample(part, document, text)]));
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () => sample(schema.items ?? {}, document, text));
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return true;
    case 'string':
      if (schema.format === 'date-time') return '2026-12-01T00:00:00.000Z';
      if (schema.format === 'date') return '2026-12-01';
      return text.padEnd(schema.minLength ?? 0, 'x').slice(0, schema.maxLength ?? 10_000);
    case undefined:
    default:
      return text;
  }
}

/** Bodies that no contract allows. */
export const WRONG_BODIES: unknown[] = [
  null,
  [],
  'text',
  42,
  true,
  { __proto__: null, constructor: { prototype: { admin: true } } },
  { id: { $gt: '' }, name: [['x']], text: { toString: 1 }, permissions: '*', roles: 'all', version: 'x', limit: -1 },
];

export interface Attempt {
  operation: Operation;
  path: string;
  body?: unknown;
  /** Instead of a body: what is sent as it is. */
  raw?: string | Buffer;
}

export interface Answer {
  status: number;
  text: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Sends one attempt to a server. `fetch` would take several times as long, and mend the path. */
export function send(url: string, { operation, path, body, raw }: Attempt, token?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json' };
  const content = operation.method === 'GET' ? '' : (raw ?? (body === undefined ? '' : JSON.stringify(body)));
  const asked = request(url + path, { agent, method: operation.method, headers }, (response) => {
    const pieces: Buffer[] = [];
    response.on('data', (piece: Buffer) => pieces.push(piece));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }));
    response.on('error', reject);
  });
  asked.on('error', reject);
  asked.end(content);
  return promise;
}
