import { QinqiaoError, type RestName } from '@qinqiao/contracts';
import { addIntake, getIntake, IntakeFiles, listIntakes } from '@qinqiao/domain/audio-intake';
import { newId } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes = Extract<RestName, 'takeInAudio' | 'listAudioIntakes' | 'getAudioIntake'>;

/** Recordings of visits and phone calls that come as files: of inmates the officer sees. */
export function audioIntakeRoutes({ config, crypto, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const files = new IntakeFiles(config.dataDir, crypto);
  return {
    takeInAudio: async (request) => {
      if (requireOfficer(request).client && request.query.sm3 === undefined)
        throw new QinqiaoError('bad_request', { fields: { sm3: 'required' } });
      const id = newId();
      const file = await files.write(id, request.stream);
      try {
        return await addIntake(request.db, clock, { id, about: request.query, file, actor: officerActor(request) });
      } catch (error) {
        await files.remove(id);
        throw error;
      }
    },
    listAudioIntakes: ({ db, query }) => listIntakes(db, query),
    getAudioIntake: ({ db, params }) => getIntake(db, params.id),
  };
}
