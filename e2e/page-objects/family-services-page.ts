import type { Locator, Page } from 'playwright-core';

/** The family app beyond calls: registration, inmates, applications, messages, as a person uses it on a phone. */
export class FamilyServicesPage {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  /** Pages below stay in the document: only what is seen counts. */
  at(testId: string): Locator {
    return this.page.locator(`[data-testid=${testId}]:visible`);
  }

  async fill(field: string, text: string): Promise<void> {
    await this.at(`field-${field}`).locator('input, textarea').fill(text);
  }

  async choose(field: string, label: string): Promise<void> {
    await this.at(`choice-${field}`).filter({ hasText: label }).first().click();
  }

  async register(person: { name: string; idNumber: string; phone: string; password: string }): Promise<void> {
    await this.page.goto(`${this.#url}/family/`);
    await this.at('go-register').click();
    await this.at('register-page').waitFor();
    for (const field of ['name', 'idNumber', 'phone', 'password'] as const) await this.fill(field, person[field]);
    await this.fill('again', person.password);
    await this.choose('agreed', '我已阅读并同意');
    await this.at('register-submit').click();
    await this.at('home-page').waitFor();
  }

  /** Opens one of the services from home. */
  async open(name: string): Promise<void> {
    await this.at(`go-${name}`).click();
    await this.at(`${name}-page`).waitFor();
  }

  async back(): Promise<void> {
    await this.at('back').click();
  }

  async home(): Promise<void> {
    await this.page.goto(`${this.#url}/family/#/pages/home/index`);
    await this.at('home-page').waitFor();
  }

  /** Hands in a paper of a kind. */
  async addPaper(kind: string, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    const files = this.at('paper-file');
    const before = await files.count();
    const [chooser] = await Promise.all([this.page.waitForEvent('filechooser'), this.at(`paper-${kind}`).click()]);
    await chooser.setFiles(file);
    await files.nth(before).waitFor();
  }
}
