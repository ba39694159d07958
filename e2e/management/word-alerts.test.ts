import type { CallId, ParticipantId } from '@qinqiao/contracts';
import { setParameter } from '@qinqiao/domain/settings';
import { saveSegments } from '@qinqiao/domain/transcripts';
import { saveAlerts } from '@qinqiao/domain/words';
import { type Db, loadConfig, newId, openDatabase, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';
import { officerApi } from '../support/officer-api.ts';

const SOON = { timeout: 15_000 };

let installation: Installation;
let browser: Browser;
beforeAll(async () => {
  installation = await Installation.start();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
});

/** A call that is open now. */
async function openCall(): Promise<CallId> {
  const api = await officerApi(installation);
  const find = async () => (await api.listCalls({ query: { scope: 'today', limit: 100 } })).items.find(({ state }) => state === 'open')?.id;
  await expect.poll(find, { timeout: 30_000 }).toBeTruthy();
  return (await find())!;
}

async function inStore(work: (db: Db) => Promise<unknown>): Promise<void> {
  const db = openDatabase(loadConfig({ QINQIAO_DATA: installation.dataDir }));
  try {
    await work(db);
  } finally {
    await db.destroy();
  }
}

/** What the speech bridge stores when a word is heard. */
const hear = (callId: CallId, { word, level, text }: { word: string; level: number; text: string }) =>
  inStore(async (db) => {
    const speaker = { callId, participantId: 'p' as ParticipantId, speaker: 'inmate' as const };
    const segment = { id: newId(), ...speaker, startMs: 61_000, endMs: 64_000, text, final: true, engine: 'test', trial: true };
    await saveSegments(db, [segment]);
    const at = toInstant(Date.now());
    const listed = { wordId: newId(), category: '', note: '脱逃', match: 'exact' as const };
    const place = { offset: text.indexOf(word), length: word.length, atMs: 62_500, heardAt: at, raisedAt: at };
    await saveAlerts(db, [{ id: newId(), ...speaker, segmentId: segment.id, word, level, ...listed, ...place, state: 'confirmed' }]);
  });

async function openConsole(account: string, language: 'zh' | 'en') {
  const { page, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  const console = new ManagementPage(page, installation.url);
  await console.use(language);
  await console.enter(account, installation.logins.officers.find((officer) => officer.account === account)?.password ?? '');
  return { console, page, faults };
}

it('a word rings on every page, is escalated when nobody reacts, acknowledged by name, and judged', async () => {
  await inStore((db) => setParameter(db, { key: 'alert.escalateSeconds', value: 10, version: 0 }, SYSTEM_ACTOR, toInstant(Date.now())));
  const callId = await openCall();
  const { console, page, faults } = await openConsole('officer1', 'zh');
  const bell = console.at('duty-bell');
  await bell.waitFor();
  await hear(callId, { word: '手机', level: 1, text: '把手机给我' });
  await hear(callId, { word: '越狱', level: 3, text: '他们说要越狱，你等着' });
  await hear(callId, { word: '翻供', level: 2, text: '让他翻供' });
  // The first is below what the duty officer is asked for.
  await expect.poll(() => bell.getAttribute('data-count'), SOON).toBe('2');
  await page.goto(`${installation.url}/console/#/wall`);
  await expect.poll(() => console.at('wall-call').first().getAttribute('data-alerts'), SOON).toBe('3');
  await expect.poll(() => bell.getAttribute('class'), { timeout: 20_000 }).toContain('is-escalated');
  await console.shot('zh-wall');
  await bell.click();
  await console.at('duty-item').first().waitFor();
  expect(await console.at('duty-item').evaluateAll((items) => items.map((item) => item.getAttribute('data-word')))).toEqual([
    '越狱',
    '翻供',
  ]);
  await console.shot('zh-duty');
  await console.at('acknowledge').first().click();
  await expect.poll(() => bell.getAttribute('data-count'), SOON).toBe('1');

  await page.goto(`${installation.url}/console/#/word-alerts`);
  const rows = console.at('alert-row');
  await expect.poll(() => rows.count(), SOON).toBe(3);
  await rows.filter({ hasText: '越狱' }).locator('[data-testid=alert-open]').click();
  await console.at('alert-detail').waitFor();
  expect(await console.at('alert-detail').textContent()).toContain('无人签收');
  await console.at('alert-wrong').click();
  await expect.poll(() => rows.filter({ hasText: '越狱' }).locator('[data-verdict]').getAttribute('data-verdict'), SOON).toBe('wrong');
  await console.shot('zh-alert');
  expect(faults).toEqual([]);

  const other = await openConsole('officer2', 'en');
  // Where the log-in leads to is there before another page is opened.
  await other.console.at('duty-bell').waitFor();
  await other.page.goto(`${installation.url}/console/#/word-alerts`);
  await expect.poll(() => other.console.at('alert-row').count(), SOON).toBe(3);
  const name = installation.logins.officers.find(({ account }) => account === 'officer1')?.name ?? '';
  expect(await other.console.at('alert-row').filter({ hasText: '越狱' }).textContent()).toContain(`Acknowledged by ${name}`);
  await other.page.setViewportSize({ width: 1024, height: 768 });
  await other.console.shot('en-alerts');
  await other.page.goto(`${installation.url}/console/#/wall`);
  await other.console.at('wall-call').first().waitFor();
  await other.console.shot('en-wall');
  expect(other.faults).toEqual([]);
});
