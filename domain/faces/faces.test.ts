import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, newId, toInstant } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import { storeSeenBy } from '../index.ts';
import { addOrgUnit } from '../organisation/index.ts';
import { addInmate } from '../people/index.ts';
import { addTestPeople, DATABASES, openTestStore } from '../testing.ts';
import {
  approveFace,
  compareWith,
  enrolFace,
  type FaceKeeping,
  facePictures,
  facesOf,
  type FaceTables,
  getFace,
  listFacePeople,
  type NewFace,
  rejectFace,
  removeFace,
  removeFaces,
  requireComparison,
  tidyFaces,
} from './index.ts';

const NOW = new Date('2026-11-21T08:00:00Z');
const officer: Actor = { role: 'officer', id: 'o1', name: '张警官' };
const MODEL = 'test/1';
const values = Float32Array.from({ length: 128 }, (_, at) => Math.sin(at));
const picture = Buffer.from('a picture of a face');
const quality = { faceWidth: 200, sharpness: 300, brightness: 120, yaw: 1, pitch: 5 };
/** 1 for the same, less with the distance. */
const likeness = (one: { values: Float32Array }, other: { values: Float32Array }) =>
  Math.max(0, 1 - Math.hypot(...one.values.map((value, at) => value - other.values[at]!)));

