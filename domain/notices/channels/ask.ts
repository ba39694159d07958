import type { z } from 'zod';

const TIMEOUT_MS = 10_000;

/** Nobody answered, or not in the provider's way: to be tried again. */
export class Unreachable extends Error {}

/** Asks a provider; its answers to bad requests are read too, as they carry its codes. Throws `Unreachable`. */
export async function ask<Schema extends z.ZodType>(url: URL, schema: Schema, init: RequestInit): Promise<z.output<Schema>> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  } catch (cause) {
    // The address carries tokens and phone numbers: only its path is told.
    throw new Unreachable(`${url.pathname}: ${(cause as Error).name}`);
  }
  try {
    return schema.parse(await response.json());
  } catch {
    throw new Unreachable(`${url.pathname}: HTTP ${response.status}`);
  }
}
