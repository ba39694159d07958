import {
  type CallId,
  type ParticipantId,
  QinqiaoError,
  type RecordingView,
  type TranscriptionReason,
  type TranscriptSegment,
  type WordAlert,
} from '@qinqiao/contracts';
import { openRecordingFile, type PlaybackDeps, recordingView } from '@qinqiao/domain/recordings';
import { type Lane, lanesOf } from '@qinqiao/domain/speech';
import {
  type HeardTrack,
  heardTracks,
  type OfflineResult,
  textAround,
  type TranscriptGap,
  transcriptGaps,
} from '@qinqiao/domain/transcripts';
import type { Clock, Db } from '@qinqiao/server-kit';
import { SAMPLES_PER_MS } from '../audio/time-map.ts';
import type { OfflineStream } from '../engine/pool.ts';
import type { BridgeSettings } from '../settings.ts';
import type { LookFor } from '../transcript/word-watch.ts';
import { type Listened, listen } from './listen.ts';
import { readSound } from './sound.ts';

/** Heard before and after a gap, so that the words at its edges are understood. */
const AROUND_MS = 1000;
/** So much of a gap may lie outside of what was recorded. */
const TOLERANCE_MS = 500;

export interface TranscribeDeps extends PlaybackDeps {
  db: Db;
  clock: Clock;
  settings: BridgeSettings;
  ffmpeg: string;
}

export interface TranscribeOptions {
  conversationId: CallId;
  reason: TranscriptionReason;
  stream: OfflineStream;
  lookFor: () => LookFor;
  signal: AbortSignal;
  /** 0…1. */
  onProgress(share: number): void;
}

export interface Transcribed extends OfflineResult {
  alerts: WordAlert[];
}

/** Marks of one speaker that touch or lie over one another, as after a crash in an outage: heard once. */
interface Hole extends Omit<TranscriptGap, 'id' | 'tried'> {
  ids: string[];
}

/** One stretch of one speaker that is to be heard. */
interface Task {
  lane: Lane;
  /** Null: the whole file. */
  gap: Hole | null;
  fromMs: number;
  toMs: number;
}

/**
 * Transcribes what of a conversation's recording nobody has heard: its gaps, or all of it. Nothing is stored here. Throws `not_found` when there is no
 * sound, what reading the recording throws, Error when the engine stays away.
 */
export async function transcribe(deps: TranscribeDeps, options: TranscribeOptions): Promise<Transcribed> {
  const { conversationId, reason } = options;
  const view = await recordingView(deps.db, conversationId, () => '');
  const tracks = await heardTracks(deps.db, conversationId);
  const lanes = lanesOf(view, tracks);
  if (lanes.length === 0) throw new QinqiaoError('not_found', { detail: 'the recording has no sound' });
  const holes = reason === 'gap' ? holesOf((await transcriptGaps(deps.db, conversationId)).filter(({ tried }) => !tried)) : [];
  const tasks = reason === 'gap' ? holes.flatMap((hole) => tasksOf(hole, lanes)) : lanes.map(wholeOf);
  const all = tasks.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  let done = 0;
  const heard: { task: Task; listened: Listened }[] = [];
  for (const task of tasks) {
    const onHeard = (ms: number) => options.onProgress(Math.min(1, (done + ms) / Math.max(1, all)));
    heard.push({ task, listened: await hear(deps, options, task, onHeard) });
    done += task.toMs - task.fromMs;
  }
  const segments = heard.flatMap(({ listened }) => listened.segments);
  const alerts = heard.flatMap(({ listened }) => listened.alerts);
  const closed = holes.filter((hole) => isClosed(hole, heard, view)).flatMap(({ ids }) => ids);
  const left = holes.flatMap(({ ids }) => ids).filter((id) => !closed.includes(id));
  // Text is only taken away where there is other text in its place.
  const replaced = reason === 'gap' ? [] : [...new Set(segments.flatMap((segment) => idsOf(segment, lanes, tracks)))];
  return { closed, left, replaced, segments, alerts };
}

/** All ids under which a speaker is in the transcript, who may have come back under another; companions are each their own. */
function idsOf({ participantId, speaker }: TranscriptSegment, lanes: readonly Lane[], tracks: readonly HeardTrack[]): ParticipantId[] {
  const areSeveral = lanes.some((lane) => lane.speaker === speaker && lane.label.startsWith('companion'));
  return areSeveral
    ? [participantId]
    : [participantId, ...tracks.filter((track) => track.speaker === speaker).map((track) => track.participantId)];
}

