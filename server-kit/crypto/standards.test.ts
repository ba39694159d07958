import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SM2_ID, newSm2KeyPair, sm2Digest, sm2KeyPairFrom, sm2Sign, sm2Verify, sm2Z } from './sm2.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

describe('SM3', () => {
  // GB/T 32905-2016, appendix A.
  it.each([
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ])('of %s', (text, hash) => {
    expect(createHash('sm3').update(text).digest('hex')).toBe(hash);
  });

  it('as HMAC', () => {
    // GM/T 0042-2015, appendix D.3.
    const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i + 1));
    const text = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'.repeat(2);
    expect(createHmac('sm3', key).update(text).digest('hex')).toBe('ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a');
  });
});

describe('SM4', () => {
  const key = hex('0123456789abcdeffedcba9876543210');

  it('encrypts and decrypts the block of the standard', () => {
    // GB/T 32907-2016, appendix A.1.
    const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
    const block = cipher.update(key);
    expect(block.toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
    expect(createDecipheriv('sm4-ecb', key, null).setAutoPadding(false).update(block)).toEqual(key);
  });

  it('encrypts a block a million times over', () => {
    // GB/T 32907-2016, appendix A.2. CBC over zeros is the block cipher applied again and again.
    const first = createCipheriv('sm4-ecb', key, null).setAutoPadding(false).update(key);
    const chain = createCipheriv('sm4-cbc', key, first).setAutoPadding(false);
    const rest = chain.update(Buffer.alloc(16 * 999_999));
    expect(rest.subarray(-16).toString('hex')).toBe('595298c7c6fd271f0402f804c33d3f66');
  });

  it('counts as OpenSSL does', () => {
    // OpenSSL, test/recipes/30-test_evp_data/evpciph_sm4.txt.
    const plain = hex(['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'ee', 'aa'].map((byte) => byte.repeat(8)).join(''));
    const expected = `c2b4759e78ac3cf43d0852f4e8d5f9fd7256e8a5fcb65a350ee00630912e4449
      2a0b17e1b85b060d0fba612d8a95831638b361fd5ffacd942f081485a83ca35d`;
    expect(createCipheriv('sm4-ctr', key, key).update(plain)).toEqual(hex(expected));
  });
});

describe('SM2', () => {
  // GB/T 32918.5-2017, appendix A.
  const publicKey =
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
  const privateKey = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
  const text = Buffer.from('message digest');
  const r = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3';
  const s = 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
  const signature = hex(`3046022100${r}022100${s}`);

  it('makes the digest and takes the signature of the standard', () => {
    expect(sm2Z(publicKey, DEFAULT_SM2_ID).toString('hex')).toBe('b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3');
    expect(sm2Digest(text, publicKey, DEFAULT_SM2_ID).toString('hex')).toBe(
      'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
    );
    expect(sm2Verify(text, signature, publicKey)).toBe(true);
    expect(sm2Verify(text, sm2Sign(text, { privateKey, publicKey }), publicKey)).toBe(true);
  });

  it('refuses another text, key or id, and what is no signature or no key', () => {
    const other = newSm2KeyPair();
    expect(sm2Verify(Buffer.from('message digesT'), signature, publicKey)).toBe(false);
    expect(sm2Verify(text, signature, other.publicKey)).toBe(false);
    expect(sm2Verify(text, signature, publicKey, 'someone else')).toBe(false);
    const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';
    const malformed = [
      Buffer.alloc(0),
      Buffer.from([0x30]),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.alloc(1)]),
      hex(`3046022100${r}022100${order}`),
      hex('3006020100020100'),
      hex(`304702220000${r}022100${s}`),
    ];
    for (const bad of malformed) expect(sm2Verify(text, bad, publicKey)).toBe(false);
    for (const bad of ['', '04', `04${'0'.repeat(128)}`, `${publicKey.slice(0, -1)}4`]) expect(sm2Verify(text, signature, bad)).toBe(false);
  });

  it('takes a signature that OpenSSL made', () => {
    // openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678
    const key =
      '048d70ce9368a263de2a9cb7dfa6fb30360b66a46165f175cf4b5564cbaaecfa8884ab9d3b6df3eef3f4ce805ef3fb752eeafe56d04b2b68416b7140fde62da0af';
    const made = hex(
      '3046022100be77e2a2a5862092c38f7395865c7d2e92cecc48d35319b8782b4bf99768cdea022100fbdc2c88bc49f2d0eef970052d706f4974f81c8fb733bcc82911b3831cfb3a87',
    );
    expect(sm2Verify(text, made, key)).toBe(true);
    expect(sm2Verify(text, made, publicKey)).toBe(false);
  });

  it('derives the same fitting key pair from the same material', () => {
    const pair = sm2KeyPairFrom(Buffer.alloc(48, 7));
    expect(sm2KeyPairFrom(Buffer.alloc(48, 7))).toEqual(pair);
    expect(sm2KeyPairFrom(Buffer.alloc(48, 8))).not.toEqual(pair);
    expect(pair.publicKey).toHaveLength(130);
    expect(sm2Verify(text, sm2Sign(text, pair), pair.publicKey)).toBe(true);
    // The smallest and the largest private key the standard allows: 1 and the order minus 2.
    for (const material of [Buffer.alloc(48), hex('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54120')]) {
      const edge = sm2KeyPairFrom(material);
      expect(sm2Verify(text, sm2Sign(text, edge), edge.publicKey)).toBe(true);
    }
  });
});
