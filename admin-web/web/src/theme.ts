import type { ThemeConfig } from 'antd';

/** Every colour, size and font of the console. */
export const tokens = {
  navy: '#10284a',
  navySoft: '#1b3a66',
  blue: '#1f5fa8',
  page: '#eef1f5',
  paper: '#ffffff',
  line: '#dde3ea',
  ink: '#1d2733',
  inkSoft: '#5b6877',
  stage: '#0c1522',
  red: '#c62f2f',
  redSoft: '#fdecec',
  amber: '#b86e00',
  green: '#23804a',
  inmate: '#1f5fa8',
  family: '#8a4b9c',
  officer: '#23804a',
  /** `--qq-quotes`: styles.css. */
  font: 'var(--qq-quotes), "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  digits: '"SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
} as const;

export const antTheme: ThemeConfig = {
  // Styles are those of antd.css (main.tsx); only the tokens below are put in at the start.
  zeroRuntime: true,
  token: {
    colorPrimary: tokens.blue,
    colorError: tokens.red,
    colorWarning: tokens.amber,
    colorSuccess: tokens.green,
    colorSuccessBg: '#e8f6ee',
    colorSuccessBorder: '#a9d8bd',
    colorWarningBg: '#fff4de',
    colorWarningBorder: '#f0d49b',
    colorErrorBg: tokens.redSoft,
    colorErrorBorder: '#f2b6b6',
    colorText: tokens.ink,
    colorTextSecondary: tokens.inkSoft,
    colorBgLayout: tokens.page,
    colorBorderSecondary: tokens.line,
    fontFamily: 'var(--qq-font)',
    borderRadius: 6,
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.18s',
  },
  components: { Table: { headerBg: '#f5f7fa', cellPaddingBlock: 11 } },
};

/** Gives the style sheets the same tokens, as `--qq-…`. */
export function applyTokens(): void {
  for (const [name, value] of Object.entries(tokens)) {
    document.documentElement.style.setProperty(`--qq-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
}
