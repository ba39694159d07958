/** Fen as yuan with two decimals. */
export const yuanOf = (fen: number): string => (fen / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** Yuan as somebody typed them, in whole fen. */
export const fenOf = (yuan: number): number => Math.round(yuan * 100);
