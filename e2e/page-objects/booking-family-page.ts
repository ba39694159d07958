import type { Page } from 'playwright-core';

/** Registration, inmates and bookings in the family app, as a person uses them. */
export class BookingFamilyPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async register(url: string, person: { name: string; idNumber: string; phone: string; password: string }): Promise<void> {
    await this.page.goto(`${url}/family/`);
    await this.page.click('[data-testid=go-register]');
    await this.page.waitForSelector('[data-testid=register-page]');
    const fields = { ...person, again: person.password };
    for (const [name, value] of Object.entries(fields)) await this.page.fill(`[data-testid=field-${name}] input`, value);
    await this.page.click('[data-testid=choice-agreed]');
    await this.page.click('[data-testid=register-submit]');
    await this.page.waitForSelector('[data-testid=home-page]');
  }

  /** Applies to be linked with an inmate, with the papers that prove it. */
  async link(inmate: { number: string; name: string; relation: string }, paper: { name: string; buffer: Buffer }): Promise<void> {
    await this.page.click('[data-testid=go-link]');
    await this.page.click('[data-testid=add-link]');
    await this.page.waitForSelector('[data-testid=link-page]');
    await this.page.click('[data-testid=choice-prison]');
    await this.page.fill('[data-testid=field-inmateNumber] input', inmate.number);
    await this.page.fill('[data-testid=field-inmateName] input', inmate.name);
    await this.page.click(`[data-testid=choice-relation][data-value=${inmate.relation}]`);
    for (const [index, kind] of ['id_front', 'id_back', 'kinship'].entries()) {
      const chooser = this.page.waitForEvent('filechooser');
      await this.page.click(`[data-testid=paper-${kind}]`);
      await (await chooser).setFiles({ name: paper.name, mimeType: 'image/jpeg', buffer: paper.buffer });
      await this.page.locator('[data-testid=paper-file]').nth(index).waitFor();
    }
    await this.page.click('[data-testid=submit]');
    await this.page.waitForSelector('[data-testid=link-page]', { state: 'detached' });
  }

  async home(): Promise<void> {
    await this.page.evaluate(() => {
      location.hash = '#/pages/home/index';
    });
    await this.page.reload();
    await this.page.waitForSelector('[data-testid=home-page]');
  }

  /** Whether a message holds this text, as the messages stand now. */
  async hasMessage(text: string): Promise<boolean> {
    await this.home();
    await this.page.click('[data-testid=go-messages]');
    await this.page.waitForSelector('[data-testid=messages-page]');
    await this.page.waitForLoadState('networkidle');
    return (await this.page.locator('[data-testid=messages-page]', { hasText: text }).count()) > 0;
  }

  /** Books the first free time, of a local day if one is given. Answers what the page says of it. */
  async book(day?: string): Promise<string> {
    await this.choose(day);
    await this.page.click('[data-testid=confirm]');
    return (await this.page.locator('[data-testid=booked]').textContent()) ?? '';
  }

  /** Chooses the first free time; it is kept then. */
  async choose(day?: string): Promise<void> {
    await this.page.click('[data-testid=go-book]');
    await this.page.waitForSelector('[data-testid=book-page]');
    if (day !== undefined) await this.page.click(`[data-testid=day][data-day="${day}"]`);
    await this.page.locator('[data-testid=slot][data-state=free]').first().click();
    await this.page.waitForSelector('[data-testid=hold]');
  }
}
