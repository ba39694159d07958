import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { type CallId, type Instant, QinqiaoError, type TranscriptCorrection, type TranscriptSegment } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, keyIdOf } from '@qinqiao/server-kit';
import { ZipFile } from 'yazl';
import { correctionsOf, listSegments } from '../transcripts/index.ts';
import type { EvidenceManifest, SignatureFile } from './evidence-manifest.ts';
import { readManifest } from './manifest-access.ts';
import { openRecordingFile, type PlaybackDeps } from './playback.ts';
import { findKept } from './seals.ts';

const VERIFIER = ['verify.mjs', 'README.zh-CN.txt', 'README.en.txt'];
const SEGMENTS_AT_ONCE = 500;

export interface ExportFacts {
  by: string;
  at: Instant;
  reason: string;
}

/** A line as it is exported; `corrections`: every version that officers made of it, the first one's `before` being what was recognised. */
type ExportedLine = TranscriptSegment & { corrections?: TranscriptCorrection[] };

/**
 * A sealed recording as a zip: its files decrypted, transcript, manifest, signature and the offline verifier. The stream breaks off when a
 * file does not open. Throws `not_found`, `recording_deleted`, `wrong_state` when it is not sealed yet, `data_damaged` when the manifest does not open.
 */
export async function exportRecording(deps: PlaybackDeps, callId: CallId, facts: ExportFacts): Promise<Readable> {
  const recording = await findKept(deps.db, callId);
  if (!recording) throw new QinqiaoError('not_found');
  if (recording.state === 'deleted') throw new QinqiaoError('recording_deleted');
  const { text, manifest } = await readManifest(deps, recording);
  const signature = await signatureFile(deps.crypto, recording.signature ?? '');
  const segments = await everySegment(deps.db, callId);
  const zip = new ZipFile();
  const output = new PassThrough();
  zip.on('error', (error: Error) => output.destroy(error));
  zip.addBuffer(text, 'manifest.json');
  zip.addBuffer(json(signature), 'signature.json');
  zip.addBuffer(json({ callId, ...facts }), 'export.json');
  zip.addBuffer(json(segments), 'transcript.json');
  zip.addBuffer(Buffer.from(transcriptText(segments, manifest)), 'transcript.txt');
  for (const name of VERIFIER) zip.addBuffer(readFileSync(join(import.meta.dirname, 'verifier', name)), name);
  for (const { name } of manifest.files) {
    zip.addReadStreamLazy(name, { compress: false, mtime: new Date(manifest.sealedAt) }, (done) => {
      void openStream(deps, callId, name, output).then(
        // oxlint-disable-next-line promise/no-callback-in-promise -- the zip writer asks by callback
        (stream) => done(null, stream),
        (error: unknown) => output.destroy(error as Error),
      );
    });
  }
  zip.end();
  zip.outputStream.pipe(output);
  return output;
}

async function openStream(deps: PlaybackDeps, callId: CallId, name: string, output: PassThrough): Promise<Readable> {
  const file = await openRecordingFile(deps, callId, name);
  const stream = Readable.from(file.read(0, file.bytes), { objectMode: false });
  // Whoever asked has gone, or what is read is damaged: neither must leave the other waiting.
  stream.on('error', (error) => output.destroy(error));
  output.on('close', () => stream.destroy());
  return stream;
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

async function signatureFile(crypto: CryptoProvider, signature: string): Promise<SignatureFile> {
  const keyId = keyIdOf(signature);
  const key = (await crypto.publicKeys()).find((each) => each.keyId === keyId);
  return {
    format: 'qinqiao-signature-1',
    algorithm: 'SM2 with SM3 (GB/T 32918), signer id 1234567812345678',
    keyId,
    publicKey: key?.publicKey ?? '',
    signature: signature.slice(keyId.length + 1),
  };
}

async function everySegment(db: Db, callId: CallId): Promise<ExportedLine[]> {
  const all: ExportedLine[] = [];
  const corrections = await correctionsOf(db, callId);
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: TranscriptSegment[]; next: string | null } = await listSegments(db, callId, {
      limit: SEGMENTS_AT_ONCE,
      ...(cursor === '' ? {} : { cursor }),
    });
    for (const segment of page.items) {
      const versions = corrections.get(segment.id);
      all.push({ ...segment, ...(versions ? { corrections: versions } : {}) });
    }
    cursor = page.next;
  }
  return all;
}

/** For reading; what officers have corrected says so, with what was recognised. */
function transcriptText(segments: readonly ExportedLine[], { participants }: EvidenceManifest): string {
  const nameOf = (role: string) => participants.find((person) => person.role === role)?.name ?? role;
  const corrected = (versions: readonly TranscriptCorrection[] | undefined) => {
    const [first, last] = [versions?.[0], versions?.at(-1)];
    return first && last ? `  〔${last.officerName} ${last.at} 订正 corrected；原文 recognised：${first.before}〕` : '';
  };
  const lines = segments.map(
    ({ startMs, speaker, text, corrections }) => `${clockOf(startMs)}  ${nameOf(speaker)}：${text}${corrected(corrections)}`,
  );
  const count = segments.filter(({ corrections }) => corrections).length;
  const note =
    count > 0
      ? `\n（${count} 行经民警订正，原文附后 / ${count} lines were corrected by officers; what was recognised follows each）\n`
      : '';
  return `${lines.join('\n')}\n${note}`;
}

function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
