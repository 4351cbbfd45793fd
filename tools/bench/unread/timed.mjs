import { cpuSeconds } from '../process-cpu.mjs';
import { quantile } from '../rounds.mjs';

/**
 * Does `once(at)` so many times, one after the other, and resolves with figures by the names of rows.mjs: latency, and CPU of
 * Redis and of the process `pid`, if there is one.
 */
export async function timed({ times, redisPid, pid, once }) {
  const before = { redis: cpuSeconds(redisPid), server: pid && cpuSeconds(pid) };
  const latencies = [];
  for (let at = 0; at < times; at += 1) {
    const beganMs = performance.now();
    await once(at);
    latencies.push(performance.now() - beganMs);
  }
  const figures = { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
  if (before.redis === undefined) return figures;
  const each = (pidOf, since) => ((cpuSeconds(pidOf) - since) / times) * 1e6;
  return {
    ...figures,
    'redis-cpu': each(redisPid, before.redis),
    ...(pid ? { 'server-cpu': each(pid, before.server) } : {}),
  };
}
