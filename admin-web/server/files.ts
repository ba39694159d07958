import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** A file as the answer of an endpoint: from the disk, or as it is made. */
export interface FileAnswer {
  /** What the user's browser saves it as. */
  name: string;
  type: string;
  content: { path: string } | Readable | string;
  /** Of a stream whose length is known: whoever downloads it sees how far it is. */
  bytes?: number;
}

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Sends a file under its name (RFC 6266, RFC 8187). Breaks the connection off when it cannot be read to its end. */
export async function sendFile(response: Response, { name, type, content, bytes }: FileAnswer): Promise<void> {
  const plain = name.replace(/[^\w.-]/g, '_');
  response.type(type).set({
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    'x-content-type-options': 'nosniff',
    ...(bytes === undefined ? {} : { 'content-length': String(bytes) }),
  });
  if (typeof content === 'string') return void response.send(content);
  await pipeline(content instanceof Readable ? content : createReadStream(content.path), response);
}
