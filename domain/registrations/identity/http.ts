import { QinqiaoError } from '@qinqiao/contracts';
import type { z } from 'zod';

const TIMEOUT_MS = 8000;

/** Asks a provider and reads its answer. Throws `network_failed` when it cannot be reached or answers what it never should. */
export async function askProvider<Schema extends z.ZodType>(url: URL, schema: Schema, init: RequestInit = {}): Promise<z.output<Schema>> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return schema.parse(await response.json());
  } catch (cause) {
    // The address carries secrets: only its path is told.
    throw new QinqiaoError('network_failed', { cause: new Error(`${url.pathname}: ${String((cause as Error).message)}`) });
  }
}

export const jsonBody = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
