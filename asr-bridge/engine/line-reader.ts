const LONGEST_LINE = 256 * 1024;

/** Splits what a program writes into lines of UTF-8. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Answers false when what came is no text: a line too long, or bytes that are no UTF-8. */
  push(chunk: Buffer): boolean {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = decode(Buffer.concat([...this.#pending, chunk.subarray(from, end)]));
      if (line === null) return false;
      this.#pending = [];
      this.#pendingBytes = 0;
      from = end + 1;
      this.#onLine(line);
    }
    if (from < chunk.length) this.#pending.push(chunk.subarray(from));
    this.#pendingBytes += chunk.length - from;
    return this.#pendingBytes <= LONGEST_LINE;
  }
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
