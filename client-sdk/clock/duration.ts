const two = (n: number) => String(n).padStart(2, '0');

/** Milliseconds as `mm:ss`, or `h:mm:ss` from one hour on. Negative counts as zero. */
export function formatDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** A countdown: the last second shows as 00:01 until it is over. */
export const formatCountdown = (ms: number): string => formatDuration(Math.ceil(ms / 1000) * 1000);
