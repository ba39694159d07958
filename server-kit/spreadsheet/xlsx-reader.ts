import { StringDecoder } from 'node:string_decoder';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Bytes, ZipReader } from './zip.ts';

/** One row of a sheet: its number as the user counts (1 is the top), and its cells as text. */
export interface SheetRow {
  number: number;
  cells: string[];
}

/** What all files of a workbook may inflate to. */
const MOST_BYTES = 600_000_000;
/** The shared texts are held in memory. */
const MOST_SHARED_CHARACTERS = 100_000_000;
/** One element of a sheet; more is no table that people fill in. */
const MOST_ELEMENT_CHARACTERS = 2_000_000;
const MOST_COLUMNS = 200;

const invalid = (detail: string) => new QinqiaoError('file_invalid', { detail: `xlsx: ${detail}` });

/**
 * The rows of a workbook's first sheet (ECMA-376, transitional or strict), as they are read; empty rows are left out. Everything is text:
 * of a formula the value that was last computed, of rich text and links the text. Nothing is ever evaluated or fetched.
 * Throws `file_invalid`, or `transfer_too_large` for what inflates beyond all measure.
 */
export async function* readXlsx(source: Bytes): AsyncGenerator<SheetRow> {
  const zip = await ZipReader.open(source, { mostBytes: MOST_BYTES });
  const sheet = await firstSheet(zip);
  const shared = zip.has('xl/sharedStrings.xml') ? await sharedTexts(zip.read('xl/sharedStrings.xml')) : [];
  let last = 0;
  for await (const { attributes, inner } of elements(zip.read(sheet), 'row')) {
    const number = Number(/\br="(\d+)"/.exec(attributes)?.[1] ?? last + 1);
    last = number;
    const cells = cellsOf(inner, shared);
    if (cells.some((cell) => cell !== '')) yield { number, cells };
  }
}

async function firstSheet(zip: ZipReader): Promise<string> {
  const workbook = zip.has('xl/workbook.xml') ? await zip.text('xl/workbook.xml') : '';
  const relations = zip.has('xl/_rels/workbook.xml.rels') ? await zip.text('xl/_rels/workbook.xml.rels') : '';
  const id = /<(?:\w+:)?sheet\b[^>]*?\b\w+:id="([^"]+)"/.exec(workbook)?.[1];
  const relation = [...relations.matchAll(/<(?:\w+:)?Relationship\b[^>]*>/g)].find(
    ([text]) => id !== undefined && text.includes(`Id="${id}"`),
  );
  const target = /\bTarget="([^"]+)"/.exec(relation?.[0] ?? '')?.[1] ?? 'worksheets/sheet1.xml';
  const path = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
  if (!zip.has(path)) throw invalid('holds no sheet');
  return path;
}

async function sharedTexts(content: AsyncIterable<Buffer>): Promise<string[]> {
  const texts: string[] = [];
  let characters = 0;
  for await (const { inner } of elements(content, 'si')) {
    const text = textOf(inner);
    characters += text.length;
    if (characters > MOST_SHARED_CHARACTERS) throw new QinqiaoError('transfer_too_large', { detail: 'xlsx: shared texts' });
    texts.push(text);
  }
  return texts;
}

/** The elements of this name, in whatever namespace prefix, one after the other. They do not stand within each other. */
async function* elements(content: AsyncIterable<Buffer>, name: string): AsyncGenerator<{ attributes: string; inner: string }> {
  const decoder = new StringDecoder('utf8');
  const element = new RegExp(`<((?:\\w+:)?)${name}(?=[\\s/>])([^>]*?)(?:/>|>([\\s\\S]*?)</\\1${name}>)`, 'g');
  let text = '';
  for await (const piece of content) {
    text += decoder.write(piece);
    let end = 0;
    for (const found of text.matchAll(element)) {
      end = found.index + found[0].length;
      yield { attributes: found[2] ?? '', inner: found[3] ?? '' };
    }
    text = text.slice(end);
    if (text.length > MOST_ELEMENT_CHARACTERS) throw invalid('an element is too long');
  }
}

const CELL = /<(?:\w+:)?c(?=[\s/>])([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>)/g;

function cellsOf(row: string, shared: readonly string[]): string[] {
  const cells: string[] = [];
  for (const [, attributes = '', inner = ''] of row.matchAll(CELL)) {
    const column = columnOf(/\br="([A-Z]{1,3})\d+"/.exec(attributes)?.[1]) ?? cells.length;
    if (column >= MOST_COLUMNS) continue;
    while (cells.length < column) cells.push('');
    cells[column] = valueOf(/\bt="(\w+)"/.exec(attributes)?.[1], inner, shared).trim();
  }
  return cells;
}

function columnOf(letters: string | undefined): number | undefined {
  if (letters === undefined) return undefined;
  return Array.from(letters).reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function valueOf(type: string | undefined, inner: string, shared: readonly string[]): string {
  if (type === 'inlineStr') return textOf(inner);
  const value = decode(/<(?:\w+:)?v(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?v>/.exec(inner)?.[1] ?? '');
  if (type === 's') return shared[Number(value)] ?? '';
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
  if (type === 'str' || type === 'e') return value;
  // A long whole number is written with an exponent.
  return /^-?[\d.]+E[+-]?\d+$/i.test(value) && Number.isSafeInteger(Number(value)) ? String(Number(value)) : value;
}

/** The text of a string item: its runs joined, phonetic guides left out. */
function textOf(item: string): string {
  const spoken = item.includes('rPh') ? item.replace(/<(?:\w+:)?rPh\b[\s\S]*?<\/(?:\w+:)?rPh>/g, '') : item;
  let text = '';
  for (const [, run = ''] of spoken.matchAll(/<(?:\w+:)?t(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?t>/g)) text += decode(run);
  return text;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  if (!text.includes('&') && !text.includes('_x')) return text;
  return text
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .replace(/_x([\dA-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