function holesOf(gaps: readonly TranscriptGap[]): Hole[] {
  const holes: Hole[] = [];
  for (const { id, participantId, speaker, startMs, endMs } of gaps) {
    const before = holes.find((hole) => hole.participantId === participantId && hole.endMs >= startMs);
    if (!before) holes.push({ ids: [id], participantId, speaker, startMs, endMs });
    else {
      before.ids.push(id);
      before.endMs = Math.max(before.endMs, endMs);
    }
  }
  return holes;
}

const wholeOf = (lane: Lane): Task => ({ lane, gap: null, fromMs: lane.startMs, toMs: lane.startMs + lane.durationMs });

/** Of the speaker whose gap it is, each file that reaches into it. */
function tasksOf(gap: Hole, lanes: readonly Lane[]): Task[] {
  const own = lanes.filter((lane) => lane.participantId === gap.participantId);
  const theirs = own.length > 0 ? own : lanes.filter((lane) => lane.speaker === gap.speaker && !lane.label.startsWith('companion'));
  return theirs.flatMap((lane) => {
    const fromMs = Math.max(lane.startMs, gap.startMs - AROUND_MS);
    const toMs = Math.min(lane.startMs + lane.durationMs, gap.endMs + AROUND_MS);
    return toMs - Math.max(fromMs, gap.startMs) > 0 ? [{ lane: { ...lane, participantId: gap.participantId }, gap, fromMs, toMs }] : [];
  });
}

/** The whole gap was recorded, and the engine has heard all of it. */
function isClosed(gap: Hole, heard: readonly { task: Task; listened: Listened }[], { gaps }: RecordingView): boolean {
  const own = heard.filter(({ task }) => task.gap === gap);
  const covers = ({ task, listened }: { task: Task; listened: Listened }) =>
    task.fromMs <= gap.startMs + TOLERANCE_MS &&
    task.toMs >= gap.endMs - TOLERANCE_MS &&
    listened.heardMs >= task.toMs - task.fromMs - TOLERANCE_MS &&
    listened.unheardMs <= TOLERANCE_MS;
  const labels = new Set(own.map(({ task }) => task.lane.label));
  const lost = gaps.filter((one) => one.kind === 'audio' && one.cause !== 'away' && labels.has(one.participant));
  const lostMs = lost.reduce((sum, one) => sum + Math.max(0, Math.min(one.toMs, gap.endMs) - Math.max(one.fromMs, gap.startMs)), 0);
  return own.some(covers) && lostMs <= TOLERANCE_MS;
}

async function hear(deps: TranscribeDeps, options: TranscribeOptions, task: Task, onHeard: (ms: number) => void): Promise<Listened> {
  const { lane, gap, fromMs, toMs } = task;
  const { conversationId, stream, lookFor, signal } = options;
  const file = await openRecordingFile(deps, conversationId, lane.file);
  const content = file.read(0, file.bytes);
  const sound = readSound({ ffmpeg: deps.ffmpeg, content, channel: lane.channel, signal });
  return listen({
    stream,
    speaker: { callId: conversationId, participantId: lane.participantId, speaker: lane.speaker },
    fromMs,
    within: gap && { fromMs: gap.startMs, toMs: gap.endMs, ...(await textAround(deps.db, conversationId, gap)) },
    sound: stretchOf(sound, fromMs - lane.startMs, toMs - lane.startMs),
    lookFor,
    settings: deps.settings,
    clock: deps.clock,
    signal,
    onHeard,
  });
}

/** The sound between two milliseconds of the file. */
async function* stretchOf(sound: AsyncIterable<Int16Array>, fromMs: number, toMs: number): AsyncGenerator<Int16Array> {
  const [from, to] = [Math.round(fromMs * SAMPLES_PER_MS), Math.round(toMs * SAMPLES_PER_MS)];
  let at = 0;
  for await (const pcm of sound) {
    const part = pcm.subarray(Math.max(0, from - at), Math.max(0, to - at));
    at += pcm.length;
    if (part.length > 0) yield part.slice();
    if (at >= to) return;
  }
}
