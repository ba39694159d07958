import type { ManagementPage } from './management-page.ts';

/** The console's page of what families were told. */
export class NoticesPage {
  readonly #console: ManagementPage;

  constructor(management: ManagementPage) {
    this.#console = management;
  }

  async open(): Promise<void> {
    await this.#console.open('/notices', 'notices-page');
  }

  /** The rows of the list, as they read. */
  async rows(): Promise<string[]> {
    await this.#console.at('notice-row').first().waitFor();
    return this.#console.at('notice-row').allInnerTexts();
  }

  /** Opens the newest of a channel. Answers its words. */
  async openNewest(channel: string): Promise<string> {
    await this.#console.at('notice-row').filter({ hasText: channel }).first().locator('[data-testid=notice-open]').click();
    return this.#console.at('notice-content').innerText();
  }

  async sendAgain(): Promise<void> {
    await this.#console.at('notice-send-again').click();
    await this.#console.page.locator('.ant-popconfirm .ant-btn-primary').click();
    await this.#console.page.locator('.ant-message-success').waitFor();
    await this.#console.page.locator('[data-testid=notice-drawer] .ant-drawer-close').click();
  }

  /** Opens the template of an event and writes its text in Chinese. */
  async editTemplate(event: string, text: string): Promise<void> {
    const at = (testId: string) => this.#console.at(testId);
    if (!(await at('template-form').isVisible())) {
      await this.#console.page.getByRole('tab').nth(1).click();
      await this.#console.page.locator(`[data-testid=template-row][data-event=${event}] [data-testid=template-edit]`).click();
    }
    await at('text-zh').fill(text);
  }

  preview(): Promise<string> {
    return this.#console.at('template-preview').innerText();
  }

  async save(): Promise<void> {
    await this.#console.at('form-save').click();
  }
}
