import type { MetricFamily } from './metrics.ts';

/** What the system says about this process, under the names that every client library of Prometheus uses. */
export function processMetrics(): MetricFamily[] {
  const { rss, heapUsed, heapTotal, arrayBuffers } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const startedSeconds = Date.now() / 1000 - process.uptime();
  return [
    family(
      'process_cpu_seconds_total',
      'counter',
      'CPU time in user and system mode.',
      (user + system) / 1e6,
    ),
    family(
      'process_start_time_seconds',
      'gauge',
      'Start of the process, since the Unix epoch.',
      startedSeconds,
    ),
    family('process_resident_memory_bytes', 'gauge', 'Memory that is resident.', rss),
    family('nodejs_heap_size_used_bytes', 'gauge', 'JavaScript heap in use.', heapUsed),
    family('nodejs_heap_size_total_bytes', 'gauge', 'JavaScript heap that is reserved.', heapTotal),
    family('nodejs_external_memory_bytes', 'gauge', 'Buffers outside the JavaScript heap.', arrayBuffers),
  ];
}

function family(name: string, type: 'counter' | 'gauge', help: string, value: number): MetricFamily {
  return { name, help, type, samples: [{ value }] };
}
