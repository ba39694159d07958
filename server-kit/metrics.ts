import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The process's metrics in Prometheus form, served at /metrics. */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

export { Counter, Gauge, Histogram };
