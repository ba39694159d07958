import { Readable } from 'node:stream';
import { countWarnings, getWarning, judgeWarning, listWarnings, pictureStills } from '@qinqiao/domain/picture-warnings';
import { toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes = 'listPictureWarnings' | 'countPictureWarnings' | 'readPictureStill' | 'judgePictureWarning';

/** Warnings of the picture watch, reviewed: an officer sees those of his data scope, and each look at a still is recorded. */
export function pictureWarningRoutes({ config, crypto, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const stills = pictureStills(config.dataDir, crypto);
  const now = () => toInstant(clock.now());
  return {
    listPictureWarnings: async ({ db, query }) => listWarnings(db, query),
    countPictureWarnings: async ({ db, query }) => ({ items: await countWarnings(db, query) }),
    readPictureStill: async ({ db, officer, params }) => {
      const actor = officerActor({ officer });
      const { id, callId, kind, party } = await getWarning(db, params.id);
      const still = await stills.read(id);
      const detail = { call: callId, kind, party };
      // Recorded before it is shown.
      await writeAudit(db, { at: now(), actor, action: 'picture_warning.view', subject: { kind: 'picture_warning', id }, detail });
      return { name: `${id}.jpg`, type: 'image/jpeg', content: Readable.from([still]) };
    },
    judgePictureWarning: async ({ db, officer, params, body }) => {
      await judgeWarning(db, { id: params.id, verdict: body.verdict }, officerActor({ officer }), now());
      return getWarning(db, params.id);
    },
  };
}
