import type { Entropy } from '../../../../platform/entropy.ts';
import { hasCode } from '../../../../platform/system-error.ts';
import { ToolError } from '../errors.ts';
import type { ToolContext } from '../tool.ts';
import type { ToolArguments } from '../tool-options.ts';
import type { ProducerPerfOption } from './options.ts';

/** The payload of record number `index`. */
export type Payloads = (index: number) => Uint8Array;

/** So many letters, at random. */
export function randomLetters(size: number, entropy: Entropy): Buffer {
  const bytes = Buffer.alloc(size);
  entropy.fill(bytes);
  for (let at = 0; at < size; at += 1) bytes[at] = 65 + ((bytes[at] ?? 0) % 26);
  return bytes;
}

/** What `--record-size`, `--payload-file` or `--payload-monotonic` asks for. Throws ToolError for a file without payloads. */
export async function payloadsOf(
  args: ToolArguments<ProducerPerfOption>,
  context: ToolContext,
): Promise<Payloads> {
  const { entropy } = context.platform;
  const file = args.text('payload-file');
  if (file !== undefined) {
    const list = await readPayloads(file, args.text('payload-delimiter') ?? '\n', context);
    return () => list[entropy.u32() % list.length] ?? Buffer.alloc(0);
  }
  if (args.has('payload-monotonic')) return (index) => Buffer.from(String(index));
  const size = args.number('record-size') ?? 0;
  return () => randomLetters(size, entropy);
}

async function readPayloads(
  file: string,
  delimiterText: string,
  { out, platform }: ToolContext,
): Promise<readonly Buffer[]> {
  await out.line(`Reading payloads from: ${file}`);
  const text = textOf(() => platform.files.readFile(file));
  const delimiter = delimiterText === '\\n' ? '\n' : delimiterText;
  // As Java's split: nothing after the last delimiter is no payload.
  const parts = text.split(delimiter);
  while (parts.at(-1) === '') parts.pop();
  if (parts.length === 0) throw new ToolError('File does not exist or empty file provided.');
  await out.line(`Number of records read: ${parts.length}`);
  return parts.map((part) => Buffer.from(part));
}

function textOf(read: () => Buffer): string {
  try {
    return read().toString('utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}
