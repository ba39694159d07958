import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { QinqiaoError } from '@qinqiao/contracts';
import { z } from 'zod';
import { type Clock, systemClock, toInstant } from '../clock.ts';
import { exclusivelySync } from '../sqlite.ts';
import { deriveKey, seal, sealingKeys, unseal } from './sealing.ts';

export interface RingKey {
  id: string;
  createdAt: string;
  /** 32 bytes, of which the keys for each purpose are derived. */
  secret: Buffer;
}

const RingFile = z.object({
  format: z.literal(1),
  /** The oldest first. */
  keys: z.array(z.object({ id: z.string().regex(/^k[0-9a-f]{10}$/), createdAt: z.string(), sealed: z.string() })).min(1),
  mac: z.string(),
});
type RingFile = z.infer<typeof RingFile>;

export const KEY_RING_FILE = 'keys.json';

/**
 * The installation's keys, in one file of the data folder, encrypted under its root secret: the file alone is of no use. Several
 * processes may share it; a key added by one is used by all.
 */
export class KeyRing {
  readonly #file: string;
  readonly #root: Buffer;
  readonly #clock: Clock;
  readonly #lookMs: number;
  #seen = '';
  #lookedAt = Number.NEGATIVE_INFINITY;
  #keys: RingKey[] = [];

  /**
   * Opens the key ring, making it with a first key when there is none. `lookMs`: so long the file is not looked at again; 0 without. Throws `key_unavailable`
   * when it cannot be read with this secret.
   */
  constructor(options: { dataDir: string; secret: string; clock?: Clock; lookMs?: number }) {
    mkdirSync(options.dataDir, { recursive: true });
    this.#file = join(options.dataDir, KEY_RING_FILE);
    this.#root = Buffer.from(options.secret);
    this.#clock = options.clock ?? systemClock;
    this.#lookMs = options.lookMs ?? 0;
    if (versionOf(this.#file) === undefined) this.#add({ onlyFirst: true });
    this.#look();
  }

  /** The newest first. */
  all(): RingKey[] {
    this.#refresh();
    return this.#keys.toReversed();
  }

  newest(): RingKey {
    this.#refresh();
    const key = this.#keys.at(-1);
    if (!key) throw unusable('holds no key');
    return key;
  }

  /** Throws `key_unavailable` when there is no such key. */
  get(id: string): RingKey {
    const known = this.#keys.find((key) => key.id === id);
    if (known) return known;
    this.#look();
    const key = this.#keys.find((each) => each.id === id);
    if (!key) throw unusable(`does not hold the key ${id}`);
    return key;
  }

  /** Adds a key, which becomes the newest. On the disk when this returns. */
  rotate(): RingKey {
    this.#add({ onlyFirst: false });
    this.#look();
    return this.newest();
  }

  #add({ onlyFirst }: { onlyFirst: boolean }): void {
    exclusivelySync(`${this.#file}.lock`, () => {
      const exists = versionOf(this.#file) !== undefined;
      if (exists && onlyFirst) return;
      const before = exists ? this.#read() : [];
      const key = { id: `k${randomBytes(5).toString('hex')}`, createdAt: toInstant(this.#clock.now()), secret: randomBytes(32) };
      this.#write([...before, key]);
    });
  }

  #refresh(): void {
    if (performance.now() - this.#lookedAt >= this.#lookMs) this.#look();
  }

  #look(): void {
    this.#lookedAt = performance.now();
    const version = versionOf(this.#file);
    // Keys once read go on working when the file is taken away under a running service; its next start will complain.
    if (version === undefined || version === this.#seen) return;
    const known = new Map(this.#keys.map((key) => [key.id, key]));
    this.#keys = this.#read().map((key) => known.get(key.id) ?? key);
    this.#seen = version;
  }

  #read(): RingKey[] {
    const file = this.#parse();
    const expected = this.#macOf(file.keys);
    const actual = Buffer.from(file.mac, 'base64url');
    if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) {
      throw unusable('was changed, or the root secret (QINQIAO_SECRET, or secret.key) is not the one it was made with');
    }
    const keys = this.#sealing();
    return file.keys.map(({ id, createdAt, sealed }) => ({
      id,
      createdAt,
      secret: unseal(keys, `${id} ${createdAt}`, Buffer.from(sealed, 'base64url')),
    }));
  }

  #parse(): RingFile {
    try {
      return RingFile.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (cause) {
      throw unusable('cannot be read', cause);
    }
  }

  #write(keys: RingKey[]): void {
    const sealing = this.#sealing();
    const entries = keys.map(({ id, createdAt, secret }) => ({
      id,
      createdAt,
      sealed: seal(sealing, `${id} ${createdAt}`, secret).toString('base64url'),
    }));
    const file: RingFile = { format: 1, keys: entries, mac: this.#macOf(entries).toString('base64url') };
    writeAtomically(this.#file, `${JSON.stringify(file, null, 2)}\n`);
  }

  #sealing() {
    return sealingKeys(this.#root, 'key-ring');
  }

  #macOf(keys: RingFile['keys']): Buffer {
    const fields = keys.map(({ id, createdAt, sealed }) => [id, createdAt, sealed]);
    return createHmac('sm3', deriveKey(this.#root, 'key-ring/whole', 32))
      .update(JSON.stringify(fields))
      .digest();
  }
}

function versionOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found && `${found.ino} ${found.mtimeNs} ${found.size}`;
}

/** The file holds the old or the new text, whatever happens in between; readable by its owner only. */
function writeAtomically(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.tmp`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { flag: 'wx', mode: 0o600, flush: true });
  renameSync(fresh, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

const unusable = (detail: string, cause?: unknown) => new QinqiaoError('key_unavailable', { detail: `${KEY_RING_FILE} ${detail}`, cause });
