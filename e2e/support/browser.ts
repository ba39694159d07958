import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

/** A Chromium of its own. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', headless: true, args: FLAGS });
}

/**
 * Chromium says this of the probe (probe.ts), which reads decoded frames, when a track ends while one of them waits to be read. No page of the
 * product reads frames; once one does, the probe has to stop doing so before this may stay.
 */
const PROBE_NOISE = 'A VideoFrame was garbage collected without being closed';

export interface PageOptions {
  viewport: { width: number; height: number };
  locale?: 'zh-CN' | 'en';
  mobile?: boolean;
}

/** A page with a storage of its own. What goes wrong inside it is collected in `faults`. */
export async function openPage(browser: Browser, options: PageOptions): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
  const context = await browser.newContext({
    viewport: options.viewport,
    locale: options.locale ?? 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    permissions: ['camera', 'microphone'],
    ...(options.mobile ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.startsWith(PROBE_NOISE)) faults.push(text);
  });
  return { page, context, faults };
}
