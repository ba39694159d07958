import { QinqiaoError, type StorageNotice } from '@qinqiao/contracts';
import {
  askCheck,
  deleteRecording,
  evidenceView,
  exportRecording,
  findKept,
  liftHold,
  placeHold,
  storageNotice,
  storageView,
} from '@qinqiao/domain/recordings';
import { toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor, requireRecorded } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';
import { playbackDeps, storesOf } from './stores.ts';

type EvidenceRoutes =
  | 'getEvidence'
  | 'verifyRecording'
  | 'exportRecording'
  | 'placeHold'
  | 'liftHold'
  | 'deleteRecording'
  | 'getStorage'
  | 'getStorageNotice';

/** How long every officer's page is told the same of the space: asking a store is not free. */
const NOTICE_MS = 60_000;

/** Recordings as evidence. Only those of calls the officer sees; everything he does is audited. */
export function evidenceRoutes(deps: ServerDeps): Pick<RestHandlers, EvidenceRoutes> {
  const { clock, crypto } = deps;
  const playback = playbackDeps(deps);
  const change = auditedChange(clock);
  const act = (request: Parameters<typeof officerActor>[0], reason: string) => {
    return { reason, actor: officerActor(request), at: toInstant(clock.now()) };
  };
  const subject = (id: string) => ({ kind: 'call', id });
  return {
    getEvidence: async ({ db, params }) => {
      const { id } = await requireRecorded({ db }, params.id);
      const view = await evidenceView(db, crypto, id);
      if (!view) throw new QinqiaoError('not_found');
      return view;
    },
    verifyRecording: async (request) => {
      const { id } = await requireRecorded(request, request.params.id);
      return askCheck(request.db, clock, id, officerActor(request));
    },
    exportRecording: async (request) => {
      const { id } = await requireRecorded(request, request.params.id);
      const { reason, actor, at } = act(request, request.body.reason);
      const recording = await findKept(request.db, id);
      const content = await exportRecording(playback, id, { by: actor.name, at, reason });
      const detail = { reason, manifestSm3: recording?.manifestSm3 ?? null };
      await writeAudit(request.db, { at, actor, action: 'recording.export', subject: subject(id), detail }).catch((error: unknown) => {
        content.destroy();
        throw error;
      });
      return { name: `recording-${id}.zip`, type: 'application/zip', content };
    },
    placeHold: async (request) => {
      const { id } = await requireRecorded(request, request.params.id);
      return change(request, 'recording.hold', async (trx) => {
        const hold = await placeHold(trx, id, act(request, request.body.reason));
        return { answer: hold, subject: subject(id), detail: { hold: hold.id, reason: hold.reason } };
      });
    },
    liftHold: async (request) => {
      const { id } = await requireRecorded(request, request.params.id);
      return change(request, 'recording.lift', async (trx) => {
        const hold = await liftHold(trx, id, request.params.holdId, act(request, request.body.reason));
        return { answer: hold, subject: subject(id), detail: { hold: hold.id, placedFor: hold.reason, reason: request.body.reason } };
      });
    },
    deleteRecording: async (request) => {
      const { id } = await requireRecorded(request, request.params.id);
      return deleteRecording(request.db, clock, id, { cause: 'officer', reason: request.body.reason, actor: officerActor(request) });
    },
    ...storageRoutes(deps),
  };
}

/** The stores belong to the installation, not to a prison: their figures are of all recordings, and name none. */
function storageRoutes(deps: ServerDeps): Pick<RestHandlers, 'getStorage' | 'getStorageNotice'> {
  const usage = { db: deps.db, clock: deps.clock, stores: storesOf(deps) };
  let known: { until: number; notice: Promise<StorageNotice> } | undefined;
  return {
    getStorage: () => storageView(usage),
    getStorageNotice: () => {
      const now = deps.clock.now().getTime();
      if (!known || known.until < now) {
        const notice = storageNotice(usage);
        known = { until: now + NOTICE_MS, notice };
        notice.catch(() => {
          known = undefined;
        });
      }
      return known.notice;
    },
  };
}
