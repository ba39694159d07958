import type { Page } from 'playwright-core';

/** The inmate's tablet, as a person uses it. */
export class TabletPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async logIn(url: string, deviceKey: string, number: string): Promise<void> {
    await this.page.goto(`${url}/tablet/#device=${deviceKey}`);
    await this.page.fill('[data-testid=inmate-number]', number);
    await this.page.click('[data-testid=login-submit]');
    await this.page.waitForSelector('[data-testid=logout]');
  }

  /** An officer enters the pairing code on a tablet that nobody knows. */
  async pair(url: string, code: string): Promise<void> {
    await this.page.goto(`${url}/tablet/`);
    await this.page.waitForSelector('[data-testid=not-registered]');
    for (const digit of code) await this.page.click(`[data-testid=key-${digit}]`);
    await this.page.click('[data-testid=pairing-submit]');
    await this.page.waitForSelector('[data-testid=inmate-number]');
  }

  /** Types the number on the keys of the screen. */
  async enter(number: string): Promise<void> {
    await this.page.fill('[data-testid=inmate-number]', number);
    await this.page.click('[data-testid=login-submit]');
    await this.page.waitForSelector('[data-testid=logout]');
  }

  /** An officer helps to book the first free time of a day, with the first relative. */
  async bookWith(officer: { account: string; password: string }, day: string): Promise<void> {
    await this.page.click('[data-testid=help-book]');
    await this.page.fill('[data-testid=officer-account]', officer.account);
    await this.page.fill('[data-testid=officer-password]', officer.password);
    await this.page.click('[data-testid=officer-submit]');
    await this.page.click('[data-testid=booking-relative]');
    await this.page.click(`[data-testid=booking-day]:has-text("${day}")`);
    await this.page.locator('[data-testid=booking-slot]').first().click();
    await this.page.waitForSelector('[data-testid=booking-hold]');
  }

  /** After the page was loaded anew: the inmate is still logged in, or logs in again. */
  async enterAgain(number = 'A1001'): Promise<void> {
    await this.page.waitForSelector('[data-testid=enter-call], [data-testid=inmate-number]');
    if (await this.page.isVisible('[data-testid=inmate-number]')) {
      await this.page.fill('[data-testid=inmate-number]', number);
      await this.page.click('[data-testid=login-submit]');
    }
    await this.openCall();
  }

  async openCall(): Promise<void> {
    await this.page.click('[data-testid=enter-call]');
    await this.page.waitForSelector('[data-testid=join-call]:not([disabled])');
  }

  async join(): Promise<void> {
    await this.page.click('[data-testid=join-call]');
  }
}
