import { type CallSummary, type MaskPolicy, QinqiaoError, type RestOutput } from '@qinqiao/contracts';
import { type CallFilter, type CallRecord, createCall, findCall, listCallEvents, listCalls, storeScreenshot } from '@qinqiao/domain/calls';
import { requireFaceEntry } from '@qinqiao/domain/face-checks';
import { GRANT_PURPOSE, type LoggedIn, signGrant } from '@qinqiao/domain/identity';
import { findDevice, listRooms } from '@qinqiao/domain/organisation';
import { findInmate, findRelation, listDirectory } from '@qinqiao/domain/people';
import { readParameter } from '@qinqiao/domain/settings';
import { listSegments } from '@qinqiao/domain/transcripts';
import { listAlerts } from '@qinqiao/domain/words';
import { type Clock, type Db, derivedSecret, localDay, toInstant } from '@qinqiao/server-kit';
import { actorOf, requireCall, requireLogin, requireOfficer } from './access.ts';
import { summarise } from './call-summary.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers, RestRequest } from './router.ts';

type Routes =
  | 'listCalls'
  | 'createCall'
  | 'getCall'
  | 'grantCall'
  | 'reportScreenshot'
  | 'listCallEvents'
  | 'listTranscript'
  | 'listAlerts'
  | 'directory';

/** A call may be arranged from now on; a start a little in the past is taken as now. */
const LATE_START_MS = 5 * 60_000;

/** Calls: lists, arranging, entering, and what was said and done in them. */
export function callRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { clock } = deps;
  const one = async (db: Db, call: CallRecord | undefined, who: LoggedIn): Promise<CallSummary> => {
    const [summary] = call ? await summarise(db, clock, [call], who.role === 'officer') : [];
    if (!summary) throw new QinqiaoError('not_found');
    return summary;
  };
  return {
    listCalls: async (request) => {
      const { db, query } = request;
      const login = requireLogin(request.who);
      const { items, next } = await listCalls(db, { ...(await filterFor(request, clock)), ...page(query) });
      return { items: await summarise(db, clock, items, login.role === 'officer'), next };
    },
    createCall: async (request) => one(request.db, await findCall(request.db, await arrange(deps, request)), requireLogin(request.who)),
    getCall: async ({ db, who, params }) => one(db, await requireCall({ db, who }, params.id), requireLogin(who)),
    grantCall: (request) => grant(deps, request),
    reportScreenshot: async ({ db, who, params }) => {
      const login = requireLogin(who);
      const call = await requireCall({ db, who }, params.id);
      await storeScreenshot(db, call.id, await actorOf(db, login), toInstant(clock.now()));
      return {};
    },
    listCallEvents: async ({ db, who, params, query }) => {
      const call = await requireCall({ db, who }, params.id);
      const after = query.cursor === undefined ? -1 : Number.parseInt(query.cursor, 10);
      if (Number.isNaN(after)) throw new QinqiaoError('bad_request', { fields: { cursor: 'not a cursor' } });
      const events = await listCallEvents(db, call.id, after, query.limit + 1);
      const items = events.slice(0, query.limit);
      return { items, next: events.length > query.limit ? String(items.at(-1)?.seq) : null };
    },
    listTranscript: async ({ db, who, params, query }) => listSegments(db, (await requireCall({ db, who }, params.id)).id, page(query)),
    listAlerts: async ({ db, who, params, query }) => listAlerts(db, (await requireCall({ db, who }, params.id)).id, page(query)),
    directory: async ({ db, officer }) => {
      const { prisonId } = requireOfficer({ officer });
      const [people, rooms] = await Promise.all([listDirectory(db, prisonId), listRooms(db, prisonId)]);
      return { ...people, rooms: rooms.map(({ id, name }) => ({ id, name })) };
    },
  };
}

const page = ({ cursor, limit }: { cursor?: string | undefined; limit: number }) => ({
  limit,
  ...(cursor === undefined ? {} : { cursor }),
});

/** Which calls a person is shown: officers their prison's, families their own, inmates their own in the room they sit in. */
async function filterFor({ db, who, query: { scope } }: RestRequest<'listCalls'>, clock: Clock): Promise<Omit<CallFilter, 'limit'>> {
  const login = requireLogin(who);
  const scopes: Record<typeof scope, Omit<CallFilter, 'limit'>> = {
    today: { ...localDay(clock.now()), order: 'asc' },
    upcoming: { ended: false, order: 'asc' },
    finished: { ended: true, order: 'desc' },
  };
  const chosen = scopes[scope];
  if (login.role === 'officer') return chosen;
  if (login.role === 'family') return { ...chosen, familyId: login.subjectId };
  const device = await findDevice(db, login.deviceId ?? '');
  if (!device) throw new QinqiaoError('device_unknown');
  return { ...chosen, inmateId: login.subjectId, ...(scope === 'finished' ? {} : { roomId: device.roomId }) };
}

async function arrange({ clock }: ServerDeps, { db, officer: asking, body }: RestRequest<'createCall'>): Promise<string> {
  const officer = requireOfficer({ officer: asking });
  const now = clock.now().getTime();
  const starts = Math.max(Date.parse(body.startsAt), now);
  const [inmate, rooms] = await Promise.all([findInmate(db, body.inmateId), listRooms(db, officer.prisonId)]);
  const relation = await findRelation(db, body.familyId, body.inmateId);
  const wrong: Record<string, string> = {};
  if (inmate?.prisonId !== officer.prisonId) wrong['inmateId'] = 'no such inmate in this prison';
  if (!rooms.some((room) => room.id === body.roomId)) wrong['roomId'] = 'no such room in this prison';
  if (!relation) wrong['familyId'] = 'not a relative of this inmate';
  if (Date.parse(body.startsAt) < now - LATE_START_MS) wrong['startsAt'] = 'lies in the past';
  if (!relation || Object.keys(wrong).length > 0) throw new QinqiaoError('bad_request', { fields: wrong });
  const slot = { startsAt: toInstant(starts), endsAt: toInstant(starts + body.minutes * 60_000) };
  const people = { inmateId: body.inmateId, familyId: body.familyId, roomId: body.roomId, relation };
  const actor = { role: 'officer' as const, id: officer.id, name: officer.name };
  return createCall(db, { prisonId: officer.prisonId, ...people, ...slot }, actor, toInstant(clock.now()));
}

async function grant(deps: ServerDeps, { db, who, params }: RestRequest<'grantCall'>): Promise<RestOutput<'grantCall'>> {
  const { clock, config, secret, rtpCapabilities } = deps;
  const login = requireLogin(who);
  const [call, actor] = await Promise.all([requireCall({ db, who: login }, params.id), actorOf(db, login)]);
  if (call.session.state === 'ended') throw new QinqiaoError('call_ended');
  if (login.role === 'family') await requireFaceEntry(db, login.subjectId, call.id);
  const claims = { callId: call.id, role: login.role, subjectId: login.subjectId, name: actor.name };
  return {
    grant: await signGrant(claims, derivedSecret(secret, GRANT_PURPOSE), clock.now()),
    routerRtpCapabilities: rtpCapabilities,
    iceServers: config.rtc.iceServers,
    videoCodec: config.videoCodec,
    mask: login.role === 'inmate' ? await maskPolicy(db) : null,
  };
}

const maskPolicy = async (db: Db): Promise<MaskPolicy> => ({
  mode: await readParameter(db, 'picture.maskMode'),
  colour: await readParameter(db, 'picture.maskColour'),
});
