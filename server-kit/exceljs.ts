/** Loaded when a workbook is first written: it takes as long as a third of the program, which most processes and threads never need. */
export const exceljs = async () => (await import('exceljs')).default;
