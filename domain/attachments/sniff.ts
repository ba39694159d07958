/** The types that are taken, by the bytes they begin with. */
const SIGNATURES: readonly { type: string; fits: (head: Buffer) => boolean }[] = [
  { type: 'image/jpeg', fits: (head) => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  { type: 'image/png', fits: (head) => head.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) },
  { type: 'image/webp', fits: (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP' },
  { type: 'application/pdf', fits: (head) => head.toString('latin1', 0, 5) === '%PDF-' },
];
export const HEAD_BYTES = 16;

/** The media type that a file's first bytes show, or null when it is none of those taken. */
export const typeOfBytes = (head: Buffer): string | null => SIGNATURES.find(({ fits }) => fits(head))?.type ?? null;
