import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CryptoProvider,
  decryptField,
  encryptField,
  keyIdOf,
  openSoftwareCrypto,
  renewField,
  searchHash,
  searchHashes,
} from './index.ts';
import { newSm2KeyPair, sm2Sign } from './sm2.ts';

const secret = 's'.repeat(32);
let dataDir: string;
let crypto: CryptoProvider;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-crypto-'));
  crypto = openSoftwareCrypto({ dataDir, secret });
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const ring = () => join(dataDir, 'keys.json');
const bytes = (text: string) => Buffer.from(text);
/** The token with one bit of its content changed, for each of its bytes. */
const changed = (token: string) => {
  const id = keyIdOf(token);
  const content = Buffer.from(token.slice(id.length + 1), 'base64url');
  return Array.from(content, (byte, i) => {
    const copy = Buffer.from(content);
    copy[i] = byte ^ 1;
    return `${id}.${copy.toString('base64url')}`;
  });
};

describe('values', () => {
  it.each(['', 'x', '陈秀英', 'a'.repeat(100_000)])('come back as they were', async (text) => {
    const sealed = await crypto.encrypt('place', bytes(text));
    expect((await crypto.decrypt('place', sealed)).toString()).toBe(text);
    expect(sealed.length).toBeLessThanOrEqual(77 + Math.ceil((4 * bytes(text).length) / 3));
    expect(await crypto.encrypt('place', bytes(text))).not.toBe(sealed);
  });

  it('are refused when a single bit was changed, when cut off, elsewhere and as something else', async () => {
    const sealed = await crypto.encrypt('place', bytes('110101199003074514'));
    const content = sealed.slice(keyIdOf(sealed).length + 1);
    const cut = [0, 1, 10, 40, 63, 64, 80].map((length) => `${keyIdOf(sealed)}.${content.slice(0, length)}`);
    for (const bad of [...changed(sealed), ...cut, '', 'x', content, `${sealed}A`, `${sealed}=`, ` ${sealed}`]) {
      await expect(crypto.decrypt('place', bad), bad).rejects.toMatchObject({ code: 'data_damaged' });
    }
    await expect(crypto.decrypt('other', sealed)).rejects.toMatchObject({ code: 'data_damaged' });
    await expect(crypto.unwrapKey('place', sealed)).rejects.toMatchObject({ code: 'data_damaged' });
  });

  it('say that their key is missing rather than that they are damaged', async () => {
    const sealed = await crypto.encrypt('place', bytes('x'));
    rmSync(ring());
    const other = openSoftwareCrypto({ dataDir, secret });
    await expect(other.decrypt('place', sealed)).rejects.toMatchObject({
      code: 'key_unavailable',
      message: expect.stringContaining(keyIdOf(sealed)),
    });
  });
});

describe('keys', () => {
  it('stay readable after rotation, and new writes use the newest', async () => {
    const before = await Promise.all([
      crypto.encrypt('place', bytes('old')),
      crypto.wrapKey('file', Buffer.alloc(32, 1)),
      crypto.mac('list', bytes('old')),
      crypto.sign(bytes('old')),
    ]);
    const [first] = await crypto.keyIds();
    const second = await crypto.rotate();
    expect(await crypto.keyIds()).toEqual([second, first]);
    const [value, wrapped, mac, signature] = before;
    expect(before.map(keyIdOf)).toEqual([first, first, first, first]);
    for (const provider of [crypto, openSoftwareCrypto({ dataDir, secret })]) {
      expect((await provider.decrypt('place', value)).toString()).toBe('old');
      expect(await provider.unwrapKey('file', wrapped)).toEqual(Buffer.alloc(32, 1));
      expect(await provider.verifyMac('list', bytes('old'), mac)).toBe(true);
      expect(await provider.verify(bytes('old'), signature)).toBe(true);
      expect(keyIdOf(await provider.encrypt('place', bytes('new')))).toBe(second);
      expect(keyIdOf(await provider.sign(bytes('new')))).toBe(second);
    }
  });

  it('made by another process are used without a restart', async () => {
    const other = openSoftwareCrypto({ dataDir, secret });
    const id = await other.rotate();
    expect(await crypto.keyIds()).toEqual(await other.keyIds());
    expect(keyIdOf(await crypto.encrypt('place', bytes('x')))).toBe(id);
    await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? crypto : other).rotate()));
    expect(await crypto.keyIds()).toHaveLength(10);
    expect(await crypto.keyIds()).toEqual(await other.keyIds());
  });

  it('lie in a file of their owner only, of no use without the root secret', async () => {
    expect(statSync(ring()).mode & 0o777).toBe(0o600);
    await crypto.rotate();
    expect(statSync(ring()).mode & 0o777).toBe(0o600);
    expect(() => openSoftwareCrypto({ dataDir, secret: 't'.repeat(32) })).toThrow(/keys\.json.*QINQIAO_SECRET/);
  });

  it('are not used when their file was changed or cut off', () => {
    const text = readFileSync(ring(), 'utf8');
    const file = JSON.parse(text) as { keys: { id: string }[] };
    const renamed = { ...file, keys: file.keys.map((key) => ({ ...key, id: 'k0123456789' })) };
    for (const bad of [
      '',
      '{}',
      text.slice(0, -10),
      JSON.stringify(renamed),
      JSON.stringify({ ...file, keys: [...file.keys, ...file.keys] }),
    ]) {
      writeFileSync(ring(), bad);
      expect(() => openSoftwareCrypto({ dataDir, secret }), bad).toThrow(/key_unavailable: keys\.json/);
    }
    writeFileSync(ring(), text);
    expect(() => openSoftwareCrypto({ dataDir, secret })).not.toThrow();
  });

  it('are one ring though several processes make it at once', async () => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const folder = join(dataDir, 'shared');
    const script = `
      import { openSoftwareCrypto } from '${join(import.meta.dirname, 'index.ts')}';
      const crypto = openSoftwareCrypto({ dataDir: ${JSON.stringify(folder)}, secret: '${secret}' });
      console.log((await crypto.keyIds()).join());`;
    const run = () => promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]);
    const answers = await Promise.all(Array.from({ length: 4 }, run));
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
  });
});

