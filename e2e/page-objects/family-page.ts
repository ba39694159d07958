import type { Page } from 'playwright-core';

/** The family app, as a person uses it. */
export class FamilyPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async logIn(url: string, login: { phone: string; password: string }): Promise<void> {
    await this.page.goto(`${url}/family/`);
    await this.page.fill('[data-testid=login-phone] input', login.phone);
    await this.page.fill('[data-testid=login-password] input', login.password);
    await this.page.click('[data-testid=login-submit]');
    await this.page.waitForSelector('[data-testid=home-page]');
  }

  /** Opens the first call that may be entered, up to the check of the devices. */
  async openCall(): Promise<void> {
    await this.page.click('[data-testid=enter-call]');
    await this.page.waitForSelector('[data-testid=join-call]:not([disabled])');
  }

  async join(): Promise<void> {
    await this.page.click('[data-testid=join-call]');
  }
}
