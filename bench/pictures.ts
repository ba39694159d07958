import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallId, ParticipantId, TapTrack, TrackId } from '@qinqiao/contracts';
import { createCall } from '@qinqiao/domain/calls';
import { enrolFace, facePictures } from '@qinqiao/domain/faces';
import { addTestPeople, openTestStore } from '@qinqiao/domain/testing';
import { EmbeddedFaces } from '@qinqiao/faces';
import { start } from '@qinqiao/picture-watch';
import { makeClip, makeSamples, PORTRAITS, Sampler, sendClip, TEST_LINK_SECRET, TestLink } from '@qinqiao/picture-watch/testing';
import { createLogger, newId, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { summary } from './statistics.ts';

const EVERY_MS = 2000;
const PER_MINUTE = 60_000 / EVERY_MS;
const MINUTES = 30;
const OTHER_MINUTES = 2;
const ENTRIES = 30;
/** From asking for a key frame to having it, as seen in calls on this machine. */
const KEY_FRAME_MS = 150;
const MASK = { mode: 'colour', colour: '#205080' } as const;
const FAMILY = { party: 'family', allowed: 1, hits: 2, nobodyMs: 12_000 } as const;
const INMATE = { ...FAMILY, party: 'inmate' } as const;
const log = createLogger('bench', 'warn');

type Known = Awaited<ReturnType<typeof enrolled>>;

/** The watch of the pictures: what it takes of the machine, how soon it warns of a second person, and that it warns of no single one. */
export async function benchPictures(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-bench-pictures-'));
  await using faces = new EmbeddedFaces({ threads: 1, log });
  try {
    const known = await enrolled(faces);
    const stands = await minutesOf(faces, known, { folder, camera: 'stands', minutes: MINUTES });
    const hand = await minutesOf(faces, known, { folder, camera: 'hand', minutes: OTHER_MINUTES });
    const inmate = await inmateMinutes(faces, folder, OTHER_MINUTES);
    const warning = await entries(faces, known, folder);
    const whole = await wholeMinute(faces, folder);
    return {
      cpuSecondsPerCallMinute: {
        wholeServiceTwoParties: whole,
        familyCameraStands: stands.cpuPerMinute,
        familyPhoneInHand: hand.cpuPerMinute,
        inmateMasked: inmate.cpuPerMinute,
      },
      callsPerCore: Math.floor(60 / whole),
      secondPersonToWarningMs: warning,
      minutesOfOneMovingPerson: MINUTES,
      warnings: stands.warnings + hand.warnings + inmate.warnings,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The person of the clips is the only one on the call's list. */
async function enrolled(faces: EmbeddedFaces) {
  const [face] = await faces.describe({ encoded: readFileSync(PORTRAITS.grace) }, { most: 1 });
  if (!face) throw new Error('no face in the portrait');
  const owner = { subject: 'family', id: 'grace' } as const;
  return { allowed: 1, known: [{ id: 'grace', owner, vector: face.vector }], unknown: 0 };
}

const samplerOf = (faces: EmbeddedFaces, rules: typeof FAMILY | typeof INMATE, onCall: Known) =>
  new Sampler(faces, rules, { onCall, masks: [MASK], likeness: 0.6 });

async function minutesOf(
  faces: EmbeddedFaces,
  known: Known,
  { folder, camera, minutes }: { folder: string; camera: 'stands' | 'hand'; minutes: number },
) {
  // Half of them are made, and shown once forwards and once backwards.
  const count = (minutes * PER_MINUTE) / 2;
  const frames = await makeSamples({ file: join(folder, `${camera}.ivf`), count, who: 'grace', camera });
  return feed(samplerOf(faces, FAMILY, known), [...frames, ...frames.toReversed()]);
}

async function inmateMinutes(faces: EmbeddedFaces, folder: string, minutes: number) {
  const options = {
    file: join(folder, 'inmate.ivf'),
    count: minutes * PER_MINUTE,
    who: 'astronaut',
    camera: 'stands',
    mask: '0x205080',
  } as const;
  return feed(samplerOf(faces, INMATE, { allowed: 1, known: [], unknown: 1 }), await makeSamples(options));
}

async function feed(sampler: Sampler, frames: Buffer[]): Promise<{ cpuPerMinute: number; warnings: number }> {
  console.error(`pictures: ${frames.length} samples`);
  const before = process.cpuUsage();
  let warnings = 0;
  for (const [index, frame] of frames.entries()) {
    const found = await sampler.take(frame, index * EVERY_MS);
    for (const { kind } of found) console.error(`warned of ${kind} at sample ${index}`);
    warnings += found.length;
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuPerMinute: rounded((user + system) / 1e6 / (frames.length / PER_MINUTE)), warnings };
}

/** A second person comes at any moment between two samples: the wait for the samples, and the time that looking at them really takes. */
async function entries(faces: EmbeddedFaces, known: Known, folder: string) {
  const alone = await makeSamples({ file: join(folder, 'one.ivf'), count: 4, who: 'grace', camera: 'stands' });
  const both = await makeSamples({ file: join(folder, 'two.ivf'), count: 6, who: 'grace', camera: 'stands', second: true });
  const waits: number[] = [];
  for (let entry = 0; entry < ENTRIES; entry++) {
    const sampler = samplerOf(faces, FAMILY, known);
    for (const [index, frame] of alone.entries()) await sampler.take(frame, index * EVERY_MS);
    const beforeSample = ((entry + 0.5) / ENTRIES) * EVERY_MS;
    for (const [index, frame] of both.entries()) {
      const begin = performance.now();
      const found = await sampler.take(frame, (alone.length + index) * EVERY_MS);
      if (!found.some(({ kind }) => kind === 'several_people')) continue;
      waits.push(beforeSample + index * EVERY_MS + KEY_FRAME_MS + performance.now() - begin);
      break;
    }
  }
  return { entries: ENTRIES, warned: waits.length, ...summary(waits) };
}

const trackOf = (callId: CallId, role: 'inmate' | 'family', ssrc: number): TapTrack => ({
  callId,
  trackId: newId() as TrackId,
  participantId: role as ParticipantId,
  role,
  kind: 'video',
  ssrc,
  stillsEveryMs: EVERY_MS,
  codec: { mimeType: 'video/VP8', payloadType: 101, clockRate: 90000, parameters: {} },
});

/** Calls at the same time: what is done once for all of them is shared, as it is where many are held. */
const CALLS = 8;

/** One minute of calls as they come from the media engine: all of the service, with both parties' packets. CPU seconds per call. */
async function wholeMinute(faces: EmbeddedFaces, folder: string): Promise<number> {
  await using link = await TestLink.open();
  await using store = await openTestStore();
  const pictures = facePictures(store.dataDir, store.crypto);
  const portrait = { encoded: readFileSync(PORTRAITS.grace) };
  const examined = await faces.examine(portrait);
  if (!examined.ok) throw new Error(`the portrait is refused: ${examined.problem}`);
  const common = { seconds: 70, codec: 'vp8', cutOut: true, keyS: 2 } as const;
  const family = await makeClip({ ...common, file: join(folder, 'family.webm'), background: '0x8a7f70', who: 'grace' });
  const inmate = await makeClip({ ...common, file: join(folder, 'inmate.webm'), background: '0x205080', who: 'astronaut' });
  const config = { linkUrl: link.url, tapIp: '127.0.0.1', dataDir: store.dataDir, recording: { ffmpegPath: null } };
  await using _ = await start({ config, db: store.db, crypto: store.crypto, faces, log, linkSecret: TEST_LINK_SECRET });
  const senders: Awaited<ReturnType<typeof sendClip>>[] = [];
  try {
    for (let call = 0; call < CALLS; call++) {
      const { ids } = await addTestPeople(store.db);
      const keeping = { db: store.db, crypto: store.crypto, pictures, actor: SYSTEM_ACTOR, now: new Date() };
      const known = { state: 'active', source: 'upload', vector: examined.face.vector, quality: examined.quality } as const;
      await enrolFace(keeping, { ...known, owner: { subject: 'family', id: ids.family }, picture: portrait.encoded });
      const who = { prisonId: ids.prison, roomId: ids.room, inmateId: ids.inmate, familyId: ids.family, relation: '母亲' };
      const slot = { startsAt: toInstant(Date.now()), endsAt: toInstant(Date.now() + 600_000) };
      const callId = await createCall(store.db, { ...who, ...slot }, SYSTEM_ACTOR, toInstant(Date.now()));
      const address = await link.request('picture:open', { callId, prisonId: ids.prison, epoch: toInstant(Date.now()) });
      const tracks = [trackOf(callId, 'family', 1), trackOf(callId, 'inmate', 2)] as const;
      for (const track of tracks) await link.request('picture:track', track);
      senders.push(await sendClip(family, tracks[0], address), await sendClip(inmate, tracks[1], address));
    }
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const { user, system } = process.cpuUsage(before);
    return rounded((user + system) / 1e6 / CALLS);
  } finally {
    for (const sender of senders) sender.kill('SIGKILL');
  }
}

const rounded = (value: number) => Math.round(value * 100) / 100;
