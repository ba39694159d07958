import type { CombineInput } from './combine.ts';

/**
 * Each voice from second 0, silence where it has none, and in step with its time stamps; then all together. Resampling from the
 * beginning (flags=res), as ffmpeg loses the time when it begins to on the way.
 */
export function voicesGraph(inputs: readonly CombineInput[], rate: number): string[] {
  const audios = [...inputs.entries()];
  const voices = audios.map(
    ([index], i) => `[${index}:a]aresample=${rate}:async=1000:first_pts=0:flags=res,aformat=channel_layouts=mono[voice${i}]`,
  );
  const all = audios.map((_, i) => `[voice${i}]`).join('');
  return [...voices, `${all}amix=inputs=${audios.length}:duration=longest:normalize=0,apad[audio]`];
}
