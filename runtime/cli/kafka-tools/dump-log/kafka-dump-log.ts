import { basename, extname } from 'node:path';
import { defineTool, given, type ToolContext } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import { dumpOffsetIndex, dumpTimeIndex } from './index-dump.ts';
import { type DumpLogOption, dumpLogOptions } from './options.ts';
import { recordParser } from './record-parsers.ts';
import { dumpSegment } from './segment-dump.ts';
import { dumpProducerSnapshot, dumpTransactionIndex } from './state-dump.ts';

/** `kafka-dump-log`: prints what is in the files of a partition. Needs no broker. */
export const kafkaDumpLog = defineTool<DumpLogOption>({
  name: 'kafka-dump-log',
  summary:
    'This tool helps to parse a log file and dump its contents to the console, useful for debugging a seemingly corrupt log segment.',
  options: dumpLogOptions,
  async run(args, context) {
    for (const path of given(args.text('files'))
      .split(',')
      .map((part) => part.trim())) {
      await context.out.line(`Dumping ${path}`);
      await dumpFile(path, args, context);
    }
    return 0;
  },
});

function dumpFile(path: string, args: ToolArguments<DumpLogOption>, context: ToolContext): Promise<void> {
  const index = {
    isSanityCheck: args.has('index-sanity-check'),
    isVerifyOnly: args.has('verify-index-only'),
  };
  switch (extname(basename(path))) {
    case '.log':
    case '.checkpoint': {
      const parser = recordParser(args);
      const isDeep = parser !== undefined || args.has('deep-iteration');
      const hasMetadata = !args.has('skip-record-metadata');
      return dumpSegment(
        path,
        { parser, isDeep, hasMetadata, bytesMax: given(args.number('max-bytes')) },
        context,
      );
    }
    case '.index':
      return dumpOffsetIndex(path, index, context);
    case '.timeindex':
      return dumpTimeIndex(path, index, context);
    case '.snapshot':
      return dumpProducerSnapshot(path, context);
    case '.txnindex':
      return dumpTransactionIndex(path, context);
    default:
      return context.err.line(`Ignoring unknown file ${path}`);
  }
}
