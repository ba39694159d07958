import type { Page } from 'playwright-core';

/** The officers' console, as a person uses it. */
export class ConsolePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async logIn(url: string, login: { account: string; password: string }): Promise<void> {
    await this.page.goto(`${url}/console/`);
    await this.page.fill('[data-testid=login-account]', login.account);
    await this.page.fill('[data-testid=login-password]', login.password);
    await this.page.click('[data-testid=login-submit]');
    await this.page.waitForSelector('[data-testid=call-row]');
  }

  /** Opens the live page of a call of today. */
  async monitor(callId: string): Promise<void> {
    await this.page.click(`[data-testid=call-row][data-call-id="${callId}"] [data-testid=call-monitor]`);
    await this.page.waitForSelector('[data-testid=live]');
  }

  async interject(on: boolean): Promise<void> {
    await this.page.click('[data-testid=interject]');
    await this.page.waitForSelector(`[data-testid=interject][data-state=${on ? 'on' : 'off'}]`);
  }

  async message(text: string): Promise<void> {
    await this.page.click('[data-testid=message-open]');
    await this.page.fill('[data-testid=message-text]', text);
    await this.page.click('[data-testid=message-send]');
    await this.page.waitForSelector('[data-testid=message-text]', { state: 'hidden' });
  }

  /** Asks for the cut-off and gives its reason; `confirmCutOff` is the click that counts. */
  async prepareCutOff(reason: string): Promise<void> {
    await this.page.click('[data-testid=cutoff]');
    await this.page.fill('[data-testid=cutoff-reason]', reason);
    await this.page.waitForSelector('[data-testid=cutoff-confirm]:not([disabled])');
  }

  async confirmCutOff(): Promise<void> {
    await this.page.click('[data-testid=cutoff-confirm]');
  }

  async openFinished(url: string, callId: string): Promise<void> {
    await this.page.goto(`${url}/console/#/finished/${callId}`);
    await this.page.waitForSelector('[data-testid=player]');
  }
}
