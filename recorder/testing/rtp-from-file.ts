import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RtpAddress, TapTrack } from '@qinqiao/contracts';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';

export interface SendFileOptions {
  file: string;
  /** Which tracks of the file go out, and as what. */
  tracks: TapTrack[];
  to: RtpAddress;
  /** Where ffmpeg's own RTCP goes; nowhere without. */
  rtcpPort?: number;
}

/** Sends a file's audio and video as RTP, packed by ffmpeg without encoding anew. Answers the process that does it. */
export async function sendFile({ file, tracks, to, rtcpPort = 9 }: SendFileOptions): Promise<ChildProcess> {
  const ffmpeg = await findFfmpeg(process.env['FFMPEG_PATH'] ?? null);
  const outputs = tracks.flatMap(({ kind, ssrc, codec }) => [
    '-map',
    `0:${kind[0]}:0`,
    '-c',
    'copy',
    '-ssrc',
    String(ssrc),
    '-payload_type',
    String(codec.payloadType),
    '-f',
    'rtp',
    `rtp://${to.ip}:${to.port}?rtcpport=${rtcpPort}&pkt_size=1200`,
  ]);
  const args = ['-nostdin', '-v', 'error', '-re', '-i', file, ...outputs];
  return spawn(ffmpeg, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Waits for a process to end. Answers its exit code, or null when it was killed. */
export async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}
