import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { QinqiaoError } from '@qinqiao/contracts';
import { assertKey, type ByteRange, type ObjectStore, type StoreConfig, type StoreSpace } from './store.ts';

/** Of a multipart upload: 10,000 of them are the most an object may have, so 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
const CONNECT_MS = 5000;
const SILENT_MS = 30_000;

/** Objects in a bucket of an S3 server: Amazon's, MinIO, Ceph, a cloud of the state. An upload counts when its last part is there. */
export class S3Store implements ObjectStore {
  readonly place: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ endpoint, region, bucket, prefix, keyId, keySecret, pathStyle }: Extract<StoreConfig, { kind: 's3' }>) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.place = `${endpoint ?? `s3 ${region}`} ${bucket}/${prefix}`;
    this.#client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      credentials: { accessKeyId: keyId, secretAccessKey: keySecret },
      // Servers other than Amazon's refuse the checksums that the SDK adds by itself; every byte is checked by its SM3 anyway.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SILENT_MS, throwOnRequestTimeout: true },
      maxAttempts: 2,
      ...(endpoint === null ? {} : { endpoint }),
    });
  }

  async put(key: string, content: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    const counted = { bytes: 0, failure: undefined as unknown };
    const body = Readable.from(counting(content, counted), { objectMode: false });
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#named(key), Body: body },
      partSize: PART_BYTES,
      queueSize: 2,
      leavePartsOnError: false,
    });
    try {
      await upload.done();
    } catch (error) {
      body.destroy();
      throw counted.failure ?? asStorageError(error);
    }
    return { bytes: counted.bytes };
  }

  async *read(key: string, range?: ByteRange): AsyncGenerator<Buffer> {
    if (range && range.to <= range.from) return;
    const wanted = range ? { Range: `bytes=${range.from}-${range.to - 1}` } : {};
    const stop = new AbortController();
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ ...this.#named(key), ...wanted }), { abortSignal: stop.signal });
      for await (const piece of Body as Readable) yield piece as Buffer;
    } catch (error) {
      throw asStorageError(error);
    } finally {
      stop.abort();
    }
  }

  async stat(key: string): Promise<{ bytes: number } | undefined> {
    try {
      const { ContentLength } = await this.#client.send(new HeadObjectCommand(this.#named(key)));
      return { bytes: ContentLength ?? 0 };
    } catch (error) {
      const failure = asStorageError(error);
      if (failure.code === 'not_found') return undefined;
      throw failure;
    }
  }

  async remove(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#named(key))).catch((error: unknown) => {
      const failure = asStorageError(error);
      if (failure.code !== 'not_found') throw failure;
    });
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    let token: string | undefined;
    do {
      const more = token === undefined ? {} : { ContinuationToken: token };
      const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix + prefix, ...more });
      const page = await this.#client.send(command).catch((error: unknown) => {
        throw asStorageError(error);
      });
      for (const { Key = '', Size = 0 } of page.Contents ?? []) yield { key: Key.slice(this.#prefix.length), bytes: Size };
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Buckets do not tell; asking for one object tells whether the server is there. */
  async space(): Promise<StoreSpace> {
    await this.#client
      .send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix, MaxKeys: 1 }))
      .catch((error: unknown) => {
        throw asStorageError(error);
      });
    return { freeBytes: null, totalBytes: null };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }

  #named(key: string): { Bucket: string; Key: string } {
    assertKey(key);
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }
}

/** What the source itself throws is kept apart from what the server says. */
async function* counting(content: AsyncIterable<Uint8Array>, counted: { bytes: number; failure: unknown }): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of content) {
      counted.bytes += piece.length;
      yield piece;
    }
  } catch (error) {
    counted.failure = error;
    throw error;
  }
}

function asStorageError(error: unknown): QinqiaoError {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (name === 'NoSuchKey' || name === 'NotFound') return new QinqiaoError('not_found', { cause: error });
  if ($metadata?.httpStatusCode === 404 && name !== 'NoSuchBucket') return new QinqiaoError('not_found', { cause: error });
  return new QinqiaoError('storage_unavailable', { detail: name ?? 'S3', cause: error });
}
