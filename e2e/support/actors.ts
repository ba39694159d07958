import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ConsolePage } from '../page-objects/console-page.ts';
import { FamilyPage } from '../page-objects/family-page.ts';
import { TabletPage } from '../page-objects/tablet-page.ts';
import { launchBrowser, openPage, type PageOptions } from './browser.ts';
import type { Installation } from './installation.ts';
import { installMediaSource, type SourceOptions } from './media-source.ts';
import { installProbe } from './probe.ts';

const WATCHED = [
  'alert-item',
  'transcript-line',
  'notice',
  'officer-speaking',
  'hold-notice',
  'ended-banner',
  'banner-recording',
  'banner-speech',
];
const MEDIA = join(import.meta.dirname, '../media');
const pictureOf = (file: string) =>
  `data:image/${file.endsWith('.webp') ? 'webp' : 'jpeg'};base64,${readFileSync(join(MEDIA, file)).toString('base64')}`;

const LOOKS: Record<'inmate' | 'family' | 'officer', SourceOptions & { viewport: PageOptions['viewport']; mobile: boolean }> = {
  // Before a wall that must not be seen anywhere.
  inmate: {
    ...picture('chequer', 'inmate', 'grace-hopper-cut-out.webp'),
    companion: pictureOf('astronaut-cut-out.webp'),
    flash: 'card',
    viewport: { width: 1280, height: 800 },
    mobile: false,
  },
  family: {
    ...picture('#4d6b3c', 'family', 'astronaut.jpg'),
    companion: pictureOf('grace-hopper-cut-out.webp'),
    viewport: { width: 390, height: 844 },
    mobile: true,
  },
  officer: { ...picture('#333a45', 'officer', null), viewport: { width: 1366, height: 768 }, mobile: false },
};

function picture(color: string, label: string, file: string | null): SourceOptions {
  return { width: 640, height: 480, fps: 25, color, label, portrait: file ? pictureOf(file) : null, clapper: null };
}

export interface Actor<Screen> {
  page: Page;
  screen: Screen;
  faults: string[];
}
export interface Actors extends AsyncDisposable {
  inmate: Actor<TabletPage>;
  family: Actor<FamilyPage>;
  officer: Actor<ConsolePage>;
}

export interface ActorOptions {
  locale?: 'zh-CN' | 'en';
  /** Each in a Chromium process of its own, as on three machines; otherwise three contexts of one. */
  ownBrowsers?: boolean;
}

/** An inmate at a tablet, a family member at a phone and an officer at the console, each with a moving picture and a voice. */
export async function openActors(options: ActorOptions = {}): Promise<Actors> {
  const browsers: Browser[] = [await launchBrowser()];
  const open = async (role: keyof typeof LOOKS) => {
    const browser = options.ownBrowsers && role !== 'inmate' ? await launchBrowser() : browsers[0];
    if (!browser) throw new Error('no browser');
    if (!browsers.includes(browser)) browsers.push(browser);
    const { viewport, mobile, ...source } = LOOKS[role];
    const { page, faults } = await openPage(browser, { viewport, mobile, locale: options.locale ?? 'zh-CN' });
    await page.addInitScript(installMediaSource, source);
    await page.addInitScript(installProbe, WATCHED);
    page.setDefaultTimeout(15_000);
    return { page, faults };
  };
  const [inmate, family, officer] = [await open('inmate'), await open('family'), await open('officer')];
  return {
    inmate: { ...inmate, screen: new TabletPage(inmate.page) },
    family: { ...family, screen: new FamilyPage(family.page) },
    officer: { ...officer, screen: new ConsolePage(officer.page) },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(browsers.map((browser) => browser.close()));
    },
  };
}

/** Everybody logs in and opens the first demo call. Answers its id; nobody has joined yet. */
export async function gather(installation: Installation, { inmate, family, officer }: Actors): Promise<string> {
  const { url, logins } = installation;
  const [tablet, person, phone, account] = [logins.tablets[0], logins.inmates[0], logins.families[0], logins.officers[0]];
  if (!tablet || !person || !phone || !account) throw new Error('no demo log-ins');
  await Promise.all([
    officer.screen.logIn(url, account),
    inmate.screen.logIn(url, tablet.key, person.number),
    family.screen.logIn(url, phone),
  ]);
  const callId = await family.page.getAttribute('[data-testid=call-row]', 'data-call');
  if (!callId) throw new Error('no call to enter');
  await Promise.all([inmate.screen.openCall(), family.screen.openCall()]);
  await officer.screen.monitor(callId);
  return callId;
}
