import type { Clock } from '../../../platform/clock.ts';
import { StreamError } from '../../../platform/errors.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { builtInConverters, openConverter, openHeaderConverter } from '../../../runtime/converters/index.ts';
import {
  convertValue,
  makeSchema,
  type PrimitiveType,
  parseHeaderValue,
  projectValue,
  type Schema,
  type SchemaAndValue,
  schemas,
  valueToText,
} from '../../../runtime/data/index.ts';
import {
  createContext,
  PluginRegistry,
  requirePluginConfig,
  validateConfig,
} from '../../../runtime/plugin/index.ts';
import { builtInPredicates } from '../../../runtime/predicates/index.ts';
import {
  builtInTransforms,
  openTransformChain,
  TransformationError,
} from '../../../runtime/transforms/index.ts';
import {
  describeRecord,
  describeSchema,
  describeValue,
  type RecordJson,
  readRecord,
  readSchema,
  readValue,
  type SchemaJson,
  type ValueJson,
} from './description.ts';
import type { Question } from './questions.ts';

/** What one side says to a {@link Question}: the keys that the subject has. */
export interface Answer {
  readonly schema?: SchemaJson | null;
  readonly value?: ValueJson;
  readonly text?: string;
  readonly bytes?: string | null;
  /** The class of Kafka's exception, or the code of our error. */
  readonly error?: string;
  readonly message?: string | null;
  /** What validation says of a plugin's keys. */
  readonly problems?: Readonly<Record<string, readonly string[]>>;
  /** Why the plugin does not start. */
  readonly start?: Answer | null;
  /** Of each record. */
  readonly results?: readonly (RecordJson | Answer | null)[];
  readonly test?: boolean;
}

const registry = new PluginRegistry();
for (const plugin of [...builtInTransforms, ...builtInPredicates, ...builtInConverters]) registry.add(plugin);

const clock: Clock = { now: () => Date.now(), monotonic: () => 0, timer: () => ({ cancel() {} }) };
const { signal } = new AbortController();
const context = createContext({ connector: 'compat', signal, log: silentLogger, clock });
const subject = { topic: 't', headers: [] };

/** What this project answers. */
export async function ourAnswer(question: Question): Promise<Answer> {
  try {
    return await answer(question);
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Answer {
  const cause = error instanceof TransformationError ? error.cause : error;
  if (cause instanceof StreamError) return { error: cause.code, message: cause.message };
  return { error: `not ours: ${cause instanceof Error ? cause.stack : String(cause)}` };
}

async function answer(question: Question): Promise<Answer> {
  switch (question.subject) {
    case 'parse': {
      const { schema, value } = parseHeaderValue(question.text);
      const text = value === null ? {} : { text: valueToText(schema, value) };
      return { ...described({ schema, value }), ...text };
    }
    case 'convert': {
      const target = targetOf(question);
      const schema = readSchema(question.schema);
      const value = convertValue(target, schema, readValue(question.value, schema));
      return { value: describeValue(value, target) };
    }
    case 'header-read': {
      const bytes = question.bytes === null ? null : Buffer.from(question.bytes, 'base64');
      return described(simpleHeader().toConnectHeader('t', 'k', bytes));
    }
    case 'header-write': {
      const schema = readSchema(question.schema);
      const value = readValue(question.value, schema);
      return { bytes: base64(simpleHeader().fromConnectHeader('t', { key: 'k', schema, value })) };
    }
    case 'read': {
      const converter = await openedConverter(question);
      const bytes = question.bytes === null ? null : Buffer.from(question.bytes, 'base64');
      return described(await converter.toConnectData(subject, bytes));
    }
    case 'write': {
      const converter = await openedConverter(question);
      const schema = readSchema(question.schema);
      const value = readValue(question.value, schema);
      return { bytes: base64(await converter.fromConnectData(subject, schema, value)) };
    }
    case 'project': {
      const [source, target] = [readSchema(question.source), readSchema(question.target)];
      if (source === undefined || target === undefined) throw new Error('a projection has two schemas');
      const value = projectValue(source, readValue(question.value, source), target);
      return { value: describeValue(value, target) };
    }
    default:
      return pluginAnswer(question);
  }
}

function targetOf({ to, scale }: Extract<Question, { readonly subject: 'convert' }>): Schema {
  const optional = { optional: true };
  if (to === 'Decimal') return schemas.decimal(scale);
  if (to === 'Date') return schemas.date();
  if (to === 'Time') return schemas.time();
  return to === 'Timestamp' ? schemas.timestamp() : makeSchema(to as PrimitiveType, optional);
}

function described({ schema, value }: SchemaAndValue): Answer {
  return { schema: describeSchema(schema), value: describeValue(value, schema) };
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64');
}

function simpleHeader() {
  const name = 'org.apache.kafka.connect.storage.SimpleHeaderConverter';
  return openHeaderConverter(registry.require('header_converter', name), {}, signal);
}

function openedConverter({ class: name, config }: { readonly class: string; readonly config: object }) {
  const plugin = registry.require('converter', name);
  return openConverter(plugin, { ...config }, { isKey: false, signal });
}

type PluginQuestion = Extract<Question, { readonly subject: 'transform' | 'predicate' }>;

async function pluginAnswer(question: PluginQuestion): Promise<Answer> {
  const plugin = registry.require(question.subject, question.class);
  const problems = Object.fromEntries(
    validateConfig(plugin.config, question.config)
      .filter(({ value }) => value.errors.length > 0)
      .map(({ value }) => [value.name, value.errors]),
  );
  try {
    const run =
      question.subject === 'transform' ? await openedTransform(question) : await openedPredicate(question);
    return { problems, results: question.records.map((record) => attempt(() => run(record))) };
  } catch (error) {
    return { problems, start: failure(error) };
  }
}

type Run = (record: RecordJson) => RecordJson | Answer | null;

async function openedTransform({ class: name, config }: PluginQuestion): Promise<Run> {
  const plugin = registry.require('transform', name);
  const chain = await openTransformChain([{ alias: 'a', plugin, raw: config }], context);
  return (record) => {
    const [result] = chain.apply(readRecord(record));
    return result === undefined ? null : describeRecord(result);
  };
}

async function openedPredicate({ class: name, config: raw }: PluginQuestion): Promise<Run> {
  const plugin = registry.require('predicate', name);
  const config = requirePluginConfig(plugin, raw);
  const handle = plugin.open === undefined ? config : await plugin.open(config, context);
  return (record) => ({ test: plugin.test(readRecord(record), handle) });
}

function attempt(run: () => RecordJson | Answer | null): RecordJson | Answer | null {
  try {
    return run();
  } catch (error) {
    return failure(error);
  }
}
