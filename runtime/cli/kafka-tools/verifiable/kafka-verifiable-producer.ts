import type { Producer } from '../../../../kafka/client/index.ts';
import type { StreamError } from '../../../../platform/errors.ts';
import { clientOptions, clientSources, replacedBy } from '../client-options.ts';
import { producerOptions } from '../client-properties.ts';
import { javaError } from '../java-error.ts';
import { Throttle } from '../throttle.ts';
import { defineTool, given, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';
import { JsonEvents } from './json-events.ts';

const options = {
  'bootstrap-server': clientOptions['bootstrap-server'],
  topic: { describe: 'REQUIRED: The topic to write to.', value: { type: 'String' }, isRequired: true },
  'command-config': clientOptions['command-config'],
  'producer.config': replacedBy('command-config', 'properties file'),
  acks: {
    describe: 'Who has to have a record: -1, 1 or 0.',
    value: { type: 'Integer', default: '-1' },
  },
  'max-messages': {
    describe: 'End after so many records; -1: when asked to.',
    value: { type: 'Integer', default: '-1' },
  },
  'message-create-time': {
    describe: 'The timestamp of the first record, in ms; those of later ones run on with the clock.',
    value: { type: 'Long', label: 'ms', default: '-1' },
  },
  'repeating-keys': {
    describe: 'Records have the keys from 0 up to this number, in turns.',
    value: { type: 'Integer' },
  },
  throughput: {
    describe: 'About so many records in a second; -1: as many as go.',
    value: { type: 'Integer', default: '-1' },
  },
  'value-prefix': { describe: 'What stands before each number, with a dot.', value: { type: 'Integer' } },
} as const;

type Option = keyof typeof options;

/** `kafka-verifiable-producer`: writes rising numbers and tells in JSON what became of each. */
export const kafkaVerifiableProducer = defineTool<Option>({
  name: 'kafka-verifiable-producer',
  summary:
    'This tool produces increasing integers to the specified topic and prints JSON metadata to stdout on each "send" request, making externally visible which messages have been acked and which have not.',
  options,
  async run(args, context) {
    const files = ['producer.config', 'command-config'] as const;
    const sources = clientSources<Option>(args, { files, properties: [] }, context.platform.files);
    const properties = new Map(sources.flatMap((source) => [...source]));
    properties.set('acks', String(given(args.number('acks'))));
    const connection = {
      servers: given(args.text('bootstrap-server')),
      properties,
      clientId: 'verifiable-producer',
    };
    const settings = producerOptions(properties);
    await withClient(context, connection, (client) => produce(args, client.producer(settings), context));
    return 0;
  },
});

async function produce(
  args: ToolArguments<Option>,
  producer: Producer,
  { out, platform, signal }: ToolContext,
): Promise<void> {
  const { clock } = platform;
  const events = new JsonEvents(out, clock);
  const topic = given(args.text('topic'));
  const recordsMax = given(args.number('max-messages'));
  const throughput = given(args.number('throughput'));
  const throttle = new Throttle(throughput, platform);
  const startMs = clock.now();
  let [sent, acked] = [0, 0];
  let told = events.tell('startup_complete');
  while ((recordsMax < 0 || sent < recordsMax) && !signal.aborted && !out.isClosed) {
    const { key, value, timestamp } = contentOf(args, sent, clock.now() - startMs);
    const onDone = (error: StreamError | undefined, partition: number, offset: number) => {
      if (error === undefined) acked += 1;
      const outcome =
        error === undefined
          ? events.tell('producer_send_success', { key, value, offset, topic, partition })
          : events.tell('producer_send_error', { key, value, topic, ...failure(error) });
      told = told.then(() => outcome);
    };
    const hasRoom = producer.append(
      { topic, key: key === null ? null : Buffer.from(key), value: Buffer.from(value), timestamp },
      onDone,
    );
    sent += 1;
    if (!hasRoom) await producer.ready();
    await throttle.pass(sent, signal);
  }
  await producer.close();
  await told;
  await events.tell('shutdown_complete');
  const rate = (1000 * acked) / Math.max(clock.now() - startMs, 1);
  await events.tell('tool_data', { sent, acked, target_throughput: throughput, avg_throughput: rate });
}

function contentOf(args: ToolArguments<Option>, index: number, elapsedMs: number) {
  const prefix = args.number('value-prefix');
  const keys = args.number('repeating-keys');
  const createdMs = given(args.number('message-create-time'));
  return {
    key: keys === undefined || keys < 1 ? null : String(index % keys),
    value: prefix === undefined ? String(index) : `${prefix}.${index}`,
    timestamp: createdMs < 0 ? undefined : createdMs + elapsedMs,
  };
}

function failure(error: StreamError) {
  const { className, message } = javaError(error);
  return { exception: `class ${className}`, message };
}
