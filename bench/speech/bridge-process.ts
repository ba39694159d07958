// A bridge in a process of its own that says how it is when asked. Configured by the environment.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import '@qinqiao/asr-bridge/testing/run-bridge';

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const ms = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;

process.on('message', (wish) => {
  if (wish === 'begin') return delay.reset();
  const usage = process.cpuUsage();
  process.send?.({
    cpuSeconds: (usage.user + usage.system) / 1e6,
    memoryMb: Math.round(process.memoryUsage().rss / 1e6),
    eventLoopMs: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
  });
});
