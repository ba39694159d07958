import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import type { Locator, Page } from 'playwright-core';

const STEP_MS = 30_000;

/** The console's management pages, as an administrator uses them. */
export class ManagementPage {
  readonly page: Page;
  readonly #url: string;
  #secret: string | null = null;
  #lastStep = 0;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  at(testId: string): Locator {
    return this.page.locator(`[data-testid=${testId}]`);
  }

  async use(language: 'zh' | 'en'): Promise<void> {
    await this.page.addInitScript((chosen) => localStorage.setItem('qinqiao.language', chosen), language);
  }

  async enter(account: string, password: string): Promise<void> {
    await this.page.goto(`${this.#url}/console/`);
    await this.at('login-account').fill(account);
    await this.at('login-password').fill(password);
    await this.at('login-submit').click();
  }

  /** The first log-in: another password and a second factor, before anything else can be seen. */
  async enterFirst(account: string, given: string, wanted: string): Promise<void> {
    await this.enter(account, given);
    await this.at('todo-password').waitFor();
    await this.at('password-old').fill(given);
    await this.at('password-new').fill(wanted);
    await this.at('password-repeat').fill(wanted);
    await this.at('password-save').click();
    await this.at('todo-password').waitFor({ state: 'hidden' });
    await this.at('add-totp').click();
    this.#secret = (await this.at('totp-secret').textContent())?.trim() ?? '';
    await this.at('totp-code').fill(this.code());
    await this.at('totp-confirm').click();
    await this.at('todo-begin').click();
    await this.at('account-page').waitFor({ state: 'hidden' });
    await this.page.locator('.shell-menu').waitFor();
  }

  /** The second step of a log-in. */
  async enterCode(): Promise<void> {
    await this.at('factor-code').fill(await this.freshCode());
    await this.at('login-submit').click();
    await this.at('who').waitFor();
  }

  code(): string {
    this.#lastStep = Math.floor(Date.now() / STEP_MS);
    return new TOTP({ secret: Secret.fromBase32(this.#secret ?? '') }).generate();
  }

  /** No code is taken twice: that of the step after the last one used, which the server takes a little early. */
  freshCode(): Promise<string> {
    const step = Math.max(Math.floor(Date.now() / STEP_MS), this.#lastStep + 1);
    this.#lastStep = step;
    return Promise.resolve(new TOTP({ secret: Secret.fromBase32(this.#secret ?? '') }).generate({ timestamp: step * STEP_MS }));
  }

  async open(path: string, testId: string): Promise<void> {
    // After a log-in the console goes to the officer's first page by itself; whoever is quicker is sent there from where he went.
    await this.page.waitForFunction(() => !['', '#/', '#/login'].includes(location.hash));
    await this.page.goto(`${this.#url}/console/#${path}`);
    await this.at(testId).waitFor();
  }

  /** Chooses from an antd select by the text shown. */
  async choose(testId: string, text: string): Promise<void> {
    await this.at(testId).click();
    await this.page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').getByText(text, { exact: false }).first().click();
  }

  async save(): Promise<void> {
    await this.at('form-save').locator('visible=true').click();
    await this.at('form-save').locator('visible=true').waitFor({ state: 'hidden' });
  }

  /** Where somebody looks at the pages: QINQIAO_SHOTS names a folder for them. */
  async shot(name: string): Promise<void> {
    const folder = process.env['QINQIAO_SHOTS'];
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await this.page.waitForTimeout(400);
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}
