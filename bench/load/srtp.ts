import { createCipheriv } from 'node:crypto';

export const SRTP_SUITE = 'AEAD_AES_128_GCM';
/** Bytes of master key and master salt together. */
export const SRTP_KEY_BYTES = 28;

/** Derives a session key (RFC 3711, 4.3.1, key derivation rate 0). The 96-bit salt of AEAD is padded to 112 bits on the right (RFC 7714, 11). */
function derive(masterKey: Buffer, masterSalt: Buffer, label: number, bytes: number): Buffer {
  const iv = Buffer.alloc(16);
  masterSalt.copy(iv);
  iv[7] = (iv[7] ?? 0) ^ label;
  return createCipheriv('aes-128-ctr', masterKey, iv).update(Buffer.alloc(bytes));
}

/** One outgoing RTP stream, encrypted with AEAD_AES_128_GCM (RFC 7714). */
export class SrtpStream {
  readonly #ssrc: number;
  readonly #payloadType: number;
  readonly #key: Buffer;
  readonly #salt: Buffer;
  #sequence = 1;
  #rollovers = 0;

  constructor(options: { ssrc: number; payloadType: number; master: Buffer }) {
    this.#ssrc = options.ssrc;
    this.#payloadType = options.payloadType;
    const [key, salt] = [options.master.subarray(0, 16), options.master.subarray(16, SRTP_KEY_BYTES)];
    this.#key = derive(key, salt, 0, 16);
    this.#salt = derive(key, salt, 2, 12);
  }

  /** The next packet of the stream, ready to be sent. */
  packet(payload: Buffer, timestamp: number, marker: boolean): Buffer {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = this.#payloadType | (marker ? 0x80 : 0);
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(timestamp >>> 0, 4);
    header.writeUInt32BE(this.#ssrc, 8);
    const cipher = createCipheriv('aes-128-gcm', this.#key, this.#iv(header));
    cipher.setAAD(header);
    const encrypted = cipher.update(payload);
    cipher.final();
    this.#sequence = (this.#sequence + 1) & 0xffff;
    if (this.#sequence === 0) this.#rollovers++;
    return Buffer.concat([header, encrypted, cipher.getAuthTag()]);
  }

  /** RFC 7714, 8.1: 00 00 ‖ SSRC ‖ ROC ‖ SEQ, xor the session salt. */
  #iv(header: Buffer): Buffer {
    const iv = Buffer.alloc(12);
    header.copy(iv, 2, 8, 12);
    iv.writeUInt32BE(this.#rollovers >>> 0, 6);
    header.copy(iv, 10, 2, 4);
    for (let i = 0; i < 12; i++) iv[i] = (iv[i] ?? 0) ^ (this.#salt[i] ?? 0);
    return iv;
  }
}
