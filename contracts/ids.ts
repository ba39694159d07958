import { z } from 'zod';

const id = <Brand extends string>(_brand: Brand) => z.string().min(1).max(64).brand<Brand>();

export const CallId = id('CallId');
export type CallId = z.infer<typeof CallId>;
export const ParticipantId = id('ParticipantId');
export type ParticipantId = z.infer<typeof ParticipantId>;
/** One published audio or video stream of one participant; a new one is made each time the participant publishes anew. */
export const TrackId = id('TrackId');
export type TrackId = z.infer<typeof TrackId>;
export const OfficerId = id('OfficerId');
export type OfficerId = z.infer<typeof OfficerId>;
export const InmateId = id('InmateId');
export type InmateId = z.infer<typeof InmateId>;
export const FamilyId = id('FamilyId');
export type FamilyId = z.infer<typeof FamilyId>;
export const PrisonId = id('PrisonId');
export type PrisonId = z.infer<typeof PrisonId>;
export const WardId = id('WardId');
export type WardId = z.infer<typeof WardId>;
export const RoomId = id('RoomId');
export type RoomId = z.infer<typeof RoomId>;
export const DeviceId = id('DeviceId');
export type DeviceId = z.infer<typeof DeviceId>;

/** An instant in UTC as ISO 8601 text with milliseconds, e.g. 2026-11-20T08:00:00.000Z. */
export const Instant = z.iso.datetime({ precision: 3 });
export type Instant = z.infer<typeof Instant>;

/** A text in the product's two languages. */
export const Localised = z.object({ zh: z.string(), en: z.string() });
export type Localised = z.infer<typeof Localised>;
