import { QinqiaoError } from '@qinqiao/contracts';
import type { FaceConfig } from '@qinqiao/server-kit';
import type { z } from 'zod';

export type HttpSettings = Omit<Extract<FaceConfig, { engine: 'http' }>, 'engine'>;

const MOST_ANSWER_BYTES = 4_000_000;

export interface Wishes {
  pose: boolean;
  vector: boolean;
  most: number;
}

/** Speaks with an external face service. Everything that goes wrong with it is `face_service_unavailable`; what it says when it is busy is `face_service_busy`. */
export class FaceClient {
  readonly #settings: HttpSettings;

  constructor(settings: HttpSettings) {
    this.#settings = settings;
  }

  async about<Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>> {
    return this.#ask('/about', schema, { method: 'GET' });
  }

  async faces<Schema extends z.ZodType>(
    jpeg: Uint8Array,
    wishes: Wishes,
    { schema, signal }: { schema: Schema; signal?: AbortSignal | undefined },
  ): Promise<z.output<Schema>> {
    const body = this.#settings.upload === 'json' ? inJson(jpeg, wishes) : inForm(jpeg, wishes);
    return this.#ask('/faces', schema, { method: 'POST', ...body, ...(signal && { signal }) });
  }

  async #ask<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
  ): Promise<z.output<Schema>> {
    const caller = init.signal ?? undefined;
    const limit = AbortSignal.timeout(this.#settings.timeoutMs);
    const { token, url } = this.#settings;
    const headers = { ...init.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    try {
      const signal = caller ? AbortSignal.any([caller, limit]) : limit;
      const response = await fetch(`${url}${path}`, { ...init, headers, signal, redirect: 'error' });
      if (response.status === 429) throw new QinqiaoError('face_service_busy');
      if (!response.ok) throw new Error(`answered ${response.status}`);
      return schema.parse(JSON.parse(await textOf(response)));
    } catch (cause) {
      caller?.throwIfAborted();
      if (cause instanceof QinqiaoError) throw cause;
      throw new QinqiaoError('face_service_unavailable', { cause });
    }
  }
}

const inJson = (jpeg: Uint8Array, wishes: Wishes) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ picture: Buffer.from(jpeg).toString('base64'), ...wishes }),
});

function inForm(jpeg: Uint8Array, wishes: Wishes): { body: FormData } {
  const form = new FormData();
  form.set('picture', new Blob([Uint8Array.from(jpeg)], { type: 'image/jpeg' }), 'picture.jpg');
  form.set('wishes', JSON.stringify(wishes));
  return { body: form };
}

/** Reads no more than an answer can hold, so that a peer that goes on and on fills no memory. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MOST_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
