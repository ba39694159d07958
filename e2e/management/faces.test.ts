import { FACE_PROBLEMS } from '@qinqiao/contracts';
import { BAD_PICTURES, portrait, zipOf } from '@qinqiao/faces/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';
import { installMediaSource } from '../support/media-source.ts';

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

const dataUrl = (picture: Buffer) => `data:image/png;base64,${picture.toString('base64')}`;
const REFUSED = /status of (409|422)/;

async function openLibrary() {
  const { page, context, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  const portraitUrl = dataUrl(await portrait('astronaut'));
  const camera = { width: 1280, height: 720, fps: 10, color: '#667788', label: '', portrait: portraitUrl, clapper: null };
  await page.addInitScript(installMediaSource, camera);
  const management = new ManagementPage(page, installation.url);
  await management.use('zh');
  const manager = installation.logins.officers.find(({ account }) => account === 'manager');
  await management.enter('manager', manager?.password ?? '');
  await management.at('who').waitFor();
  await management.open('/faces', 'faces-page');
  const upload = (buffer: Buffer) =>
    page.setInputFiles('[data-testid=face-drawer] input[type=file]', { name: 'a.jpg', mimeType: 'image/jpeg', buffer });
  return { page, context, faults, management, upload };
}

describe('the face library', () => {
  it('takes a picture from a file and from the camera, says why it does not take another, and really deletes', async () => {
    const { page, context, faults, management, upload } = await openLibrary();
    const row = management.at('face-row').filter({ hasText: 'A1001' });
    await row.locator('[data-testid=face-open]').click();
    for (const problem of ['several_faces', 'blurred', 'truncated'] as const) {
      await upload(await BAD_PICTURES[problem]());
      await management.at('face-refused').filter({ hasText: FACE_PROBLEMS[problem].zh }).waitFor();
    }
    expect(await management.at('face-card').count()).toBe(0);
    await upload(await portrait('astronaut'));
    await management.at('face-card').waitFor();
    expect(await management.at('face-refused').count()).toBe(0);
    await management.at('face-show').click();
    await management.at('face-picture').waitFor();

    await management.at('face-camera').click();
    await management.at('face-said').filter({ hasText: '画面合格' }).waitFor();
    await management.at('face-take').click();
    await management.at('face-card').filter({ hasText: '民警拍照' }).waitFor();
    await row.locator('[data-testid=face-tags]').filter({ hasText: '2 张可用' }).waitFor();

    await upload(await portrait('hopper'));
    const question = page.locator('.ant-modal-confirm').filter({ hasText: '不像' });
    await question.getByRole('button', { name: '取 消' }).click();
    await question.waitFor({ state: 'hidden' });
    expect(await management.at('face-card').count()).toBe(2);

    for (const left of [1, 0]) {
      await management.at('face-delete').first().click();
      await page.locator('.ant-popover:not(.ant-popover-hidden) .ant-btn-dangerous').last().click();
      await page.waitForFunction((count) => document.querySelectorAll('[data-testid=face-card]').length === count, left);
    }
    await row.filter({ hasText: '未录入' }).waitFor();
    // A refused picture is an answer, which the browser notes as an error.
    expect(faults.filter((fault) => !REFUSED.test(fault))).toEqual([]);
    await context.close();
  });

  it('takes a zip of pictures and lists what became of each', async () => {
    const { page, context, faults, management } = await openLibrary();
    await management.at('face-bulk-go').click();
    await management.at('face-bulk-open').click();
    const zip = zipOf([
      { name: 'A1002.png', content: await portrait('hopper') },
      { name: 'B2001.jpg', content: await BAD_PICTURES.several_faces() },
      { name: 'X9999.jpg', content: await portrait('hopper') },
    ]);
    await page.setInputFiles('[data-testid=face-bulk-form] input[type=file]', {
      name: '照片.zip',
      mimeType: 'application/zip',
      buffer: zip,
    });
    await management.save();
    await page.locator('[data-testid=face-run-state][data-state=done]').waitFor();
    await management.at('face-run-open').click();
    await management.at('face-run-row').nth(2).waitFor();
    const rows = await management.at('face-run-row').allTextContents();
    expect(rows[0]).toContain('成功');
    expect(rows[1]).toContain(FACE_PROBLEMS.several_faces.zh);
    expect(rows[2]).toContain('不存在或不在您的数据范围内');
    await management.shot('zh-face-library-zip');
    expect(faults).toEqual([]);
    await context.close();
  });
});
