import type { PeopleStage } from '../people.ts';
import { BenchClient, crowdOf } from '../clients/index.ts';
import { restProcesses } from '../serve.ts';
import { progress } from '../stage.ts';
import { summary } from '../statistics.ts';
import { ASKED, DETAILS, OFFICER_LISTS, PATHS, random } from './asked.ts';

const ROUNDS = 60;

/** Milliseconds of each question for an officer of the bureau and one of a prison, alone; and of all of them with 200 clients, of one REST process and of two. */
export async function benchQueries({ url, store }: PeopleStage) {
  const alone: Record<string, object> = {};
  for (const account of ['bureau', 'prison', 'ward']) {
    const client = await BenchClient.logIn(url, account);
    const asked = account === 'ward' ? ASKED : { ...ASKED, ...DETAILS };
    for (const [name, path] of Object.entries(asked)) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) times.push((await client.ask(path())).ms);
      alone[`${account} · ${name}`] = summary(times);
      progress(`${account} · ${name}: ${JSON.stringify(alone[`${account} · ${name}`])}`);
    }
  }
  const paths = Array.from({ length: 2000 }, () => PATHS[random(PATHS.length)]?.() ?? '');
  const crowd = await crowdOf({ url, accounts: ['bureau', 'prison'], paths });
  await using stack = new AsyncDisposableStack();
  const two = await restProcesses(stack, store, 2);
  return {
    alone,
    officers: await officers(url),
    crowd,
    onTwoProcesses: await crowdOf({ url: two, accounts: ['bureau', 'prison'], paths }),
  };
}

/** The list of 2,000 officers, for their administrator. */
async function officers(url: string): Promise<object> {
  const client = await BenchClient.logIn(url, 'system');
  const result: Record<string, object> = {};
  for (const [name, path] of Object.entries(OFFICER_LISTS)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push((await client.ask(path())).ms);
    result[name] = summary(times);
    progress(`officers, ${name}: ${JSON.stringify(result[name])}`);
  }
  return result;
}
