import { setTimeout as sleep } from 'node:timers/promises';
import { streamWorkbook } from '@qinqiao/server-kit';
import type { PeopleStage } from '../people.ts';
import { progress } from '../stage.ts';
import { summary } from '../statistics.ts';
import { BenchClient } from '../clients/index.ts';
import { idNumberOf, nameOf, phoneOf, PRISONS } from './generate.ts';

const ROWS = 100_000;
/** Short, so that few of the moments in which others have to wait pass unseen. */
const BETWEEN_MS = 50;
const INMATE_HEAD = ['罪犯编号', '姓名', '监狱', '监区', '身份证号', '处遇等级', '六涉', '入监日期'];
const FAMILY_HEAD = ['身份证号', '姓名', '电话', '登记监狱', '地址', '罪犯编号', '关系'];

/** Seconds that an import of 100,000 rows takes, of new people and of such as are there, and what other requests meanwhile take. */
export async function benchImport({ url }: PeopleStage) {
  const results: Record<string, object> = {};
  for (const mode of ['new', 'update'] as const) {
    for (const [kind, file] of Object.entries({ inmates: await inmatesFile(mode), families: await familiesFile(mode) }))
      results[`${kind}, ${mode}`] = await importOne(url, kind, mode, file);
  }
  return results;
}

/** Those who are there get another name, ward and level; relatives another name and address, and another word for the kinship. */
const inmatesFile = (mode: 'new' | 'update') =>
  workbook(INMATE_HEAD, (index) => {
    const place = [`第${index % PRISONS}监狱`, `${(index + (mode === 'new' ? 0 : 1)) % 12}监区`];
    const level = mode === 'new' ? '普管' : '严管';
    return [`X${String(index).padStart(7, '0')}`, nameOf(), ...place, idNumberOf(index, '330101'), level, '', '2025-03-01'];
  });
const familiesFile = (mode: 'new' | 'update') =>
  workbook(FAMILY_HEAD, (index) => {
    const person = [idNumberOf(index, '340101'), nameOf(), phoneOf(50_000_000 + index), `第${index % PRISONS}监狱`];
    const [address, relation] = mode === 'new' ? ['上海市青浦区某路 100 号', '母亲'] : ['上海市嘉定区某路 200 号', '姨母'];
    return [...person, address, `X${String(index).padStart(7, '0')}`, relation];
  });

async function importOne(url: string, kind: string, mode: 'new' | 'update', file: Buffer): Promise<object> {
  const client = await BenchClient.logIn(url, 'bureau');
  const begun = performance.now();
  const { body } = await client.ask(`/api/transfers/kinds/${kind}/imports?name=bench.xlsx&mode=${mode}`, { method: 'POST', body: file });
  const running = { now: true };
  const others = askMeanwhile(url, running);
  let transfer = body;
  let writingSince: number | null = null;
  while (['queued', 'running', 'writing'].includes(String(transfer['state']))) {
    if (transfer['state'] === 'writing') writingSince ??= performance.now();
    await sleep(250);
    transfer = (await client.ask(`/api/transfers/${String(body['id'])}`)).body;
  }
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  running.now = false;
  if (transfer['state'] !== 'done') throw new Error(`the import ended as ${JSON.stringify(transfer)}`);
  const ofWhichWriting = Math.round((performance.now() - (writingSince ?? performance.now())) / 100) / 10;
  const result = { rows: ROWS, fileBytes: file.length, seconds, ofWhichWriting, otherRequestsMs: await others };
  progress(`import of ${kind}, ${mode}: ${JSON.stringify(result)}`);
  return result;
}

/** A list, which only reads, and an audited detail, which writes; each twenty times a second or less. */
async function askMeanwhile(url: string, running: { now: boolean }): Promise<object> {
  const client = await BenchClient.logIn(url, 'prison');
  const ask = async (path: string) => {
    const times: number[] = [];
    while (running.now) {
      times.push((await client.ask(path)).ms);
      await sleep(BETWEEN_MS);
    }
    return summary(times);
  };
  const [reads, writes] = await Promise.all([ask('/api/inmates?text=王'), ask('/api/inmates/i00000003')]);
  return { reads, writes };
}

async function workbook(head: string[], row: (index: number) => string[]): Promise<Buffer> {
  async function* rows() {
    for (let index = 0; index < ROWS; index++) yield row(index);
  }
  const pieces: Buffer[] = [];
  const columns = head.map((header) => ({ header, width: 12 }));
  for await (const piece of streamWorkbook('表', columns, rows())) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
