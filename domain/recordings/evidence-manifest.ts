import { createHash } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';
import { z } from 'zod';

const Hashes = z.object({ bytes: z.number(), blocks: z.array(z.string()) });

/** One file of a sealed recording. */
export const EvidenceFile = z.object({
  name: z.string(),
  participant: z.string(),
  kind: z.string(),
  codec: z.string(),
  mimeType: z.string(),
  startMs: z.number(),
  durationMs: z.number(),
  sha256: z.string(),
  sm3: z.string(),
  /** Of the file as it plays: for whoever gets an export. */
  plain: Hashes,
  /** Of the file as it is stored, encrypted: for checking it where it lies. */
  stored: Hashes,
});
export type EvidenceFile = z.infer<typeof EvidenceFile>;

const Person = z.object({ role: z.string(), label: z.string(), name: z.string(), number: z.string().nullable() });
const Act = z.object({ at: z.string(), kind: z.string(), detail: z.record(z.string(), z.unknown()) });

/** The sealed manifest of a call: what was recorded, of whom, who watched it, and the hashes of every block of every file. Milliseconds count from `epoch`. */
export const EvidenceManifest = z.object({
  format: z.literal('qinqiao-recording-2'),
  software: z.string(),
  callId: z.string(),
  prison: z.object({ id: z.string(), name: z.string() }),
  /** Second 0 of the call's time line. */
  epoch: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  endReason: z.string().nullable(),
  sealedAt: z.string(),
  participants: z.array(Person),
  /** Who watched and what he did. */
  officers: z.array(z.object({ name: z.string(), acts: z.array(Act) })),
  gaps: z.array(z.object({ participant: z.string(), kind: z.string(), fromMs: z.number(), toMs: z.number(), cause: z.string() })),
  /** Takes and tracks as the recorder noted them (`qinqiao-recording-1`); null when it left none. */
  recorder: z.record(z.string(), z.unknown()).nullable(),
  hashes: z.object({ algorithm: z.literal('SM3'), blockBytes: z.number(), chained: z.literal(true) }),
  files: z.array(EvidenceFile),
});
export type EvidenceManifest = z.infer<typeof EvidenceManifest>;

/** The text that is hashed, signed and stored. */
export const manifestText = (manifest: EvidenceManifest): Buffer => Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);

/** Throws `data_damaged` on anything else than a manifest. */
export function parseManifest(text: Uint8Array): EvidenceManifest {
  try {
    return EvidenceManifest.parse(JSON.parse(Buffer.from(text).toString()));
  } catch (cause) {
    throw new QinqiaoError('data_damaged', { detail: 'the manifest cannot be read', cause });
  }
}

export const sm3Of = (data: Uint8Array): string => createHash('sm3').update(data).digest('hex');

/** Names the manifest by its content: a second attempt at sealing never overwrites the first one's. */
export const manifestName = (sm3: string): string => `manifest-${sm3.slice(0, 16)}.json`;

/** The signature beside an exported manifest, for checking it without the installation. */
export interface SignatureFile {
  format: 'qinqiao-signature-1';
  algorithm: 'SM2 with SM3 (GB/T 32918), signer id 1234567812345678';
  keyId: string;
  /** Uncompressed point, hexadecimal. */
  publicKey: string;
  /** DER, base64url. */
  signature: string;
}
