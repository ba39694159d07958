import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** A call's page with its tab "Evidence", as an officer uses it. */
export class EvidencePages {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  async open(callId: string): Promise<void> {
    await this.page.goto(`${this.#url}/console/#/finished/${callId}`);
    await this.page.click('[data-testid=tab-evidence]', { timeout: 60_000 });
  }

  async untilSealed(): Promise<void> {
    await this.page.waitForSelector('[data-testid=evidence][data-state=sealed]', { timeout: 90_000 });
  }

  /** Has it verified and waits for the verdict. */
  async verify(verdict: 'intact' | 'broken'): Promise<void> {
    await this.page.click('[data-testid=evidence-verify]');
    await this.page.waitForSelector(`[data-testid=check-${verdict}]`, { timeout: 30_000 });
  }

  faults(): Promise<string[]> {
    return this.page.locator('[data-testid=check-fault]').allInnerTexts();
  }

  async act(kind: 'hold' | 'delete', reason: string): Promise<void> {
    await this.page.click(`[data-testid=evidence-${kind}]`);
    await this.#give(reason);
  }

  async lift(reason: string): Promise<void> {
    await this.page.click('[data-testid=hold-lift]');
    await this.#give(reason);
    await this.page.waitForSelector('[data-testid=evidence-held]', { state: 'detached' });
  }

  async export(reason: string): Promise<{ size: number }> {
    await this.page.click('[data-testid=evidence-export]');
    const download = this.page.waitForEvent('download');
    await this.#give(reason);
    return { size: readFileSync(await (await download).path()).length };
  }

  async #give(reason: string): Promise<void> {
    await this.page.fill('[data-testid=reason-text]', reason);
    await this.page.click('[data-testid=evidence-reason] [data-testid=form-save]');
    await this.page.waitForSelector('[data-testid=reason-text]', { state: 'hidden' });
  }
}
