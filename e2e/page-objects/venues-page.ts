import type { Locator, Page } from 'playwright-core';
import type { ManagementPage } from './management-page.ts';

/** The console's pages of rooms and tablets, as an officer uses them. */
export class VenuesPage {
  readonly #management: ManagementPage;

  constructor(management: ManagementPage) {
    this.#management = management;
  }

  get #page(): Page {
    return this.#management.page;
  }

  /** Makes a pairing code for a room. */
  async pairingCode(room: string): Promise<string> {
    await this.#management.open('/devices', 'devices-page');
    await this.#management.at('device-pair').click();
    await this.#management.choose('pair-room', room);
    await this.#management.at('form-save').locator('visible=true').click();
    return (await this.#management.at('pair-code').getAttribute('data-code')) ?? '';
  }

  /** The board of tomorrow. */
  async openTomorrow(): Promise<void> {
    await this.#management.open('/venues', 'venues-page');
    await this.#management.at('venue-tomorrow').click();
  }

  bar(itemId: string): Locator {
    return this.#page.locator(`[data-testid=venue-bar][data-item-id="${itemId}"]`);
  }

  room(name: string): Locator {
    return this.#page.locator(`[data-testid=venue-room][data-room-name="${name}"]`);
  }

  /** In which room the board shows a call. */
  async roomOf(itemId: string): Promise<string | null> {
    const line = this.#page.locator('[data-testid=venue-room]', { has: this.bar(itemId) });
    return (await line.count()) === 0 ? null : line.first().getAttribute('data-room-name');
  }

  /** Drags a call over a room; `whileOver` looks at the board before it is let go. */
  async drag(itemId: string, room: string, whileOver: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const [from, to] = [await this.bar(itemId).boundingBox(), await this.room(room).boundingBox()];
    if (!from || !to) throw new Error('the call or the room is not on the board');
    await this.#page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await this.#page.mouse.down();
    await this.#page.mouse.move(from.x + from.width / 2, to.y + to.height / 2, { steps: 5 });
    await whileOver();
    await this.#page.mouse.up();
  }
}
