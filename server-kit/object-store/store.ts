/** Where an object's bytes are wanted from: `from` inclusive, `to` exclusive. */
export interface ByteRange {
  from: number;
  to: number;
}

/** Bytes a store can hold; null where it cannot tell (S3). */
export interface StoreSpace {
  freeBytes: number | null;
  totalBytes: number | null;
}

/**
 * A place for large files: a folder of a disk, a bucket of an S3 server. Keys are paths of letters, figures, `.`, `_` and `-`, parted by `/`.
 * What is wrong with the place itself is thrown as `storage_unavailable`.
 */
export interface ObjectStore extends AsyncDisposable {
  /** For people and logs: where it is, without secrets. */
  readonly place: string;
  /**
   * Writes an object, replacing what is there. Whole or not at all: when this returns, it outlasts a loss of power; when it throws, what was
   * there before is as it was.
   */
  put(key: string, content: AsyncIterable<Uint8Array>): Promise<{ bytes: number }>;
  /** Its bytes, or those of a range. Throws `not_found`. Leaving the loop early lets go of the source. */
  read(key: string, range?: ByteRange): AsyncIterable<Buffer>;
  /** Undefined when there is no such object. */
  stat(key: string): Promise<{ bytes: number } | undefined>;
  /** Does nothing when there is no such object. */
  remove(key: string): Promise<void>;
  /** The objects whose keys begin so, in the order of their keys. */
  list(prefix: string): AsyncIterable<{ key: string; bytes: number }>;
  space(): Promise<StoreSpace>;
}

/** How a store is reached, as the environment says. Plain data: it goes to worker threads. */
export type StoreConfig =
  | { kind: 'disk'; folder: string }
  | {
      kind: 's3';
      endpoint: string | null;
      region: string;
      bucket: string;
      /** Before all keys; '' or ending in `/`. */
      prefix: string;
      keyId: string;
      keySecret: string;
      /** The bucket in the path rather than in the host's name, as most servers other than Amazon's want it. */
      pathStyle: boolean;
    };

const SAFE_KEY = /^(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** Throws RangeError on a key that could lead elsewhere. */
export function assertKey(key: string): void {
  if (key.length > 512 || !SAFE_KEY.test(key)) throw new RangeError(`not a key of an object: ${key}`);
}
