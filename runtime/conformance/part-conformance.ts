import type { Clock } from '../../platform/clock.ts';
import { keepAlive } from '../../platform/keep-alive.ts';
import { type FlatConfig, type Plugin, requirePluginConfig } from '../plugin/index.ts';
import { type ConformanceCheck, ConformanceError, type ExampleCheck } from './check.ts';
import { configChecks } from './config-checks.ts';
import { converterExamples, headerConverterExamples } from './converter-examples.ts';
import { predicateExamples, transformExamples } from './transform-examples.ts';

type Part = Exclude<Plugin, { readonly kind: 'source' | 'sink' }>;

/** The checks of a transform, predicate or converter: its config, and its `tests`. */
export function partConformance(plugin: Plugin, clock: Clock): readonly ConformanceCheck[] {
  if (plugin.kind === 'source' || plugin.kind === 'sink') return [undescribed(plugin)];
  const examples = examplesOf(plugin);
  const none = examples.length === 0 ? 'the plugin has no tests' : undefined;
  return [
    ...configChecks.map(({ name, run }) => ({
      name,
      // Without an example there may be no config that is right.
      notApplicable: isRightByDefault(plugin) ? undefined : none,
      run: async () => run(plugin, validConfig(plugin)),
    })),
    ...(none === undefined
      ? []
      : [{ name: 'example: there is one', notApplicable: none, run: () => Promise.resolve() }]),
    ...examples.map(({ name, run }) => ({ name, notApplicable: undefined, run: () => alive(run(clock)) })),
  ];
}

function undescribed({ kind, name }: Plugin): ConformanceCheck {
  const make = kind === 'source' ? 'describeSource' : 'describeSink';
  return {
    name: 'description: the kit knows how to exercise the plugin',
    notApplicable: undefined,
    run: () =>
      Promise.reject(
        new ConformanceError(
          `a description of the ${kind} ${name}`,
          `there is none: export ${make}({ ... }) from conformance.ts beside it`,
        ),
      ),
  };
}

async function alive(work: Promise<void>): Promise<void> {
  const rest = keepAlive();
  try {
    await work;
  } finally {
    rest();
  }
}

function examplesOf(plugin: Part): readonly ExampleCheck[] {
  switch (plugin.kind) {
    case 'transform':
      return transformExamples(plugin);
    case 'predicate':
      return predicateExamples(plugin);
    case 'converter':
      return converterExamples(plugin);
    case 'header_converter':
      return headerConverterExamples(plugin);
  }
}

/** The config of the first example, as text. */
function validConfig({ config, tests }: Pick<Part, 'config' | 'tests'>): FlatConfig {
  const given = tests?.[0]?.config ?? {};
  const flat = Object.entries(given).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.join(',') : String(value),
  ]);
  // What the runtime adds for converters.
  const type = Object.hasOwn(config.properties, 'converter.type') ? { 'converter.type': 'value' } : {};
  return { ...type, ...Object.fromEntries(flat) };
}

/** Whether a config without any key is accepted. */
function isRightByDefault(plugin: Part): boolean {
  try {
    requirePluginConfig(plugin, validConfig({ config: plugin.config }));
    return true;
  } catch {
    return false;
  }
}