async function setUp(on: (typeof DATABASES)[number]) {
  const store = await openTestStore({ on });
  const { db, crypto, dataDir } = store;
  const { ids } = await addTestPeople(db);
  const pictures = facePictures(dataDir, crypto);
  const keeping: FaceKeeping = { db, crypto, pictures, actor: officer, now: NOW };
  const fresh = (over: Partial<NewFace> = {}): NewFace => ({
    owner: { subject: 'inmate', id: ids.inmate },
    state: 'active',
    source: 'upload',
    vector: { model: MODEL, values },
    quality,
    picture,
    ...over,
  });
  const files = () => readdir(join(dataDir, 'faces'));
  return { ...store, ids, pictures, keeping, fresh, files, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

const rowsOf = (db: Db) => db.withTables<FaceTables>().selectFrom('faces').selectAll().execute();
const actions = async (db: Db) =>
  (await db.withTables<{ audit: { seq: number; action: string } }>().selectFrom('audit').select('action').orderBy('seq').execute()).map(
    ({ action }) => action,
  );

describe.each(DATABASES)('the face library on %s', (on) => {
  it('keeps vector and picture encrypted, and gives them back', async () => {
    await using the = await setUp(on);
    const { db, crypto, pictures, ids } = the;
    const { id } = await enrolFace(the.keeping, the.fresh());
    const [row] = await rowsOf(db);
    expect(row!.vector).not.toContain(Buffer.from(values.buffer).toString('base64').slice(0, 24));
    const [file] = await the.files();
    expect((await readFile(join(the.dataDir, 'faces', file!))).includes(picture)).toBe(false);
    expect(await pictures.read(id)).toEqual(picture);
    const [known] = await facesOf(db, crypto, 'inmate', [ids.inmate]);
    expect(known).toEqual({ id, owner: { subject: 'inmate', id: ids.inmate }, vector: { model: MODEL, values } });
    expect(await actions(db)).toEqual(['face.enrol']);
  });

  it('opens no vector that was moved to another person’s row', async () => {
    await using the = await setUp(on);
    const { db, crypto, ids } = the;
    const one = await enrolFace(the.keeping, the.fresh());
    const other = await enrolFace(the.keeping, the.fresh({ owner: { subject: 'family', id: ids.family } }));
    await db.withTables<FaceTables>().updateTable('faces').set({ vector: one.vector }).where('id', '=', other.id).execute();
    await expect(facesOf(db, crypto, 'family', [ids.family])).rejects.toThrow('data_damaged');
  });

  it('really deletes: no row, no file, and a record of who did it', async () => {
    await using the = await setUp(on);
    const owner = { subject: 'inmate', id: the.ids.inmate } as const;
    const { id } = await enrolFace(the.keeping, the.fresh());
    await enrolFace(the.keeping, the.fresh());
    await removeFace(the.keeping, id);
    expect(await the.files()).toHaveLength(1);
    expect(await removeFaces(the.keeping, owner)).toBe(1);
    expect(await rowsOf(the.db)).toEqual([]);
    expect(await the.files()).toEqual([]);
    expect(await actions(the.db)).toEqual(['face.enrol', 'face.enrol', 'face.delete', 'face.delete']);
    await expect(removeFace(the.keeping, id)).rejects.toThrow(new QinqiaoError('not_found'));
  });

  it('compares with a pending face only after an officer approved it', async () => {
    await using the = await setUp(on);
    const { db, crypto, ids } = the;
    const { id, version } = await enrolFace(the.keeping, the.fresh({ state: 'pending', source: 'tablet' }));
    expect(await facesOf(db, crypto, 'inmate', [ids.inmate])).toEqual([]);
    await expect(approveFace(the.keeping, id, version + 1)).rejects.toThrow(new QinqiaoError('edit_conflict'));
    expect(await approveFace(the.keeping, id, version)).toMatchObject({ state: 'active', approved_by_name: '张警官' });
    expect(await facesOf(db, crypto, 'inmate', [ids.inmate])).toHaveLength(1);
    await expect(approveFace(the.keeping, id, version + 1)).rejects.toThrow(new QinqiaoError('wrong_state'));
    await expect(rejectFace(the.keeping, id, { version: version + 1, reason: '不清楚' })).rejects.toThrow(new QinqiaoError('wrong_state'));
  });

  it('deletes a pending face that an officer rejects', async () => {
    await using the = await setUp(on);
    const { id, version } = await enrolFace(the.keeping, the.fresh({ state: 'pending' }));
    await rejectFace(the.keeping, id, { version, reason: '不是本人' });
    expect(await rowsOf(the.db)).toEqual([]);
    expect(await the.files()).toEqual([]);
    expect(await actions(the.db)).toEqual(['face.enrol', 'face.reject']);
  });

  it('keeps five of a person, also when several are enrolled at once; nothing of the others stays', async () => {
    await using the = await setUp(on);
    const tries = await Promise.allSettled(Array.from({ length: 7 }, () => enrolFace(the.keeping, the.fresh())));
    const refused = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toEqual([new QinqiaoError('faces_full'), new QinqiaoError('faces_full')]);
    expect(await rowsOf(the.db)).toHaveLength(5);
    expect(await the.files()).toHaveLength(5);
  });

  it('knows nobody who is not there, nor who is not seen', async () => {
    await using the = await setUp(on);
    const owner = { subject: 'inmate', id: newId() } as const;
    await expect(enrolFace(the.keeping, the.fresh({ owner }))).rejects.toThrow(new QinqiaoError('not_found'));
    const seen = { all: false, prisons: [newId()], wards: [], partly: [], own: null };
    const narrowed = { ...the.keeping, db: storeSeenBy(the.db, seen) };
    await expect(enrolFace(narrowed, the.fresh())).rejects.toThrow(new QinqiaoError('not_found'));
    expect(await the.files()).toEqual([]);
    const { id } = await enrolFace(the.keeping, the.fresh());
    await expect(getFace(narrowed.db, id)).rejects.toThrow(new QinqiaoError('not_found'));
    await expect(removeFace(narrowed, id)).rejects.toThrow(new QinqiaoError('not_found'));
    expect(await getFace(storeSeenBy(the.db, { ...seen, prisons: [], wards: [the.ids.ward] }), id)).toMatchObject({ id });
  });

  it('lists people with and without faces, by ward, name and state', async () => {
    await using the = await setUp(on);
    const { db, crypto, ids, keeping } = the;
    const [ward, other] = [newId(), newId()];
    await addOrgUnit(db, { id: ward, parent_id: ids.prison, kind: 'ward', name: '二监区' });
    await addInmate(db, { id: other, prison_id: ids.prison, ward_id: ward, number: 'a-1', name: '王伟' });
    await enrolFace(keeping, the.fresh());
    await enrolFace(keeping, the.fresh({ owner: { subject: 'inmate', id: other }, state: 'pending', source: 'tablet' }));
    await enrolFace(keeping, the.fresh({ owner: { subject: 'family', id: ids.family } }));
    const names = async (filter: object, model = MODEL) => {
      const { items } = await listFacePeople(db, crypto, { subject: 'inmate', limit: 20, ...filter }, model);
      return items.map(({ name, faces }) => `${name} ${faces.length}`);
    };
    expect(await names({})).toEqual(['王伟 1', '陈建国 1']);
    expect(await names({ state: 'active' })).toEqual(['陈建国 1']);
    expect(await names({ state: 'pending' })).toEqual(['王伟 1']);
    expect(await names({ state: 'none' })).toEqual([]);
    expect(await names({ wardId: ward })).toEqual(['王伟 1']);
    expect(await names({ text: '陈' })).toEqual(['陈建国 1']);
    expect(await names({ text: '没有' })).toEqual([]);
    expect(await names({ state: 'outdated' })).toEqual([]);
    expect(await names({ state: 'outdated' }, 'test/2')).toEqual(['王伟 1', '陈建国 1']);
    expect(await names({ state: 'outdated' }, '')).toEqual([]);
    expect(await names({ subject: 'family', wardId: ids.ward, text: '陈秀英' })).toEqual(['陈秀英 1']);
    expect(await names({ subject: 'companion' })).toEqual([]);
    const first = await listFacePeople(db, crypto, { subject: 'inmate', limit: 1 }, MODEL);
    const second = await listFacePeople(db, crypto, { subject: 'inmate', limit: 1, cursor: first.next! }, MODEL);
    expect([first.items[0]!.name, second.items[0]!.name, second.next]).toEqual(['王伟', '陈建国', null]);
  });

  it('tidies: pending ones after their days, faces of nobody, pictures of no face', async () => {
    await using the = await setUp(on);
    const { db, crypto, dataDir, ids, keeping } = the;
    const [gone, late] = [newId(), new Date(NOW.getTime() + 40 * 86_400_000)];
    await addInmate(db, { id: gone, prison_id: ids.prison, ward_id: ids.ward, number: 'a-2', name: '王伟' });
    const kept = await enrolFace(keeping, the.fresh());
    await enrolFace(keeping, the.fresh({ state: 'pending' }));
    await enrolFace({ ...keeping, now: late }, the.fresh({ state: 'pending' }));
    await enrolFace(keeping, the.fresh({ owner: { subject: 'inmate', id: gone } }));
    await db.withTables<{ inmates: { id: string } }>().deleteFrom('inmates').where('id', '=', gone).execute();
    await the.pictures.write(newId(), picture);
    const tidied = await tidyFaces({ db, crypto, dataDir, now: new Date(Date.now() + 40 * 86_400_000) }, 30);
    expect(tidied).toMatchObject({ ownerless: 1, pictures: 1 });
    expect(tidied.expired).toBeGreaterThanOrEqual(1);
    expect((await rowsOf(db)).map(({ id }) => id)).toContain(kept.id);
    expect(await the.files()).toHaveLength((await rowsOf(db)).length);
    expect(toInstant(late) > toInstant(NOW)).toBe(true);
  });
});

describe('comparing', () => {
  const known = (id: string, model: string, shift: number) => ({
    id,
    owner: { subject: 'family', id: `f-${id}` } as const,
    vector: { model, values: values.map((value) => value + shift) },
  });

  it('answers the most alike, and counts what another model made', () => {
    const live = { model: MODEL, values };
    const { best, compared, outdated } = compareWith(
      live,
      [known('a', MODEL, 0.01), known('b', MODEL, 0), known('c', 'old/1', 0)],
      likeness,
    );
    expect(best).toMatchObject({ face: { id: 'b' }, likeness: 1 });
    expect({ compared, outdated }).toEqual({ compared: 2, outdated: 1 });
  });

  it('says why nothing can be compared', () => {
    const live = { model: MODEL, values };
    expect(() => requireComparison(live, [], likeness)).toThrow(new QinqiaoError('face_not_enrolled'));
    expect(() => requireComparison(live, [known('c', 'old/1', 0)], likeness)).toThrow(new QinqiaoError('face_model_differs'));
  });
});
