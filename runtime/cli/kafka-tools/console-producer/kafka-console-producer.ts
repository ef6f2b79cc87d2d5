import type { Producer } from '../../../../kafka/client/index.ts';
import { inputLines } from '../../input-lines.ts';
import { warnOfOldNames } from '../client-options.ts';
import { producerOptions } from '../client-properties.ts';
import { ToolError } from '../errors.ts';
import { keyValues, readProperties } from '../properties-file.ts';
import { defineTool, given, type ToolContext } from '../tool.ts';
import { withClient } from '../tool-client.ts';
import type { ToolArguments } from '../tool-options.ts';
import { LineParser } from './line-parser.ts';
import { type ProducerToolOption, producerToolOptions } from './options.ts';
import { producerProperties } from './producer-properties.ts';
import { RecordSender } from './record-sender.ts';

/** `kafka-console-producer`: writes the lines of its input to a topic. Exits with 1 when a record was not delivered. */
export const kafkaConsoleProducer = defineTool<ProducerToolOption>({
  name: 'kafka-console-producer',
  summary: 'This tool helps to read data from standard input and publish it to Kafka.',
  options: producerToolOptions,
  async run(args, context) {
    await warnOfOldNames(args, newNames, oldNameText, context.out);
    const parser = lineParser(args, context);
    const properties = producerProperties(args, context.platform.files);
    const settings = producerOptions(properties);
    const connection = {
      servers: given(args.text('bootstrap-server')),
      properties,
      clientId: 'console-producer',
    };
    return withClient(context, connection, async (client) => {
      const producer = client.producer(settings);
      const hasFailed = await sendLines(args, parser, producer, context);
      return hasFailed ? 1 : 0;
    });
  },
});

async function sendLines(
  args: ToolArguments<ProducerToolOption>,
  parser: LineParser,
  producer: Producer,
  { stdin, signal, out, err, platform }: ToolContext,
): Promise<boolean> {
  const sender = new RecordSender(
    producer,
    { topic: given(args.text('topic')), isSync: args.has('sync') },
    err,
    platform.clock,
  );
  const prompt = () => (stdin.isTTY === true ? out.write('>') : Promise.resolve());
  try {
    await prompt();
    let lineNumber = 0;
    for await (const lines of inputLines(stdin, signal)) {
      for (const line of lines) {
        lineNumber += 1;
        await sender.send(parser.parse(line, lineNumber));
      }
      await prompt();
    }
  } finally {
    await sender.flush();
  }
  return sender.hasFailed;
}

function lineParser(args: ToolArguments<ProducerToolOption>, { platform }: ToolContext): LineParser {
  const reader = given(args.text('line-reader'));
  if (!/(^|\.)LineMessageReader$/.test(reader)) {
    throw new ToolError(`--line-reader ${reader}: only org.apache.kafka.tools.LineMessageReader is there`);
  }
  const file = args.text('reader-config');
  return new LineParser(
    new Map([
      ...(file === undefined ? [] : readProperties(file, platform.files)),
      ...keyValues(args.texts('property')),
      ...keyValues(args.texts('reader-property')),
    ]),
  );
}

const newNames = {
  property: 'reader-property',
  'producer-property': 'command-property',
  'producer.config': 'command-config',
} as const;

function oldNameText(old: string, name: string): string {
  return `Warning: --${old} is deprecated and will be removed in a future version. Use --${name} instead.`;
}
