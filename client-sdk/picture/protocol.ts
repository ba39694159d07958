import type { MaskPolicy, MaskReport } from '@qinqiao/contracts';
import type { FaceBox } from './people-in.ts';

/** A picture handed to a helper: RGBA, rows from the top. */
export interface HelperImage {
  job: number;
  width: number;
  height: number;
  pixels: ArrayBuffer;
}

export interface PictureSize {
  width: number;
  height: number;
}

/** What a helper answers through its port. `mask`: certainty of the person, one byte per point. */
export type SegmenterAnswer = { type: 'ready' } | { type: 'mask'; job: number; mask: ArrayBuffer } | { type: 'failed'; detail: string };
export type FaceAnswer = { type: 'ready' } | { type: 'faces'; job: number; faces: FaceBox[] } | { type: 'failed'; detail: string };

/** The first message to a helper worker. */
export interface HelperStart {
  port: MessagePort;
  /** Folder of the models, with a slash at its end. */
  assets: string;
}

export type PumpOrder =
  | { type: 'start'; writable: WritableStream<VideoFrame>; policy: MaskPolicy }
  | { type: 'camera'; readable: ReadableStream<VideoFrame>; size: PictureSize | null }
  | { type: 'noCamera' }
  | { type: 'segmenter'; port: MessagePort }
  | { type: 'faces'; port: MessagePort }
  | { type: 'policy'; policy: MaskPolicy }
  | { type: 'visible'; visible: boolean }
  | { type: 'failed' };

/** Said several times a second: it is also how the page knows that the worker lives. */
export interface PumpReport extends MaskReport {
  /** Milliseconds from a frame to its masked picture, lately. */
  costMs: number;
}

export const HELPERS = ['segmenter', 'faces'] as const;
export type HelperName = (typeof HELPERS)[number];
