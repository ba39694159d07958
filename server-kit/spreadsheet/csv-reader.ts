import { QinqiaoError } from '@qinqiao/contracts';
import type { SheetRow } from './xlsx-reader.ts';
import type { Bytes } from './zip.ts';

const MOST_COLUMNS = 200;
const MOST_CELL = 32_767;
const SAMPLE_BYTES = 256 * 1024;

/**
 * The rows of a CSV file (RFC 4180), as they are read; empty rows are left out. UTF-8, or GB 18030 as Chinese Excel writes it; comma,
 * semicolon or tab. Throws `file_invalid` for a cell beyond what a spreadsheet holds.
 */
export async function* readCsv(source: Bytes): AsyncGenerator<SheetRow> {
  const decoder = new TextDecoder(await encodingOf(source));
  let parser: CsvParser | null = null;
  for await (const piece of source.read(0, source.bytes)) {
    const text = decoder.decode(piece, { stream: true });
    parser ??= new CsvParser(separatorOf(text));
    yield* parser.take(text);
  }
  if (parser) yield* parser.end(decoder.decode());
}

async function encodingOf(source: Bytes): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const piece of source.read(0, Math.min(source.bytes, SAMPLE_BYTES))) decoder.decode(piece, { stream: true });
    return 'utf-8';
  } catch {
    return 'gb18030';
  }
}

function separatorOf(text: string): string {
  const [first = ''] = text.split('\n', 1);
  return [',', '\t', ';'].toSorted((a, b) => first.split(b).length - first.split(a).length)[0] ?? ',';
}

class CsvParser {
  readonly #separator: string;
  #cells: string[] = [];
  #cell = '';
  #quoted = false;
  /** A quote within a quoted cell: its end, or the first of two that stand for one. */
  #quote = false;
  #number = 0;

  constructor(separator: string) {
    this.#separator = separator;
  }

  *take(text: string): Generator<SheetRow> {
    for (const character of text) {
      if (this.#quoted && !this.#quote) {
        if (character === '"') this.#quote = true;
        else this.#add(character);
        continue;
      }
      if (this.#quote && character === '"') {
        this.#quote = false;
        this.#add('"');
        continue;
      }
      if (this.#quote) this.#quoted = this.#quote = false;
      if (character === '"' && this.#cell === '') this.#quoted = true;
      else if (character === this.#separator) this.#endCell();
      else if (character === '\n') yield* this.#endRow();
      else if (character !== '\r') this.#add(character);
    }
  }

  *end(text: string): Generator<SheetRow> {
    yield* this.take(text);
    if (this.#cell !== '' || this.#cells.length > 0) yield* this.#endRow();
  }

  #add(character: string): void {
    this.#cell += character;
    if (this.#cell.length > MOST_CELL) throw new QinqiaoError('file_invalid', { detail: 'csv: a cell is too long' });
  }

  #endCell(): void {
    if (this.#cells.length < MOST_COLUMNS) this.#cells.push(this.#cell.trim());
    this.#cell = '';
  }

  *#endRow(): Generator<SheetRow> {
    this.#endCell();
    this.#number++;
    const cells = this.#cells;
    this.#cells = [];
    if (cells.some((cell) => cell !== '')) yield { number: this.#number, cells };
  }
}