describe('MACs and signatures', () => {
  it('fit their own purpose and content only', async () => {
    const mac = await crypto.mac('list', bytes('a,b'));
    expect(await crypto.verifyMac('list', bytes('a,b'), mac)).toBe(true);
    expect(await crypto.verifyMac('list', bytes('a,c'), mac)).toBe(false);
    expect(await crypto.verifyMac('other', bytes('a,b'), mac)).toBe(false);
    for (const bad of changed(mac)) expect(await crypto.verifyMac('list', bytes('a,b'), bad)).toBe(false);
    await expect(crypto.verifyMac('list', bytes('a,b'), 'none')).rejects.toMatchObject({ code: 'data_damaged' });
    const signature = await crypto.sign(bytes('a,b'));
    expect(await crypto.verify(bytes('a,c'), signature)).toBe(false);
    for (const bad of changed(signature)) expect(await crypto.verify(bytes('a,b'), bad)).toBe(false);
  });

  it('of other people are checked with their public key', async () => {
    const pair = newSm2KeyPair();
    const signature = sm2Sign(bytes('challenge'), pair);
    expect(await crypto.verifyForeign(pair.publicKey, bytes('challenge'), signature)).toBe(true);
    expect(await crypto.verifyForeign(newSm2KeyPair().publicKey, bytes('challenge'), signature)).toBe(false);
    const [own] = await crypto.publicKeys();
    expect(await crypto.verifyForeign(own?.publicKey ?? '', bytes('challenge'), signature)).toBe(false);
  });
});

describe('fields', () => {
  const place = { field: 'families.phone', owner: 'f1' };

  it('open in their own row and column only', async () => {
    const stored = await encryptField(crypto, place, '13800138000');
    expect(await decryptField(crypto, place, stored)).toBe('13800138000');
    for (const other of [
      { ...place, owner: 'f2' },
      { ...place, field: 'families.name' },
    ]) {
      await expect(decryptField(crypto, other, stored)).rejects.toMatchObject({ code: 'data_damaged' });
    }
  });

  it('are found again by their hash, in whatever width, case and spacing, also after rotation', async () => {
    const stored = await searchHash(crypto, 'inmates.document', '11010119900307451x');
    expect(stored).toMatch(/^[0-9a-f]{64}$/);
    await crypto.rotate();
    const sought = await searchHashes(crypto, 'inmates.document', ' １１０１０１ 19900307 451X');
    expect(sought).toHaveLength(2);
    expect(sought[1]).toBe(stored);
    expect(sought[0]).toBe(await searchHash(crypto, 'inmates.document', '11010119900307451x'));
    expect(await searchHashes(crypto, 'inmates.document', '11010119900307452X')).not.toContain(stored);
    expect(await searchHashes(crypto, 'inmates.number', '11010119900307451x')).not.toContain(stored);
  });

  it('are renewed under the newest key', async () => {
    const stored = await encryptField(crypto, place, '13800138000');
    expect(await renewField(crypto, place, stored)).toBe(stored);
    const id = await crypto.rotate();
    const renewed = await renewField(crypto, place, stored);
    expect(keyIdOf(renewed)).toBe(id);
    expect(await decryptField(crypto, place, renewed)).toBe('13800138000');
  });
});
