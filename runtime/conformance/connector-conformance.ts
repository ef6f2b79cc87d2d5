import type { Conformance, SinkConformance } from '../plugin/index.ts';
import { Bench } from './bench.ts';
import type { ConformanceCheck } from './check.ts';
import type { CheckSpec } from './check-spec.ts';
import { configChecks } from './config-checks.ts';
import { connectorChecks } from './connector-checks.ts';
import type { ConformanceHost, ConformanceOptions } from './host.ts';
import { secretKeys } from './secret-keys.ts';
import { sinkChecks } from './sink-checks.ts';
import { isExact } from './sink-runs.ts';
import { sourceChecks } from './source-checks.ts';

/** All checks of a source or sink, those that do not apply among them. */
export function connectorConformance(
  description: Conformance,
  host: ConformanceHost,
  options: ConformanceOptions,
): readonly ConformanceCheck[] {
  const use = (work: (bench: Bench) => Promise<void>) => Bench.use(description, { host, options }, work);
  const config = configChecks.map(
    ({ name, run }): ConformanceCheck => ({
      name,
      notApplicable: excused(description, name),
      run: () =>
        use(async ({ world, place }) =>
          run(description.plugin, { topic: place.topic, ...description.config(world, place) }),
        ),
    }),
  );
  const own =
    description.kind === 'source-conformance'
      ? bound(sourceChecks, description, use)
      : bound(sinkChecks, description, use);
  return [...config, ...bound(connectorChecks, description, use), ...own];
}

function bound<D extends Conformance>(
  specs: readonly CheckSpec<D>[],
  description: D,
  use: (work: (bench: Bench) => Promise<void>) => Promise<void>,
): readonly ConformanceCheck[] {
  return specs.map(({ name, needs, run }) => ({
    name,
    notApplicable:
      excused(description, name) ??
      (needs !== undefined && description[needs] === undefined
        ? `the description has no ${needs}()`
        : reasonOf(description, name)),
    run: () => use((bench) => run(bench, description)),
  }));
}

/** What the description says. */
function excused({ notApplicable }: Conformance, name: string): string | undefined {
  return notApplicable?.[name.slice(0, name.indexOf(':'))];
}

/** What the plugin itself says. */
function reasonOf(description: Conformance, name: string): string | undefined {
  if (name.startsWith('secrets') && secretKeys(description.plugin.config).length === 0)
    return 'no key is secret';
  if (name.startsWith('repeat') && !isExact(description as SinkConformance))
    return 'the sink neither keeps offsets (committedOffsets) nor is idempotent';
  return undefined;
}
