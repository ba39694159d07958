import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';
import helmet from 'helmet';

const YEAR_MS = 365 * 24 * 3600 * 1000;

/** The one app that runs WebAssembly: the masking's models. Its workers come with its own files. */
const WITH_WASM = 'tablet';

/** Serves the built web apps, each below its own path, with the security headers of the whole site. */
export function webApps(apps: Record<string, string>): Router {
  const router = Router();
  const inline = Object.values(apps).flatMap((folder) => inlineScripts(join(folder, 'index.html')));
  router.use(securityHeaders(["'self'", ...inline]));
  router.use(`/${WITH_WASM}`, securityHeaders(["'self'", "'wasm-unsafe-eval'", ...inline]));
  for (const [path, folder] of Object.entries(apps)) {
    const immutable = { immutable: true, maxAge: YEAR_MS, index: false as const, fallthrough: true };
    router.use(`/${path}/assets`, express.static(join(folder, 'assets'), immutable));
    router.use(`/${path}`, express.static(folder, { maxAge: 0 }));
  }
  return router;
}

const securityHeaders = (scriptSrc: string[]) =>
  helmet({
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc,
        // antd writes its styles into the page.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        workerSrc: ["'self'"],
        frameAncestors: ["'none'"],
        // Plain HTTP is for localhost only; a gateway in front speaks TLS.
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  });

/** The CSP sources for the inline scripts that a build put into its page. */
function inlineScripts(page: string): string[] {
  if (!existsSync(page)) return [];
  const found = readFileSync(page, 'utf8').matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g);
  return [...found].map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
}
