import { setTimeout as sleep } from 'node:timers/promises';
import { streamWorkbook } from '@qinqiao/server-kit';
import type { PeopleStage } from '../people.ts';
import { progress } from '../stage.ts';
import { summary } from '../statistics.ts';
import { BenchClient } from '../clients/index.ts';
import { idNumberOf, nameOf, phoneOf, PRISONS } from './generate.ts';

const ROWS = 100_000;
const INMATE_HEAD = ['罪犯编号', '姓名', '监狱', '监区', '身份证号', '处遇等级', '六涉', '入监日期'];
const FAMILY_HEAD = ['身份证号', '姓名', '电话', '登记监狱', '地址', '罪犯编号', '关系'];

/** Seconds that an import of 100,000 rows takes, and what other requests meanwhile take. */
export async function benchImport({ url }: PeopleStage) {
  const inmates = await workbook(INMATE_HEAD, (index) => {
    const place = [`第${index % PRISONS}监狱`, `${index % 12}监区`];
    return [`X${String(index).padStart(7, '0')}`, nameOf(), ...place, idNumberOf(index, '330101'), '普管', '', '2025-03-01'];
  });
  const families = await workbook(FAMILY_HEAD, (index) => {
    const person = [idNumberOf(index, '340101'), nameOf(), phoneOf(50_000_000 + index), `第${index % PRISONS}监狱`];
    return [...person, '上海市青浦区某路 100 号', `X${String(index).padStart(7, '0')}`, '母亲'];
  });
  return { inmates: await importOne(url, 'inmates', inmates), families: await importOne(url, 'families', families) };
}

async function importOne(url: string, kind: string, file: Buffer): Promise<object> {
  const client = await BenchClient.logIn(url, 'bureau');
  const begun = performance.now();
  const { body } = await client.ask(`/api/transfers/kinds/${kind}/imports?name=bench.xlsx&mode=new`, { method: 'POST', body: file });
  const running = { now: true };
  const others = askMeanwhile(url, running);
  let transfer = body;
  while (transfer['state'] === 'queued' || transfer['state'] === 'running') {
    await sleep(250);
    transfer = (await client.ask(`/api/transfers/${String(body['id'])}`)).body;
  }
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  running.now = false;
  if (transfer['state'] !== 'done') throw new Error(`the import ended as ${JSON.stringify(transfer)}`);
  const result = { rows: ROWS, fileBytes: file.length, seconds, otherRequestsMs: await others };
  progress(`import of ${kind}: ${JSON.stringify(result)}`);
  return result;
}

/** A list, which only reads, and an audited detail, which writes; ten times a second. */
async function askMeanwhile(url: string, running: { now: boolean }): Promise<object> {
  const client = await BenchClient.logIn(url, 'prison');
  const ask = async (path: string) => {
    const times: number[] = [];
    while (running.now) {
      times.push((await client.ask(path)).ms);
      await sleep(200);
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
