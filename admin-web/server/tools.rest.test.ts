import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addTestPeople, DATABASES } from '@qinqiao/domain/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

/** Of several sealed chunks. */
const PROGRAM = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));

describe.each(DATABASES)('tool downloads through REST on %s', (on) => {
  let server: RestServer;
  let system: TestOfficer;
  let officer: TestOfficer;

  beforeAll(async () => {
    server = await openRestServer(on);
    const { ids } = await addTestPeople(server.store.db);
    system = await server.officer(ids.prison, 'system-admin', { kind: 'bureau' });
    officer = await server.officer(ids.prison, 'supervisor', { kind: 'prisons', ids: [ids.prison] });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const folder = () => join(server.store.dataDir, 'tools');
  const sent = async (by: TestOfficer, about: Record<string, string>, body: Uint8Array<ArrayBuffer> = new Uint8Array(PROGRAM)) => {
    const headers = { authorization: `Bearer ${by.token}`, 'content-type': 'application/octet-stream' };
    const response = await fetch(`${server.url}/api/tools?${new URLSearchParams(about)}`, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> & { id: string; version: number } };
  };
  const fetched = (by: TestOfficer, id: string) =>
    fetch(`${server.url}/api/tools/${id}/file`, { headers: { authorization: `Bearer ${by.token}` } });
  const listed = async (by: TestOfficer) => ((await by.as('GET', '/api/tools')).body['items'] as { id: string }[]).map(({ id }) => id);
  const audited = async (id: string) => {
    const records = server.store.db.withTables<{ audit: { action: string; subject_id: string; seq: number } }>();
    const rows = await records.selectFrom('audit').select('action').where('subject_id', '=', id).orderBy('seq').execute();
    return rows.map(({ action }) => action);
  };

  it('one is offered, downloaded by every officer as it was sent, switched off and deleted, each audited', async () => {
    const about = { name: '读卡器驱动', release: '3.2', description: '用于发卡窗口', fileName: '读卡器 驱动.exe' };
    const { status, body: tool } = await sent(system, about);
    expect(status).toBe(200);
    expect(tool).toMatchObject({ ...about, bytes: PROGRAM.length, sm3: expect.stringMatching(/^[0-9a-f]{64}$/), enabled: true });
    expect(readFileSync(join(folder(), tool.id)).includes(PROGRAM.subarray(0, 32))).toBe(false);
    expect(await listed(officer)).toEqual([tool.id]);

    const file = await fetched(officer, tool.id);
    expect(file.headers.get('content-disposition')).toContain(encodeURIComponent('读卡器 驱动.exe'));
    expect(file.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await file.arrayBuffer()).equals(PROGRAM)).toBe(true);

    const change = { name: '读卡器驱动', release: '3.2', description: '', enabled: false, version: tool.version };
    expect((await system.as('PUT', `/api/tools/${tool.id}`, change)).body).toMatchObject({ enabled: false, description: '' });
    expect((await system.as('PUT', `/api/tools/${tool.id}`, change)).body).toMatchObject({ code: 'edit_conflict' });
    expect([await listed(officer), await listed(system)]).toEqual([[], [tool.id]]);
    expect([(await fetched(officer, tool.id)).status, (await fetched(system, tool.id)).status]).toEqual([404, 200]);

    expect((await system.as('DELETE', `/api/tools/${tool.id}`)).status).toBe(200);
    expect(readdirSync(folder())).toEqual([]);
    expect((await system.as('DELETE', `/api/tools/${tool.id}`)).status).toBe(404);
    expect(await audited(tool.id)).toEqual(['tool.add', 'tool.download', 'tool.change', 'tool.download', 'tool.delete']);
  });

  it('lists page by page, the newest first', async () => {
    const ids: string[] = [];
    for (const name of ['一', '二', '三']) ids.push((await sent(system, { name, fileName: 'x.zip' })).body.id);
    const first = await officer.as('GET', '/api/tools?limit=2');
    expect((first.body['items'] as { id: string }[]).map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const second = await officer.as('GET', `/api/tools?limit=2&cursor=${String(first.body['next'])}`);
    expect(second.body).toMatchObject({ items: [{ id: ids[0] }], next: null });
    for (const id of ids) await system.as('DELETE', `/api/tools/${id}`);
  });

  it('only those who look after tools change them, and nothing is left of what is refused', async () => {
    const about = { name: '驱动', fileName: 'driver.exe' };
    expect(await sent(officer, about)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await sent(system, { ...about, fileName: '../../driver.exe' })).toMatchObject({
      status: 400,
      body: { fields: { fileName: 'This is not valid' } },
    });
    expect(await sent(system, { ...about, name: ' ' })).toMatchObject({ status: 400, body: { fields: { name: expect.any(String) } } });
    expect(await sent(system, about, new Uint8Array())).toMatchObject({ status: 400, body: { code: 'file_invalid' } });
    expect(readdirSync(folder())).toEqual([]);
    const { id, version } = (await sent(system, about)).body;
    const change = { name: '驱动', enabled: false, version };
    expect((await officer.as('PUT', `/api/tools/${id}`, change)).status).toBe(403);
    expect((await officer.as('DELETE', `/api/tools/${id}`)).status).toBe(403);
    expect(await listed(officer)).toEqual([id]);
    await system.as('DELETE', `/api/tools/${id}`);
  });

  it('a file that was changed on the disk is not handed out whole, one that is gone is said to be', async () => {
    const { id } = (await sent(system, { name: '驱动', fileName: 'driver.exe' })).body;
    const path = join(folder(), id);
    const sealed = readFileSync(path);
    sealed[sealed.length - 100] = (sealed.at(-100) ?? 0) ^ 1;
    writeFileSync(path, sealed);
    await expect(fetched(officer, id).then((response) => response.arrayBuffer())).rejects.toThrow();
    writeFileSync(path, 'x');
    await expect(fetched(officer, id).then((response) => response.arrayBuffer())).rejects.toThrow();
    await system.as('DELETE', `/api/tools/${id}`);
    expect((await fetched(officer, id)).status).toBe(404);
  });
});
