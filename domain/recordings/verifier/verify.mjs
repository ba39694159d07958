#!/usr/bin/env node
// Checks an exported recording: node verify.mjs [folder]. Needs Node.js 20 or newer and nothing else, no network.
// 校验导出的录音录像：node verify.mjs [文件夹]。只需 Node.js 20 或更新版本，无须联网。
import { createHash, getHashes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// ---- SM3 (GB/T 32905) ----
const rotate = (x, n) => ((x << (n % 32)) | (x >>> ((32 - (n % 32)) % 32))) >>> 0;
const p0 = (x) => (x ^ rotate(x, 9) ^ rotate(x, 17)) >>> 0;
const p1 = (x) => (x ^ rotate(x, 15) ^ rotate(x, 23)) >>> 0;
const IV = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

class PlainSm3 {
  #state = Uint32Array.from(IV);
  #waiting = Buffer.alloc(0);
  #bytes = 0;
  #w = new Uint32Array(68);

  update(data) {
    const all = this.#waiting.length > 0 ? Buffer.concat([this.#waiting, data]) : Buffer.from(data.buffer, data.byteOffset, data.length);
    this.#bytes += data.length;
    const whole = all.length - (all.length % 64);
    for (let at = 0; at < whole; at += 64) this.#compress(all, at);
    this.#waiting = Buffer.from(all.subarray(whole));
    return this;
  }

  digest() {
    const padding = Buffer.alloc(((119 - (this.#bytes % 64)) % 64) + 1 + 8);
    padding[0] = 0x80;
    padding.writeBigUInt64BE(BigInt(this.#bytes) * 8n, padding.length - 8);
    this.update(padding);
    const out = Buffer.alloc(32);
    this.#state.forEach((word, index) => out.writeUInt32BE(word, index * 4));
    return out;
  }

  #compress(block, at) {
    const w = this.#w;
    for (let j = 0; j < 16; j++) w[j] = block.readUInt32BE(at + j * 4);
    for (let j = 16; j < 68; j++) w[j] = p1((w[j - 16] ^ w[j - 9] ^ rotate(w[j - 3], 15)) >>> 0) ^ rotate(w[j - 13], 7) ^ w[j - 6];
    let [a, b, c, d, e, f, g, h] = this.#state;
    for (let j = 0; j < 64; j++) {
      const early = j < 16;
      const ss1 = rotate((rotate(a, 12) + e + rotate(early ? 0x79cc4519 : 0x7a879d8a, j)) >>> 0, 7);
      const ss2 = (ss1 ^ rotate(a, 12)) >>> 0;
      const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = early ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = ((ff >>> 0) + d + ss2 + ((w[j] ^ w[j + 4]) >>> 0)) >>> 0;
      const tt2 = ((gg >>> 0) + h + ss1 + w[j]) >>> 0;
      d = c;
      c = rotate(b, 9);
      b = a;
      a = tt1;
      h = g;
      g = rotate(f, 19);
      f = e;
      e = p0(tt2);
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => {
      this.#state[index] = (this.#state[index] ^ word) >>> 0;
    });
  }
}

const ABC = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
const abcOf = (hash) => hash.update(Buffer.from('abc')).digest().toString('hex');
if (abcOf(new PlainSm3()) !== ABC) throw new Error('SM3 self-test failed');
// Node's own is faster where it is there and right.
const ownIsRight = !process.argv.includes('--plain') && getHashes().includes('sm3') && abcOf(createHash('sm3')) === ABC;
const newSm3 = () => (ownIsRight ? createHash('sm3') : new PlainSm3());
const sm3 = (...parts) => {
  const hash = newSm3();
  for (const part of parts) hash.update(part);
  return hash.digest();
};

// ---- SM2 (GB/T 32918), curve of part 5 ----
const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const G = [
  0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
];
const mod = (x, m = P) => ((x % m) + m) % m;
const hex32 = (x) => Buffer.from(x.toString(16).padStart(64, '0'), 'hex');
const toInt = (bytes) => (bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`));

function inverse(x, m) {
  let [r0, r1, s0, s1] = [m, mod(x, m), 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  return mod(s0, m);
}

function add(one, other) {
  if (!one) return other;
  if (!other) return one;
  const [x1, y1] = one;
  const [x2, y2] = other;
  if (x1 === x2 && mod(y1 + y2) === 0n) return null;
  const slope = x1 === x2 ? mod((3n * x1 * x1 + A) * inverse(2n * y1, P)) : mod((y2 - y1) * inverse(x2 - x1, P));
  const x = mod(slope * slope - x1 - x2);
  return [x, mod(slope * (x1 - x) - y1)];
}

function multiply(factor, point) {
  let sum = null;
  for (let k = factor, doubled = point; k > 0n; k >>= 1n, doubled = add(doubled, doubled)) if (k & 1n) sum = add(sum, doubled);
  return sum;
}

/** r and s of a DER SEQUENCE of two INTEGERs. */
function parseSignature(der) {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der[2] !== 0x02) throw new Error('not a signature');
  const rEnd = 4 + der[3];
  if (der[rEnd] !== 0x02 || rEnd + 2 + der[rEnd + 1] !== der.length) throw new Error('not a signature');
  return [toInt(der.subarray(4, rEnd)), toInt(der.subarray(rEnd + 2))];
}

function sm2Verify(data, der, publicKey, id = '1234567812345678') {
  const bytes = Buffer.from(publicKey, 'hex');
  if (bytes.length !== 65 || bytes[0] !== 4) return false;
  const point = [toInt(bytes.subarray(1, 33)), toInt(bytes.subarray(33))];
  if (point[0] >= P || point[1] >= P || mod(point[1] * point[1] - (point[0] ** 3n + A * point[0] + B)) !== 0n) return false;
  const [r, s] = parseSignature(der);
  if (r < 1n || r >= N || s < 1n || s >= N) return false;
  const name = Buffer.from(id);
  const bits = Buffer.from([(name.length * 8) >> 8, (name.length * 8) & 0xff]);
  const z = sm3(bits, name, hex32(A), hex32(B), hex32(G[0]), hex32(G[1]), bytes.subarray(1));
  const t = mod(r + s, N);
  if (t === 0n) return false;
  const sum = add(multiply(s, G), multiply(t, point));
  return sum !== null && mod(toInt(sm3(z, data)) + sum[0], N) === r;
}

// ---- The recording ----
const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? dirname(fileURLToPath(import.meta.url));
let sound = true;
const say = (right, zh, en) => {
  sound &&= right;
  console.log(`${right ? '✓' : '✗'} ${zh}\n  ${en}`);
};

function checkSignature(text) {
  const { publicKey, signature, keyId } = JSON.parse(readFileSync(join(folder, 'signature.json'), 'utf8'));
  let right = false;
  try {
    right = sm2Verify(text, Buffer.from(signature, 'base64url'), publicKey);
  } catch {
    right = false;
  }
  const fingerprint = sm3(Buffer.from(publicKey, 'hex'))
    .toString('hex')
    .slice(0, 32)
    .replace(/(.{4})(?=.)/g, '$1 ');
  say(
    right,
    `清单签名${right ? '有效' : '无效'}（SM2，密钥 ${keyId}）`,
    `The manifest's signature is ${right ? 'valid' : 'NOT valid'} (SM2, key ${keyId})`,
  );
  console.log(`  公钥指纹，请与平台上显示的核对 · Fingerprint of the public key, to be compared with the platform's: ${fingerprint}`);
}

/** Number of the first block that differs, or null. */
async function firstDifference(path, { bytes, blocks }, blockBytes) {
  let previous = Buffer.alloc(0);
  let index = 0;
  for (let at = 0; at < bytes; at += blockBytes, index++) {
    const hash = newSm3();
    hash.update(previous);
    let read = 0;
    for await (const piece of createReadStream(path, { start: at, end: Math.min(at + blockBytes, bytes) - 1, highWaterMark: blockBytes })) {
      hash.update(piece);
      read += piece.length;
    }
    if (read === 0) return index;
    previous = hash.digest();
    if (previous.toString('hex') !== blocks[index]) return index;
  }
  return statSync(path).size > bytes ? Math.floor(bytes / blockBytes) : null;
}

async function checkFile({ name, plain }, blockBytes) {
  const path = join(folder, name);
  if (!existsSync(path)) return say(false, `${name}：缺失`, `${name}: missing`);
  const size = statSync(path).size;
  const block = await firstDifference(path, plain, blockBytes);
  if (block === null) return say(true, `${name}：与封存时一致（${plain.bytes} 字节）`, `${name}: as it was sealed (${plain.bytes} bytes)`);
  const from = block * blockBytes;
  const cut = size < plain.bytes ? `，长度 ${size}，应为 ${plain.bytes}` : '';
  const cutEn = size < plain.bytes ? `; ${size} bytes long instead of ${plain.bytes}` : '';
  say(
    false,
    `${name}：自第 ${block} 块（第 ${from} 字节）起与封存时不一致${cut}`,
    `${name}: differs from block ${block} on (byte ${from})${cutEn}`,
  );
}

const text = readFileSync(join(folder, 'manifest.json'));
const manifest = JSON.parse(text);
console.log(`${manifest.format} · ${manifest.callId} · ${manifest.epoch} · ${manifest.prison.name}`);
checkSignature(text);
for (const file of manifest.files) await checkFile(file, manifest.hashes.blockBytes);
console.log(sound ? '\n✓ 全部一致 Everything is as it was sealed' : '\n✗ 校验未通过 The check did not pass');
process.exit(sound ? 0 : 1);
