import { builtInConverters, registryConverters } from '../../../runtime/converters/index.ts';
import {
  formatProblem,
  lintPipeline,
  type Pipeline,
  type PipelineSource,
  readPipeline,
} from '../../../runtime/pipelines/index.ts';
import { ConfigError, defineSink, defineSource, PluginRegistry } from '../../../runtime/plugin/index.ts';
import { builtInPredicates } from '../../../runtime/predicates/index.ts';
import { builtInTransforms } from '../../../runtime/transforms/index.ts';

const lines = defineSource({
  name: 'lines',
  version: '1',
  aliases: ['com.example.LinesSourceConnector'],
  config: {
    type: 'object',
    required: ['file', 'topic'],
    properties: {
      file: { type: 'string', minLength: 1 },
      topic: { type: 'string', minLength: 1 },
      mode: { enum: ['whole', 'tail'] },
      columns: { type: 'array', items: { type: 'string' } },
      'batch.size': { type: 'integer', minimum: 1 },
      'poll.interval': { type: 'string', format: 'duration' },
      'poll.jitter': { type: 'boolean' },
      labels: { type: 'object', additionalProperties: {} },
    },
  },
  validate({ mode, columns = [] }) {
    if (mode !== 'tail' || columns.length === 0) return;
    throw new ConfigError([
      { key: 'mode', message: 'A tail has no columns.' },
      { key: 'columns', message: 'Columns need mode whole.', hint: 'Remove them.' },
    ]);
  },
  async *read() {},
});

const store = defineSink({
  name: 'store',
  version: '1',
  config: {
    type: 'object',
    required: ['url'],
    properties: {
      url: { type: 'string', format: 'uri' },
      auth: {
        type: 'object',
        properties: { user: { type: 'string' }, password: { type: 'string', format: 'secret' } },
      },
    },
  },
  validate({ url }) {
    if (url.startsWith('ftp:')) throw new Error('The store does not speak FTP.');
  },
  open: () => undefined,
  async write() {},
});

const print = defineSink({
  name: 'print',
  version: '1',
  config: { type: 'object', properties: {} },
  open: () => undefined,
  async write() {},
});

/** The files that schemas may be read from. */
const schemaFiles: Readonly<Record<string, string>> = { 'order.avsc': '{"type": "string"}' };

/** Converters are only named here, never opened. */
const noRegistry = (): never => {
  throw new Error('there is no schema registry');
};

function sourceOf(text: string, environment: PipelineSource['environment']): PipelineSource {
  const plugins = new PluginRegistry();
  const converters = [...builtInConverters, ...registryConverters(noRegistry)];
  for (const plugin of [...converters, ...builtInTransforms, ...builtInPredicates]) plugins.add(plugin);
  for (const plugin of [lines, store, print]) plugins.add(plugin);
  const readSchemaFile = (path: string): string => {
    const schema = schemaFiles[path];
    if (schema === undefined) throw new Error('no such file');
    return schema;
  };
  return { text, file: 'p.yaml', environment, plugins, readSchemaFile };
}

/** All problems of a pipeline file as lines of text. */
export function lint(text: string, environment: PipelineSource['environment'] = {}): string[] {
  return lintPipeline(sourceOf(text, environment)).map(formatProblem);
}

/** The pipeline in a file; throws when it has problems. */
export function read(text: string, environment: PipelineSource['environment'] = {}): Pipeline {
  return readPipeline(sourceOf(text, environment));
}
