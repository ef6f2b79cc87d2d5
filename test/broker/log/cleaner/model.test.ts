import { expect, test } from 'vitest';
import { CleanerFixture } from './cleaner-fixture.ts';

/** What a reader from offset 0 ends up with. */
function table(records: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const record of records) {
    const [key = '', value = ''] = record.slice(record.indexOf(':') + 1).split('=');
    if (value === 'null') values.delete(key);
    else values.set(key, value);
  }
  return values;
}

for (const seed of [1, 2, 3, 4]) {
  test(`B35: with random appends, cleanings, restarts and power cuts the log is a table of the last values (seed ${seed})`, async () => {
    const configs = {
      'internal.segment.bytes': String(200 + 150 * seed),
      'index.interval.bytes': '150',
      'delete.retention.ms': seed % 2 === 0 ? '0' : '3000',
      'min.compaction.lag.ms': seed % 3 === 0 ? '500' : '0',
    };
    const fixture = new CleanerFixture(configs, seed);
    const { entropy } = fixture.platform;
    const model = new Map<string, string>();
    const appended = new Map<number, string>();
    let removed = 0;
    for (let step = 0; step < 140; step++) {
      const action = entropy.below(20);
      if (action < 14) {
        const key = `k${entropy.below(12)}`;
        const values = Array.from({ length: 1 + entropy.below(3) }, (_, i) =>
          entropy.below(6) === 0 ? null : `${step}.${i}`,
        );
        const codec = (['none', 'none', 'gzip', 'lz4'] as const)[entropy.below(4)];
        const base = fixture.append(values, { key, codec });
        for (const [i, value] of values.entries()) {
          appended.set(base + i, `${base + i}:${key}=${value}`);
          if (value === null) model.delete(key);
          else model.set(key, value);
        }
        await fixture.platform.settle();
      } else if (action < 16) {
        await fixture.platform.runFor(entropy.below(1500));
      } else if (action < 18) {
        const before = fixture.readAll().length;
        await fixture.cleaner.clean();
        removed += before - fixture.readAll().length;
      } else if (action === 18) await fixture.restart();
      else fixture.crash((['nothing', 'prefix', 'torn', 'pages'] as const)[entropy.below(4)]);
      const records = fixture.readAll();
      expect(table(records), `step ${step}`).toEqual(model);
      let last = -1;
      for (const record of records) {
        const offset = Number(record.slice(0, record.indexOf(':')));
        expect(offset, `step ${step}`).toBeGreaterThan(last);
        expect(record, `step ${step}`).toBe(appended.get(offset));
        last = offset;
      }
      expect(fixture.log.logEndOffset).toBe(appended.size);
    }
    expect(removed).toBeGreaterThan(10);
  });
}
