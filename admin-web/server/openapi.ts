import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { ErrorBody, type RestEndpoint, rest } from '@qinqiao/contracts';
import type { ZodObject } from 'zod';

/** The OpenAPI 3.1 description of the REST interface, made from the contract. */
export function openApiDocument(): object {
  const registry = new OpenAPIRegistry();
  const security = registry.registerComponent('securitySchemes', 'session', { type: 'http', scheme: 'bearer' });
  for (const [name, endpoint] of Object.entries<RestEndpoint>(rest)) {
    const json = (schema: RestEndpoint['response']) => ({ content: { 'application/json': { schema } } });
    registry.registerPath({
      operationId: name,
      method: endpoint.method,
      path: endpoint.path.replace(/:(\w+)/g, '{$1}'),
      ...(endpoint.roles ? { security: [{ [security.name]: [] }], description: `For: ${endpoint.roles.join(', ')}` } : {}),
      request: {
        ...(endpoint.params ? { params: endpoint.params as ZodObject } : {}),
        ...(endpoint.query ? { query: endpoint.query as ZodObject } : {}),
        ...(endpoint.body ? { body: json(endpoint.body) } : {}),
      },
      responses: {
        200: { description: 'Done', ...json(endpoint.response) },
        default: { description: 'Refused, with a code and a text in zh-CN and en', ...json(ErrorBody) },
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Qinqiao 亲桥', version: '0.1.0' },
  });
}
