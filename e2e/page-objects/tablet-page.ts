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
