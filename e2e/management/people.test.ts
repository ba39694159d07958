import { readFileSync } from 'node:fs';
import { checkCharacter } from '@qinqiao/contracts';
import { type Bytes, readXlsx, smallWorkbook } from '@qinqiao/server-kit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';

const HEAD = ['罪犯编号', '姓名', '监狱', '监区', '身份证号', '处遇等级'];
const FIRST = '31010119850412123';
const GOOD = FIRST + checkCharacter(FIRST);
const BAD = '310101198504121230';
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
];

let installation: Installation;
let browser: Browser;

beforeAll(async () => {
  installation = await Installation.start();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
});

const workbook = (idNumber: string) =>
  smallWorkbook([
    {
      name: '罪犯',
      columns: HEAD.map((header) => ({ header, width: 20 })),
      rows: [
        ['C3001', '单雄信', '示范监狱', '一监区', idNumber, '严管'],
        ['C3002', '欧阳明', '示范监狱', '二监区', '', '宽管'],
      ],
    },
  ]);

const bytesOf = (content: Buffer): Bytes => ({
  bytes: content.length,
  async *read(from, to) {
    yield content.subarray(from, to);
  },
});
async function cellsOf(path: string): Promise<string[][]> {
  const rows = [];
  for await (const { cells } of readXlsx(bytesOf(readFileSync(path)))) rows.push(cells);
  return rows;
}

describe('people', () => {
  it('are imported after a mistake is mended, found by pinyin initials, seen in full with a reason, and exported', async () => {
    const { page, context, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
    const management = new ManagementPage(page, installation.url);
    await management.use('zh');
    const manager = installation.logins.officers.find(({ account }) => account === 'manager');
    await management.enter('manager', manager?.password ?? '');
    await management.at('who').waitFor();

    const importFile = async (idNumber: string) => {
      await management.at('import-open').click();
      const file = { name: '罪犯.xlsx', mimeType: 'application/octet-stream', buffer: await workbook(idNumber) };
      await page.setInputFiles('[data-testid=import-form] input[type=file]', file);
      await management.save();
    };
    await management.open('/transfers', 'transfers-page');
    await importFile(BAD);
    const state = (wanted: string) =>
      management.at('transfer-row').first().locator(`[data-testid=transfer-state][data-state=${wanted}]`).waitFor();
    await state('wrong');
    await management.shot('zh-transfers-wrong');
    const errors = page.waitForEvent('download');
    await management.at('transfer-errors').first().click();
    const rows = await cellsOf((await (await errors).path()) ?? '');
    expect(rows[1]?.at(-1)).toContain('身份证号不正确');
    expect(rows[2]?.at(-1)).toBe('');
    await importFile(GOOD);
    await state('done');
    expect(await management.at('transfer-result').first().textContent()).toContain('新增 2');

    await management.open('/inmates', 'inmates-page');
    await management.at('people-search').locator('input').first().fill('sxx');
    await expect.poll(() => management.at('inmate-row').count()).toBe(1);
    const row = await management.at('inmate-row').textContent();
    expect(row).toContain('单雄信');
    expect(row).not.toContain(GOOD);
    await management.at('person-open').click();
    await management.at('unmask-idNumber').click();
    await management.at('unmask-reason').fill('核对身份');
    await management.save();
    await expect.poll(() => management.at('value-idNumber').textContent()).toContain(GOOD);
    await management.shot('zh-unmasked');
    await page.locator('.ant-drawer-close').locator('visible=true').first().click();
    await management.at('value-birthDate').waitFor({ state: 'hidden' });

    await management.at('export').click();
    await management.at('export-reason').fill('月度核对');
    const exported = page.waitForEvent('download');
    await management.at('form-save').locator('visible=true').click();
    const lines = await cellsOf((await (await exported).path()) ?? '');
    expect(lines).toHaveLength(2);
    expect(lines[1]?.join()).toContain('3101**********');

    await management.open('/families', 'families-page');
    await management.at('person-add').click();
    await management.at('field-name').locator('visible=true').fill('单母');
    await management.at('field-phone').locator('visible=true').fill('123');
    await management.at('form-save').locator('visible=true').click();
    await page.getByText('电话号码不正确').first().waitFor();
    await management.shot('zh-family-error');
    await management.at('field-phone').locator('visible=true').fill('13987654321');
    await management.save();
    await management.at('people-search').locator('input').first().fill('13987654321');
    await expect.poll(() => management.at('family-row').count()).toBe(1);
    // What the wrong telephone number was refused with.
    expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
    await context.close();
    await shots();
  });
});

/** Every page in both languages and sizes, when somebody wants to look at them. */
async function shots(): Promise<void> {
  if (!process.env['QINQIAO_SHOTS']) return;
  const manager = installation.logins.officers.find(({ account }) => account === 'manager');
  for (const [index, language] of (['zh', 'en'] as const).entries()) {
    const { page, context } = await openPage(browser, { viewport: SIZES[index] ?? { width: 1440, height: 900 } });
    const management = new ManagementPage(page, installation.url);
    await management.use(language);
    await management.enter('manager', manager?.password ?? '');
    await management.at('who').waitFor();
    for (const [path, id] of [
      ['inmates', 'inmates-page'],
      ['families', 'families-page'],
      ['contacts', 'contacts-page'],
      ['blocklist', 'blocks-page'],
      ['transfers', 'transfers-page'],
      ['transfers?import=families', 'import-form'],
    ] as const) {
      await management.open(`/${path}`, id);
      await management.shot(`${language}-${path.replace(/\W/g, '-')}`);
    }
    await management.open('/inmates', 'inmates-page');
    await management.at('person-edit').first().click();
    await management.shot(`${language}-inmate-form`);
    await context.close();
  }
}
