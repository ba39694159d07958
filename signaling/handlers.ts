import { type CallRequestName, type CallRequestOutput, callRequests, QinqiaoError } from '@qinqiao/contracts';
import type { z } from 'zod';
import type { LiveCall } from './live-call.ts';
import type { Participant } from './participant.ts';

/** Where a joined participant stands. */
export interface Place {
  call: LiveCall;
  participant: Participant;
}

type Joined = Exclude<CallRequestName, 'call:join' | 'call:ping'>;
type Handler<Name extends Joined> = (
  place: Place,
  input: z.output<(typeof callRequests)[Name]['input']>,
) => Promise<CallRequestOutput<Name>>;

const done = async (act: Promise<unknown>): Promise<Record<string, never>> => {
  await act;
  return {};
};

/** What a participant may ask once it has joined. */
export const handlers: { [Name in Joined]: Handler<Name> } = {
  'call:leave': ({ call, participant }) => done(call.leave(participant)),
  'media:connect': ({ call, participant }, { transportId, dtlsParameters }) =>
    done(call.media.connect(participant, transportId, dtlsParameters)),
  'media:produce': ({ call, participant }, input) => call.media.produce(participant, input),
  'media:ready': ({ call, participant }, { consumerId }) => done(call.media.ready(participant, consumerId)),
  'media:unproduce': ({ call, participant }, { producerId }) => done(call.media.unproduce(participant, producerId)),
  'media:restartIce': async ({ call, participant }, { transportId }) => ({
    iceParameters: await call.media.restartIce(participant, transportId),
  }),
  'picture:mask': ({ call }, report) => {
    call.mask.take(report);
    return Promise.resolve({});
  },
  'officer:interject': ({ call, participant }, { on }) => done(call.interject(participant, on)),
  'officer:message': ({ call, participant }, { text }) => call.message(participant, text),
  'officer:extend': ({ call, participant }, { minutes }) => call.act(participant, { type: 'extended', minutes }),
  'officer:hold': ({ call, participant }) => call.act(participant, { type: 'held', cause: 'officer' }),
  'officer:resume': ({ call, participant }) => call.act(participant, { type: 'resumed', cause: 'officer' }),
  'officer:holdPicture': ({ call, participant }, { party }) => call.act(participant, { type: 'pictureHeld', party }),
  'officer:releasePicture': ({ call, participant }, { party }) => call.act(participant, { type: 'pictureReleased', party }),
  'officer:cutOff': ({ call, participant }, { reason }) => call.act(participant, { type: 'cutOff', note: reason }),
};

/** Whether this is a request at all. */
export const isRequest = (name: string): name is CallRequestName => Object.hasOwn(callRequests, name);

/** Refuses what only officers may do, and what only the inmate's tablet can say. Throws `forbidden`. */
export function assertAllowed(name: CallRequestName, participant: Participant): void {
  if (name.startsWith('officer:') && participant.role !== 'officer') throw new QinqiaoError('forbidden');
  if (name === 'picture:mask' && participant.role !== 'inmate') throw new QinqiaoError('forbidden');
}
