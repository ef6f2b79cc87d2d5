import { expect, test } from 'vitest';
import { prometheusText } from '../../platform/metrics.ts';
import { processMetrics } from '../../platform/process-metrics.ts';

test('families are written with help, type and a line for each sample; quotes, backslashes and line ends are escaped', () => {
  const text = prometheusText([
    {
      name: 'reads_total',
      type: 'counter',
      help: 'Reads.\nAll \\ of them.',
      samples: [{ value: 3 }, { labels: { topic: 'a"b\\c', partition: '0' }, value: 1.5 }],
    },
    { name: 'empty', type: 'gauge', help: 'Nothing.', samples: [] },
    {
      name: 'time_ms',
      type: 'summary',
      help: 'Time.',
      samples: [
        { labels: { quantile: '0.5' }, value: Number.NaN },
        { part: 'sum', value: Number.POSITIVE_INFINITY },
        { part: 'count', value: 0 },
      ],
    },
  ]);
  expect(text.split('\n')).toEqual([
    '# HELP reads_total Reads.\\nAll \\\\ of them.',
    '# TYPE reads_total counter',
    'reads_total 3',
    'reads_total{topic="a\\"b\\\\c",partition="0"} 1.5',
    '# HELP time_ms Time.',
    '# TYPE time_ms summary',
    'time_ms{quantile="0.5"} NaN',
    'time_ms_sum +Inf',
    'time_ms_count 0',
    '',
  ]);
});

test('the process tells its memory and CPU time', () => {
  const values = new Map(processMetrics().map(({ name, samples }) => [name, samples[0]?.value ?? 0]));
  expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(values.get('process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(values.get('process_start_time_seconds')).toBeLessThanOrEqual(Date.now() / 1000);
});
