import { createApi } from '@qinqiao/client-sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApprovalsPage } from '../page-objects/approvals-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';

const TITLE = '陈建国寄出的信件';
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

function loginOf(account: string) {
  const login = installation.logins.officers.find((officer) => officer.account === account);
  if (!login) throw new Error(`no officer ${account}`);
  return login;
}

async function consoleOf(account: string) {
  const { page, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  const console = new ApprovalsPage(page, installation.url);
  await console.logIn(loginOf(account));
  return { console, page, faults };
}

async function apply(account: string): Promise<void> {
  let token: string | null = null;
  const api = createApi({ baseUrl: installation.url, getToken: () => token });
  const opened = await api.loginOfficer({ body: loginOf(account) });
  if (!('token' in opened)) throw new Error('the demo officer has a second factor');
  token = opened.token;
  const subject = { kind: 'letter', id: 'letter-1' };
  const snapshot = { 收信人: '陈秀英', 页数: 2 };
  const about = { prisonId: 'demo-prison', inmateId: 'demo-inmate-1', type: 'letter' as const, title: TITLE };
  await api.submitCase({ body: { ...about, subject, facts: { pages: 2 }, snapshot } });
}

describe('approvals', () => {
  it('a flow is drawn with the mouse and published; two officers approve an application in it, and its history tells so', async () => {
    const manager = await consoleOf('manager');
    const { console, page } = manager;
    await console.design('letter');
    const first = page.locator('[data-testid=step]').first();
    const end = page.locator('[data-testid=step-end]');
    await first.click();
    await console.setStep('监区审核', '会见监管民警');
    await console.dragStep({ x: 420, y: 520 });
    await console.setStep('监狱审批', '业务管理员');
    await page.waitForSelector('[data-testid=problem]');
    await console.disconnect(console.step('监区审核'), '结束');
    await console.connect(console.step('监区审核'), console.step('监狱审批'));
    await console.connect(console.step('监狱审批'), end);
    await console.publish();
    await page.waitForSelector('[data-testid=flow-row][data-type=letter] [data-testid=flow-versions]');

    await apply('officer2');
    const officer = await consoleOf('officer1');
    await officer.console.openTask(TITLE);
    await officer.console.approve('内容无异常');
    await officer.page.waitForSelector('[data-testid=history-entry][data-kind=approve]');

    await console.openTask(TITLE);
    expect(await page.locator('[data-mark=here]').textContent()).toContain('监狱审批');
    await console.approve('同意寄出');
    await page.waitForSelector('[data-testid=case-drawer] [data-state=approved]');
    await expect.poll(() => console.history()).toEqual(['submit', 'approve 内容无异常', 'approve 同意寄出']);
    expect([...manager.faults, ...officer.faults]).toEqual([]);
  });
});
