import { z } from 'zod';
import { Instant } from '../ids.ts';
import { OptionalText, RequiredText } from '../person-fields.ts';
import { Flag, IdParams, list, OFFICER, Page, type RestEndpoint } from './endpoint.ts';

/** Whose voice is on which channel; mixed: all on one, nobody knows who speaks. */
export const AudioChannels = z.enum(['mixed', 'inmate_left', 'inmate_right']);
export type AudioChannels = z.infer<typeof AudioChannels>;
export const IntakeKind = z.enum(['visit', 'phone']);
export type IntakeKind = z.infer<typeof IntakeKind>;
export const IntakeState = z.enum(['queued', 'running', 'done', 'failed']);
export type IntakeState = z.infer<typeof IntakeState>;

/**
 * Why a file was not taken in. not_audio: no sound that can be decoded · truncated: it breaks off before the end it names · too_short ·
 * too_long · one_channel: two were promised · system: it could not be worked on, and may be sent again
 */
export const IntakeFault = z.enum(['not_audio', 'truncated', 'too_short', 'too_long', 'one_channel', 'system']);
export type IntakeFault = z.infer<typeof IntakeFault>;

/** A file that came from outside, and what has become of it. */
export const AudioIntakeView = z.object({
  /** Of the conversation too, once it is there. */
  id: z.string(),
  kind: IntakeKind,
  inmateName: z.string(),
  inmateNumber: z.string(),
  otherParty: z.string(),
  relation: z.string(),
  startedAt: Instant,
  channels: AudioChannels,
  fileName: z.string(),
  bytes: z.number(),
  durationMs: z.number().nullable(),
  state: IntakeState,
  fault: IntakeFault.nullable(),
  officerName: z.string(),
  createdAt: Instant,
});
export type AudioIntakeView = z.infer<typeof AudioIntakeView>;

/** What is said of a file beside its bytes. */
export const AudioIntakeAbout = z
  .object({
    /** The file's name. */
    name: RequiredText(200),
    kind: IntakeKind,
    inmateId: z.string().min(1).max(32),
    /** A family member of the inmate; left out for anybody else, who is then named. */
    familyId: z.string().min(1).max(32).optional(),
    otherParty: OptionalText(64),
    relation: OptionalText(32),
    startedAt: Instant,
    channels: AudioChannels.default('mixed'),
    /** SM3 of the file, hexadecimal. Programs must give it, as their signature covers this address and not the file; officers need not. */
    sm3: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    /** The same file of the same inmate is taken only once; with this, again. */
    again: Flag.default(false),
  })
  .superRefine(({ familyId, otherParty }, context) => {
    if (familyId === undefined && otherParty === '') context.addIssue({ code: 'custom', path: ['otherParty'], message: 'required' });
  });
export type AudioIntakeAbout = z.infer<typeof AudioIntakeAbout>;

export const MOST_AUDIO_BYTES = 1_000_000_000;
export const LONGEST_AUDIO_MS = 6 * 3600_000;

/** Recordings of visits on site and of family phone calls that are taken in as files. */
export const audioIntakeRest = {
  /** Takes any audio file that ffmpeg can read (wav, mp3, m4a, ogg, amr …); it is checked and converted in the background. */
  takeInAudio: {
    method: 'post',
    path: '/api/audio-intakes',
    roles: OFFICER,
    permission: 'audio.import',
    clients: true,
    file: 'in',
    query: AudioIntakeAbout,
    response: AudioIntakeView,
  },
  /** The newest first. */
  listAudioIntakes: {
    method: 'get',
    path: '/api/audio-intakes',
    roles: OFFICER,
    permission: 'audio.import',
    clients: true,
    query: Page.extend({ state: IntakeState.optional() }),
    response: list(AudioIntakeView),
  },
  getAudioIntake: {
    method: 'get',
    path: '/api/audio-intakes/:id',
    roles: OFFICER,
    permission: 'audio.import',
    clients: true,
    params: IdParams,
    response: AudioIntakeView,
  },
} as const satisfies Record<string, RestEndpoint>;
