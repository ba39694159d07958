import type { Locator } from 'playwright-core';
import type { ManagementPage } from './management-page.ts';

/** The re-listening pages, as an officer uses them. */
export class RelisteningPages {
  readonly #management: ManagementPage;

  constructor(management: ManagementPage) {
    this.#management = management;
  }

  get #page() {
    return this.#management.page;
  }

  at(testId: string): Locator {
    return this.#management.at(testId);
  }

  /** Opens the list, narrowed to one's own tasks by the count above it. */
  async openMine(): Promise<void> {
    await this.#management.open('/relistening', 'relistening-page');
    await this.at('workload-mine').click();
  }

  rows(): Locator {
    return this.at('conversation-row');
  }

  async listenToAll(): Promise<void> {
    await this.#page.locator('.ant-table-thead .ant-checkbox-input').check();
    await this.at('listen-chosen').click();
    await this.at('relisten').waitFor();
  }

  async untilReady(): Promise<void> {
    await this.#page.waitForFunction(() => {
      const player = document.querySelector<HTMLVideoElement>('[data-testid=player]');
      return player !== null && player.readyState >= 2;
    });
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key);
  }

  /** Where the player is, ms. */
  async ms(): Promise<number> {
    return Number(await this.at('player-time').getAttribute('data-ms'));
  }

  async untilMs(ms: number, timeout = 30_000): Promise<void> {
    await this.#page.waitForFunction(
      (wanted) => Number(document.querySelector('[data-testid=player-time]')?.getAttribute('data-ms')) >= wanted,
      ms,
      { timeout },
    );
  }

  get id(): Promise<string> {
    return this.at('relisten').getAttribute('data-id').then(String);
  }

  /** A note or an abnormal mark where the player stands. */
  async note(text: string, category?: string): Promise<void> {
    if (category) await this.#management.choose('note-category', category);
    await this.at('note-text').fill(text);
    await this.at('note-save').click();
    await this.at('note-modal').waitFor({ state: 'hidden' });
  }

  /** Scores every question, and finishes. */
  async finish({ remark, reason }: { remark: string; reason?: string }): Promise<void> {
    await this.at('to-finish').click();
    const scores = this.#page.locator('[data-testid^=score-]');
    for (const score of await scores.all()) await score.locator('.ant-rate-star').nth(3).locator('[role=radio]').click();
    await this.at('finish-remark').fill(remark);
    if (reason) await this.at('finish-reason').fill(reason);
    await this.at('finish').click();
    await this.at('already-done').waitFor();
  }

  async handOver(to: string, reason: string): Promise<void> {
    await this.at('hand-over').click();
    await this.#management.choose('hand-over-officer', to);
    await this.at('hand-over-reason').fill(reason);
    await this.#management.save();
  }
}
