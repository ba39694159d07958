import { readFileSync } from 'node:fs';

const CLOCK_TICKS_PER_S = 100;

export interface Usage {
  /** CPU seconds of a process with all its threads. */
  own: number;
  /** Of the children it has waited for. */
  children: number;
  /** Bytes it gave to be written. */
  written: number;
}

/** What a process has used so far (Linux: proc(5)). */
export function usageOf(pid: number): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').map(Number) ?? [];
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  const written = Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  return { own: (user + system) / CLOCK_TICKS_PER_S, children: (childUser + childSystem) / CLOCK_TICKS_PER_S, written };
}

export function since(before: Usage, now: Usage): Usage {
  return { own: now.own - before.own, children: now.children - before.children, written: now.written - before.written };
}

/** Memory a process holds, in MB. */
export const rssMb = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
