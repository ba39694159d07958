import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApi } from '@qinqiao/client-sdk';
import { checkCharacter } from '@qinqiao/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { ApprovalsPage } from '../page-objects/approvals-page.ts';
import { BookingFamilyPage } from '../page-objects/booking-family-page.ts';
import { type Actors, openActors } from '../support/actors.ts';
import { openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';
import { untilFrames } from '../support/observe.ts';

const RELATIVE = { name: '周秀兰', phone: '13911112222', password: 'Qinqiao-2026' };
const PAPER = { name: '户口簿.jpg', buffer: readFileSync(join(import.meta.dirname, '../media/astronaut.jpg')) };
const MINUTE = 60_000;
/** Slots of two minutes, one after the other: the next one begins soon. */
const SLOT_MINUTES = 2;
const OFFSET_MS = 8 * 60 * MINUTE;
const localText = (ms: number) => new Date(ms + OFFSET_MS).toISOString();

/** Somebody born on 1 March 1968. */
function idNumber(): string {
  const first = '31010119680301002';
  return first + checkCharacter(first);
}

let stack: AsyncDisposableStack;
afterEach(() => stack.disposeAsync());

async function apiOf(installation: Installation, account: string) {
  let token: string | null = null;
  const api = createApi({ baseUrl: installation.url, getToken: () => token });
  const login = installation.logins.officers.find((officer) => officer.account === account);
  if (!login) throw new Error(`no officer ${account}`);
  const opened = await api.loginOfficer({ body: login });
  if (!('token' in opened)) throw new Error('the demo officer has a second factor');
  token = opened.token;
  return { api, login };
}

/** A third room with its tablet, and slots from a minute from now on. Answers the tablet's key. */
async function prepare(installation: Installation): Promise<string> {
  const { api } = await apiOf(installation, 'manager');
  const { api: system } = await apiOf(installation, 'sysadmin');
  const { id: roomId } = await system.addRoom({ params: { id: 'demo-prison' }, body: { name: '会见室 3' } });
  const { key } = await system.addTablet({ params: { id: roomId }, body: { name: '会见室 3 平板' } });
  for (const plan of (await api.listSlotPlans({ query: { prisonId: 'demo-prison' } })).items)
    await api.removeSlotPlan({ params: { id: plan.id } });
  const begin = Math.ceil((Date.now() + MINUTE) / MINUTE) * MINUTE;
  const all = Array.from({ length: 30 }, (_, index) => begin + index * SLOT_MINUTES * MINUTE)
    .map((from) => ({ from: localText(from), to: localText(from + SLOT_MINUTES * MINUTE) }))
    // None goes on past midnight.
    .filter(({ from, to }) => from.slice(0, 10) === to.slice(0, 10));
  const times = all.map(({ from, to }) => ({ from: from.slice(11, 16), to: to.slice(11, 16) }));
  const dates = [...new Set(all.map(({ from }) => from.slice(0, 10)))];
  const content = {
    name: '马上',
    kind: 'video' as const,
    days: { kind: 'dates' as const, dates },
    times,
    capacity: 2,
    validFrom: dates[0] ?? '',
    validUntil: null,
    onHolidays: true,
    aheadDays: 1,
    noticeMinutes: 0,
    enabled: true,
  };
  await api.addSlotPlan({ body: { prisonId: 'demo-prison', content } });
  return key;
}

async function consoleOf(actors: Actors, installation: Installation, account: string) {
  const { login } = await apiOf(installation, account);
  const browser = actors.officer.page.context().browser();
  if (!browser) throw new Error('no browser');
  const { page, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  const approvals = new ApprovalsPage(page, installation.url);
  await approvals.logIn(login);
  return { approvals, page, faults };
}

describe('from application to call', () => {
  it('a family registers, is linked, books; officers approve; they meet in the room that was assigned; the quota is used, the room free', async () => {
    stack = new AsyncDisposableStack();
    const installation = stack.use(await Installation.start());
    const actors = stack.use(await openActors());
    const inmate = installation.logins.inmates[2];
    if (!inmate) throw new Error('no third demo inmate');
    const key = await prepare(installation);
    const family = new BookingFamilyPage(actors.family.page);
    const { page } = family;

    await family.register(installation.url, { ...RELATIVE, idNumber: idNumber() });
    await family.link({ number: inmate.number, name: inmate.name, relation: 'mother' }, PAPER);
    const manager = await consoleOf(actors, installation, 'manager');
    await manager.approvals.openTask(RELATIVE.name);
    await manager.approvals.approve('材料属实');
    await manager.approvals.closeCase();

    await expect.poll(() => linked(family), { timeout: 20_000 }).toBe(true);
    expect(await family.book()).toContain('待审批');
    const officer = await consoleOf(actors, installation, 'officer1');
    await officer.approvals.openTask(`${inmate.name} 视频会见`);
    await officer.approvals.approve('同意');
    // He is under key control: the prison decides too.
    await manager.approvals.openTask(`${inmate.name} 视频会见`);
    await manager.approvals.approve('同意');
    await manager.approvals.closeCase();

    await actors.inmate.screen.logIn(installation.url, key, inmate.number);
    await actors.inmate.page.locator('[data-testid=call-row]', { hasText: '会见室 3' }).waitFor({ timeout: 20_000 });
    await expect.poll(() => family.hasMessage('会见室 3'), { timeout: 30_000 }).toBe(true);
    await family.home();
    await page.locator('[data-testid=call-row]').waitFor({ timeout: 20_000 });
    await Promise.all([actors.inmate.screen.openCall(), actors.family.screen.openCall()]);
    await Promise.all([actors.inmate.screen.join(), actors.family.screen.join()]);
    await Promise.all([untilFrames(actors.inmate.page, 1, 3 * MINUTE), untilFrames(page, 1, 3 * MINUTE)]);
    await page.click('[data-testid=leave-call]');
    await page.click('[data-testid=leave-confirm]');
    await page.waitForSelector('[data-testid=end-reason]');

    const { api } = await apiOf(installation, 'manager');
    const mine = async () => (await api.listAppointments({ query: { text: inmate.number } })).items[0];
    await expect.poll(async () => (await mine())?.state, { timeout: 20_000 }).toBe('completed');
    const quota = await api.getQuota({ query: { inmateId: (await mine())?.inmateId ?? '' } });
    expect(quota.limits[0]).toMatchObject({ usedCalls: 1, usedMinutes: 1, reservedCalls: 0 });
    await manager.page.click('[data-testid=nav-venues]');
    const bar = manager.page.locator('[data-testid=venue-room][data-room-name="会见室 3"] [data-testid=venue-bar]');
    await expect.poll(() => bar.getAttribute('data-look'), { timeout: 10_000 }).toBe('over');
    const events = await api.listAppointmentEvents({ params: { id: (await mine())?.id ?? '' } });
    expect(events.items.map(({ kind }) => kind)).toEqual(['booked', 'approved', 'placed', 'begun', 'completed']);
    expect([...actors.family.faults, ...actors.inmate.faults, ...manager.faults, ...officer.faults]).toEqual([]);
  });
});

describe('in English', () => {
  it('a family books with a kept slot, hears why another is refused, and cancels', async () => {
    stack = new AsyncDisposableStack();
    const installation = stack.use(await Installation.start());
    const actors = stack.use(await openActors({ locale: 'en' }));
    const family = new BookingFamilyPage(actors.family.page);
    const { page } = family;
    const login = installation.logins.families[0];
    if (!login) throw new Error('no demo family');
    await actors.family.screen.logIn(installation.url, login);
    const tomorrow = localText(Date.now() + 24 * 60 * MINUTE).slice(0, 10);
    expect(await family.book(tomorrow)).toContain('Under review');
    await family.home();
    await family.choose(tomorrow);
    await page.click('[data-testid=confirm]');
    await expect.poll(() => page.textContent('[data-testid=problem]')).toContain('The inmate has another visit at that time');
    await family.home();
    await page.click('[data-testid=go-appointments]');
    await page.locator('[data-testid=appointment] [data-testid=cancel]').click();
    await page.click('[data-testid=ask-yes]');
    await page.click('[data-testid=choice-when][data-value=past]');
    await page.locator('[data-testid=state]', { hasText: 'Cancelled' }).waitFor();
    expect(actors.family.faults.filter((fault) => !fault.includes('409'))).toEqual([]);
  });
});

/** Whether the home page, loaded anew, knows of an inmate. */
async function linked(family: BookingFamilyPage): Promise<boolean> {
  await family.home();
  await family.page.waitForLoadState('networkidle');
  return !(await family.page.isVisible('[data-testid=not-linked]'));
}
