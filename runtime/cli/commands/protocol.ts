import { decodeLine, encodeLine, ProtocolLineError } from '../../../kafka/protocol/index.ts';
import type { Files } from '../../../platform/files.ts';
import { type Command, ExitCode } from '../command.ts';
import { UsageError } from '../errors.ts';
import { inputLines } from '../input-lines.ts';
import type { ToolIo } from '../kafka-tools/tool.ts';
import { ToolOutput } from '../kafka-tools/tool-output.ts';
import { describeOptions, parseOptions } from '../options.ts';

const options = {
  records: {
    type: 'string',
    choices: ['empty', 'base64'],
    default: 'empty',
    describe: "With decode: what becomes of record batches; empty is Kafka's own form.",
  },
} as const;

/** `millrace protocol decode|encode`: messages of Kafka's protocol, one JSON object per line. */
export const protocolCommand: Command = {
  help: [
    'Usage: millrace protocol decode|encode [FILE] [options]',
    'Reads JSON lines from FILE or stdin and writes one line for each:',
    '  decode  {"name":"FetchRequest","version":12,"hex":"..."} gets "json" in place of "hex"',
    '  encode  {"name":"FetchRequest","version":12,"json":{...}} gets "hex" in place of "json"',
    'A line that cannot be converted is told on stderr, and the exit code is 1.',
    describeOptions(options),
  ].join('\n\n'),
  async run(args) {
    const { runOnProcess } = await import('../process-io.ts');
    return runOnProcess((io) => convertProtocol(args, io));
  },
};

/** Runs `protocol` with the arguments behind it. Throws UsageError; resolves with 1 when a line was not converted. */
export async function convertProtocol(args: readonly string[], io: ToolIo): Promise<number> {
  const { values, rest } = parseOptions(options, args);
  const [direction, file, ...more] = rest;
  if ((direction !== 'decode' && direction !== 'encode') || more.length > 0) {
    throw new UsageError('Say what to do: millrace protocol decode|encode [FILE]');
  }
  const convert =
    direction === 'decode' ? (line: string) => decodeLine(line, { records: values.records }) : encodeLine;
  const [out, err] = [new ToolOutput(io.stdout), new ToolOutput(io.stderr)];
  let lineNumber = 0;
  let hasFailed = false;
  for await (const lines of inputLines(inputOf(file, io), io.signal)) {
    const converted: string[] = [];
    for (const bytes of lines) {
      lineNumber += 1;
      const line = bytes.toString('utf8');
      if (line.trim() === '') continue;
      try {
        converted.push(convert(line));
      } catch (error) {
        if (!(error instanceof ProtocolLineError)) throw error;
        hasFailed = true;
        await err.line(`${file ?? 'stdin'}:${lineNumber}: ${error.message}`);
      }
    }
    if (converted.length > 0) await out.line(converted.join('\n'));
    if (out.isClosed) break;
  }
  return hasFailed ? ExitCode.FAILED : ExitCode.OK;
}

function inputOf(
  file: string | undefined,
  { stdin, platform: { files } }: ToolIo,
): AsyncIterable<Uint8Array> {
  return file === undefined || file === '-' ? stdin : chunksOf(file, files);
}

const CHUNK_BYTES = 1024 * 1024;

async function* chunksOf(path: string, files: Files): AsyncGenerator<Uint8Array> {
  if (files.stat(path) === undefined) throw new UsageError(`${path}: there is no such file`);
  const file = files.open(path, 'read');
  try {
    for (let at = 0; at < file.size(); ) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const read = file.read(chunk, at);
      if (read === 0) return;
      yield chunk.subarray(0, read);
      at += read;
    }
  } finally {
    file.close();
  }
}
