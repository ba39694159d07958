export { readCsv } from './csv-reader.ts';
export { smallWorkbook, type SmallSheet } from './small-workbook.ts';
export { type SheetRow, readXlsx } from './xlsx-reader.ts';
export { type Bytes, ZipReader } from './zip.ts';

/** Text that a spreadsheet program cannot take for a formula, also after somebody saves it as CSV. */
export const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
/** What `harmless` was given. */
export const asTyped = (text: string): string => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text);
