import { CallId, parseOrThrow, QinqiaoError } from '@qinqiao/contracts';
import { findRecordingFile, recordingView } from '@qinqiao/domain/recordings';
import { derivedSecret, toInstant, writeAudit } from '@qinqiao/server-kit';
import { type Request, type Response, Router } from 'express';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { officerActor, requireCall } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

/** A player may take this long until it asks for its last byte. */
const TICKET_LIFETIME_S = 4 * 3600;
const ticketKey = (secret: string) => new TextEncoder().encode(derivedSecret(secret, 'recording ticket'));

/** A call's recording. Looking at it is audited, and refused when it cannot be. */
export function recordingRoutes({ clock, secret }: ServerDeps): Pick<RestHandlers, 'getRecording'> {
  return {
    getRecording: async ({ db, who, officer, params }) => {
      const actor = officerActor({ officer });
      const call = await requireCall({ db, who }, params.id);
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

/** The files themselves, by range, for <audio> and <video>, which cannot send a token: each address carries a ticket. */
export function recordingFiles({ db, clock, config, secret }: ServerDeps): Router {
  const router = Router();
  router.get('/api/recordings/:callId/:name', async (request: Request, response: Response) => {
    const { callId, name } = parseOrThrow(FileParams, request.params);
    const { ticket } = parseOrThrow(FileQuery, request.query);
    await verifyTicket(ticket, callId, secret, clock.now());
    const file = await findRecordingFile(db, config.dataDir, callId, name);
    response.type(file.mimeType).set('cache-control', 'private, no-store');
    await new Promise<void>((resolve, reject) => {
      response.sendFile(file.path, { dotfiles: 'allow', cacheControl: false }, (error: NodeJS.ErrnoException | undefined) => {
        // A player that seeks breaks its running request off; that is no failure.
        if (!error || error.code === 'ECONNABORTED' || response.headersSent) resolve();
        else reject(error);
      });
    });
  });
  return router;
}

async function verifyTicket(ticket: string, callId: CallId, secret: string, now: Date): Promise<void> {
  try {
    const { payload } = await jwtVerify(ticket, ticketKey(secret), { algorithms: ['HS256'], audience: 'recording', currentDate: now });
    if (payload['callId'] !== callId) throw new Error('of another call');
  } catch (cause) {
    throw new QinqiaoError('forbidden', { cause });
  }
}
