import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from 'express';
import { openApiDocument } from './openapi.ts';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Qinqiao 亲桥 · API</title>
    <link rel="stylesheet" href="./swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="./swagger-ui-bundle.js"></script>
    <script src="./start.js"></script>
  </body>
</html>
`;
// Nothing is tried out from here: the console's sessions are not this page's to use.
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', docExpansion: 'none', filter: true, supportedSubmitMethods: [] });\n`;

/** Made once, as it takes a tenth of a second. */
let made: ReturnType<typeof openApiDocument> | undefined;

/** The interface's description: as OpenAPI 3.1 for programs at /openapi.json, as a page for people at /api/docs/. */
export function apiDocs(): Router {
  const router = Router({ strict: true });
  const files = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  made ??= openApiDocument();
  const document = made;
  router.get(['/openapi.json', '/api/openapi.json'], (_request, response) => void response.json(document));
  router.get('/api/docs', (_request, response) => response.redirect(301, '/api/docs/'));
  router.get('/api/docs/', (_request, response) => void response.type('html').send(PAGE));
  router.get('/api/docs/start.js', (_request, response) => void response.type('text/javascript').send(START));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    router.get(`/api/docs/${file}`, (_request, response) => {
      response.sendFile(join(files, file), { maxAge: 24 * 3600_000, dotfiles: 'allow' });
    });
  }
  return router;
}
