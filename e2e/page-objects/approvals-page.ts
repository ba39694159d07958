import type { Locator, Page } from 'playwright-core';

/** Approvals in the officers' console: designing flows, deciding applications. */
export class ApprovalsPage {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  async logIn(login: { account: string; password: string }): Promise<void> {
    await this.page.goto(`${this.#url}/console/`);
    await this.page.fill('[data-testid=login-account]', login.account);
    await this.page.fill('[data-testid=login-password]', login.password);
    await this.page.click('[data-testid=login-submit]');
    await this.page.waitForSelector('[data-testid=who]');
  }

  async open(key: 'todo' | 'records' | 'flows'): Promise<void> {
    await this.page.click(`[data-testid=nav-${key}]`);
    await this.page.waitForSelector(`[data-testid=${key}]`);
  }

  /** Opens the designer for the flow of a type. */
  async design(type: string): Promise<void> {
    await this.open('flows');
    await this.page.click(`[data-testid=flow-row][data-type=${type}] [data-testid=flow-design]`);
    await this.page.waitForSelector('[data-testid=flow-canvas] .react-flow__node');
  }

  step(name: string): Locator {
    return this.page.locator('[data-testid=step]', { hasText: name });
  }

  /** Drags a new step from the palette to this place of the canvas. */
  async dragStep(to: { x: number; y: number }): Promise<void> {
    await this.page.dragAndDrop('[data-testid=palette-approval]', '[data-testid=flow-canvas]', { targetPosition: to });
  }

  /** Sets the chosen step's name and the role that it asks. */
  async setStep(name: string, role: string): Promise<void> {
    await this.page.fill('[data-testid=node-name]', name);
    await this.page.click('[data-testid=approvers-add]');
    await this.page.click('[data-testid=approver-role]');
    await this.page.click(`.ant-select-dropdown:visible .ant-select-item-option-content:has-text("${role}")`);
  }

  /** Draws a line with the mouse, from the right side of one step to the left side of the other. */
  async connect(from: Locator, to: Locator): Promise<void> {
    const start = await from.locator('.react-flow__handle.source').boundingBox();
    const end = await to.locator('.react-flow__handle.target').boundingBox();
    if (!start || !end) throw new Error('a step is not on the canvas');
    const { mouse } = this.page;
    await mouse.move(start.x + start.width / 2, start.y + start.height / 2);
    await mouse.down();
    await mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 12 });
    const lines = this.page.locator('.react-flow__edge');
    const before = await lines.count();
    await mouse.up();
    await lines.nth(before).waitFor({ state: 'attached', timeout: 5000 });
  }

  /** Removes the line from one step to another, chosen in the step's list of next steps. */
  async disconnect(from: Locator, toName: string): Promise<void> {
    await from.click();
    await this.page.click(`[data-testid=next-steps] button:has-text("${toName}")`);
    await this.page.click('[data-testid=edge-remove]');
  }

  async publish(): Promise<void> {
    const checked = this.page.locator('[data-testid=no-problems]');
    await checked.waitFor().catch(async (cause: unknown) => {
      throw new Error(`The flow is not ready: ${await this.page.locator('.designer-side').innerText()}`, { cause });
    });
    await this.page.click('[data-testid=flow-publish]');
    await this.page.click('.ant-popconfirm:visible .ant-btn-primary');
    await this.page.waitForSelector('[data-testid=flows]');
  }

  /** Closes the application that is open. */
  async closeCase(): Promise<void> {
    await this.page.click('[data-testid=case-drawer] .ant-drawer-close');
    await this.page.waitForSelector('[data-testid=case-drawer]', { state: 'hidden' });
  }

  /** Opens an application from the to-do list. */
  async openTask(title: string): Promise<void> {
    await this.open('todo');
    await this.page.locator('[data-testid=task-row]', { hasText: title }).locator('[data-testid=task-open]').click();
    await this.page.waitForSelector('[data-testid=flow-picture] [data-mark=here]');
  }

  async approve(note: string): Promise<void> {
    await this.page.click('[data-testid=act-approve]');
    await this.page.fill('[data-testid=decide-text]', note);
    await this.page.click('[data-testid=decide-form] [data-testid=form-save]');
    await this.page.waitForSelector('[data-testid=act-approve]', { state: 'detached' });
  }

  /** The opened application's history: what was done and what was said, oldest first. */
  history(): Promise<string[]> {
    return this.page
      .locator('[data-testid=history-entry]')
      .evaluateAll((entries) =>
        entries.map((entry) => [entry.getAttribute('data-kind'), entry.querySelector('p')?.textContent].filter(Boolean).join(' ')),
      );
  }
}
