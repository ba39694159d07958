import type { DemoLogins } from './demo-data.ts';

export interface Welcome {
  url: string;
  logins: DemoLogins | null;
  dataDir: string;
  /** Whether the demo data was made just now. */
  first: boolean;
}

/** Tells on stdout where the pages are and who may log in. */
export function printWelcome({ url, logins, dataDir, first }: Welcome): void {
  const lines = ['', '  亲桥 Qinqiao — ready', ''];
  lines.push(`  民警控制台 Console   ${url}/console/`);
  for (const { account, password, name } of logins?.officers ?? []) lines.push(`      ${account}  ${password}  (${name})`);
  for (const { room, key } of logins?.tablets ?? []) lines.push(`  会见终端 Tablet      ${url}/tablet/#device=${key}  (${room})`);
  if (logins) lines.push(`      ${logins.inmates.map(({ number, name }) => `${number} (${name})`).join('  ')}`);
  lines.push(`  家属端 Family        ${url}/family/`);
  for (const { phone, password, name, inmate } of logins?.families ?? []) lines.push(`      ${phone}  ${password}  (${name} → ${inmate})`);
  lines.push('', `  Data: ${dataDir}${first && logins ? ' (demo data added; two calls are open now)' : ''}`);
  lines.push('  语音识别：试用引擎 · Speech: trial engine (not Mandarin; see docs/speech.md)');
  lines.push('  Ctrl-C ends the calls and stops.', '');
  console.log(lines.join('\n'));
}
