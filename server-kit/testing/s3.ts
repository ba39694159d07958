import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreConfig } from '../object-store/index.ts';

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}
type S3rverClass = new (options: Record<string, unknown>) => S3rver;

/** A real S3 server (s3rver) with one bucket, on a port of its own; disposing ends it and removes its objects. */
export async function startS3Server(): Promise<{ config: Extract<StoreConfig, { kind: 's3' }>; folder: string } & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-s3-'));
  // Has no types, and is an older kind of module.
  const S3rver = createRequire(import.meta.url)('s3rver') as S3rverClass;
  const bucket = 'recordings';
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  const reached = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', bucket, prefix: 'qinqiao/' };
  return {
    folder,
    config: { kind: 's3', ...reached, keyId: 'S3RVER', keySecret: 'S3RVER', pathStyle: true },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
