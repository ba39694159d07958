import { CallId, parseOrThrow, QinqiaoError } from '@qinqiao/contracts';
import { openRecordingFile, type PlayableFile, recordingView } from '@qinqiao/domain/recordings';
import { derivedSecret, toInstant, writeAudit } from '@qinqiao/server-kit';
import { type Request, type Response, Router } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { officerActor, requireRecorded } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';
import { playbackDeps } from './stores.ts';

/** A player may take this long until it asks for its last byte. */
const TICKET_LIFETIME_S = 4 * 3600;
const ticketKey = (secret: string) => new TextEncoder().encode(derivedSecret(secret, 'recording ticket'));

/** A call's recording. Looking at it is audited, and refused when it cannot be. */
export function recordingRoutes({ clock, secret }: ServerDeps): Pick<RestHandlers, 'getRecording'> {
  return {
    getRecording: async ({ db, officer, params }) => {
      const actor = officerActor({ officer });
      const call = await requireRecorded({ db }, params.id);
      await writeAudit(db, { at: toInstant(clock.now()), actor, action: 'recording.view', subject: { kind: 'call', id: call.id } });
      const expires = Math.floor(clock.now().getTime() / 1000) + TICKET_LIFETIME_S;
      const ticket = await new SignJWT({ callId: call.id, officerId: actor.id })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience('recording')
        .setExpirationTime(expires)
        .sign(ticketKey(secret));
      return recordingView(db, call.id, (name) => `/api/recordings/${call.id}/${name}?ticket=${ticket}`);
    },
  };
}

const FileParams = z.object({ callId: CallId, name: z.string() });
const FileQuery = z.object({ ticket: z.string() });

/**
 * The files themselves, by range, for <audio> and <video>, which cannot send a token: each address carries a ticket. Sealed ones are
 * decrypted on the way, only the chunks that are asked for.
 */
export function recordingFiles(deps: ServerDeps): Router {
  const { clock, secret } = deps;
  const playback = playbackDeps(deps);
  const router = Router();
  router.get('/api/recordings/:callId/:name', async (request: Request, response: Response) => {
    const { callId, name } = parseOrThrow(FileParams, request.params);
    const { ticket } = parseOrThrow(FileQuery, request.query);
    await verifyTicket(ticket, callId, secret, clock.now());
    await sendRange(request, response, await openRecordingFile(playback, callId, name));
  });
  return router;
}

/** The one range that a player asks for (RFC 9110, 14), or all of it. */
async function sendRange(request: Request, response: Response, file: PlayableFile): Promise<void> {
  response.type(file.mimeType).set({ 'cache-control': 'private, no-store', 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff' });
  const ranges = request.range(file.bytes);
  if (ranges === -1) {
    response.status(416).set('content-range', `bytes */${file.bytes}`).end();
    return;
  }
  const [asked] = ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1 ? [] : ranges;
  const [from, to] = asked ? [asked.start, asked.end + 1] : [0, file.bytes];
  if (asked) response.status(206).set('content-range', `bytes ${from}-${to - 1}/${file.bytes}`);
  response.set('content-length', String(to - from));
  if (request.method === 'HEAD') return void response.end();
  // What does not open is an error the player is told, as long as nothing was sent.
  const pieces = file.read(from, to)[Symbol.asyncIterator]();
  const first = await pieces.next();
  try {
    await pipeline(Readable.from(joined(first, pieces), { objectMode: false }), response);
  } catch (error) {
    // A player that seeks breaks its running request off; that is no failure.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

async function* joined(first: IteratorResult<Buffer>, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function verifyTicket(ticket: string, callId: CallId, secret: string, now: Date): Promise<void> {
  try {
    const { payload } = await jwtVerify(ticket, ticketKey(secret), { algorithms: ['HS256'], audience: 'recording', currentDate: now });
    if (payload['callId'] !== callId) throw new Error('of another call');
  } catch (cause) {
    throw new QinqiaoError('forbidden', { cause });
  }
}
