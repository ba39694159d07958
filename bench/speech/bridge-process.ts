// A bridge in a process of its own that says how it is when asked. Configured by the environment.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import '@qinqiao/asr-bridge/testing/run-bridge';

const RESOLUTION_MS = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
/** How late the loop's timer came. */
const ms = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e4 - RESOLUTION_MS * 100) / 100);

process.on('message', (wish) => {
  if (wish === 'begin') return delay.reset();
  const usage = process.cpuUsage();
  process.send?.({
    cpuSeconds: (usage.user + usage.system) / 1e6,
    memoryMb: Math.round(process.memoryUsage().rss / 1e6),
    eventLoopMs: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
  });
});
