import type { ParticipantId, RecordingView, Speaker } from '@qinqiao/contracts';

/** One speaker's sound in a recording: a file, or one channel of it. */
export interface Lane {
  file: string;
  /** Which channel of the file; null: all of them together. */
  channel: 0 | 1 | null;
  /** Millisecond of the conversation at which the file begins, and how long it is. */
  startMs: number;
  durationMs: number;
  participantId: ParticipantId;
  speaker: Speaker;
  /** As the recording names who is heard. */
  label: string;
}

type Heard = readonly { participantId: ParticipantId; speaker: Speaker }[];

/**
 * Who is heard in which file of a recording. Of a file with two speakers the left channel is the first that its name says (`inmate+family`); several
 * voices in one channel (`mixed`) belong to nobody known. `heard`: under which ids speakers are in the transcript already.
 */
export function lanesOf({ files }: Pick<RecordingView, 'files'>, heard: Heard): Lane[] {
  const sounds = files.filter(({ kind }) => kind === 'audio');
  return sounds.flatMap(({ name, participant, startMs, durationS }) => {
    const labels = participant.split('+');
    return labels.map((label, index): Lane => {
      const speaker = speakerOf(label);
      const known = label.startsWith('companion') ? undefined : heard.find((one) => one.speaker === speaker);
      const channel = labels.length === 2 ? (index as 0 | 1) : null;
      const participantId = known?.participantId ?? (label as ParticipantId);
      return { file: name, channel, startMs, durationMs: Math.round(durationS * 1000), participantId, speaker, label };
    });
  });
}

function speakerOf(label: string): Speaker {
  if (label.startsWith('inmate')) return 'inmate';
  if (label.startsWith('officer')) return 'officer';
  return label.startsWith('family') || label.startsWith('companion') ? 'family' : 'unknown';
}
