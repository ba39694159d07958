import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { ErrorBody, PERMISSIONS, type RestEndpoint, rest } from '@qinqiao/contracts';
import { type ZodObject, z } from 'zod';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const Bytes = z.string();
const IdempotencyKey = z.object({ 'Idempotency-Key': z.string().min(8).max(128).optional() });

/** The OpenAPI 3.1 description of the REST interface, made from the contract. */
export function openApiDocument(): object {
  const registry = new OpenAPIRegistry();
  const security = registry.registerComponent('securitySchemes', 'session', { type: 'http', scheme: 'bearer' });
  for (const [name, endpoint] of Object.entries<RestEndpoint>(rest)) {
    const json = (schema: RestEndpoint['response']) => ({ content: { 'application/json': { schema } } });
    const answer = endpoint.file === 'out' ? { content: { [XLSX]: { schema: Bytes } } } : json(endpoint.response);
    registry.registerPath({
      operationId: name,
      tags: [endpoint.path.split('/')[2] ?? ''],
      method: endpoint.method,
      path: endpoint.path.replace(/:(\w+)/g, '{$1}'),
      description: descriptionOf(endpoint),
      ...(endpoint.roles ? { security: [{ [security.name]: [] }] } : {}),
      request: {
        ...(endpoint.params ? { params: endpoint.params as ZodObject } : {}),
        ...(endpoint.query ? { query: endpoint.query as ZodObject } : {}),
        ...(endpoint.idempotent ? { headers: IdempotencyKey } : {}),
        ...(endpoint.body ? { body: json(endpoint.body) } : {}),
        ...(endpoint.file === 'in' ? { body: { content: { 'application/octet-stream': { schema: Bytes } } } } : {}),
      },
      responses: {
        200: { description: 'Done', ...answer },
        default: { description: 'Refused, with a code and a text in zh-CN and en', ...json(ErrorBody) },
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Qinqiao 亲桥', version: '0.1.0' },
  });
}

function descriptionOf({ roles, permission, reauth, idempotent }: RestEndpoint): string {
  const lines = [
    roles ? `For: ${roles.join(', ')}.` : 'No log-in needed.',
    ...(permission ? [`Permission: \`${permission}\` (${PERMISSIONS[permission].zh} · ${PERMISSIONS[permission].en}).`] : []),
    ...(reauth ? ['Asks who one is anew (`reauth_required`): see `confirmIdentity`.'] : []),
    ...(idempotent ? ['Send an `Idempotency-Key`: a repetition with the same key gets the first answer.'] : []),
  ];
  return lines.join('\n\n');
}
