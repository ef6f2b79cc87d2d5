import type { Clock } from '../../platform/clock.ts';
import { keepAlive } from '../../platform/keep-alive.ts';
import type { FlatConfig, Plugin } from '../plugin/index.ts';
import type { ConformanceCheck } from './check.ts';
import { configChecks } from './config-checks.ts';
import { converterExamples, headerConverterExamples } from './converter-examples.ts';
import { predicateExamples, transformExamples } from './transform-examples.ts';

/** What an example of a plugin that is no connector comes to. */
export interface ExampleCheck {
  readonly name: string;
  run(clock: Clock): Promise<void>;
}

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
      notApplicable: hasRequired(plugin) ? none : undefined,
      run: async () => run(plugin, validConfig(plugin)),
    })),
    ...(none === undefined ? [] : [{ name: 'example', notApplicable: none, run: () => Promise.resolve() }]),
    ...examples.map(({ name, run }) => ({ name, notApplicable: undefined, run: () => alive(run(clock)) })),
  ];
}

function undescribed({ kind, name }: Plugin): ConformanceCheck {
  const [make, file] = [kind === 'source' ? 'describeSource' : 'describeSink', 'conformance.ts'];
  return {
    name: 'description: the kit knows how to exercise the plugin',
    notApplicable: `nothing describes the ${kind} ${name}: export ${make}({ ... }) from ${file} beside it`,
    run: () => Promise.resolve(),
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
function validConfig({ config, tests }: Part): FlatConfig {
  const given = tests?.[0]?.config ?? {};
  const flat = Object.entries(given).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.join(',') : String(value),
  ]);
  // What the runtime adds for converters.
  const type = Object.hasOwn(config.properties, 'converter.type') ? { 'converter.type': 'value' } : {};
  return { ...type, ...Object.fromEntries(flat) };
}

function hasRequired({ config }: Part): boolean {
  return (config.required ?? []).some((key) => key !== 'converter.type');
}
