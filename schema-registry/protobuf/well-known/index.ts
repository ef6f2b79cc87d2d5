import { parseProto } from '../parser.ts';
import type { ProtoFile } from '../syntax-tree.ts';
import { confluent } from './confluent.ts';
import { descriptorPath, descriptorText } from './descriptor.ts';
import { googleType } from './google-type.ts';
import { protobufCore } from './protobuf-core.ts';

const texts: ReadonlyMap<string, string> = new Map([
  ...protobufCore,
  [descriptorPath, descriptorText],
  ...googleType,
  ...confluent,
]);

const parsed = new Map<string, ProtoFile>();

/** The paths that can be imported without a reference. */
export const wellKnownPaths: readonly string[] = [...texts.keys()];

/** The text of the built-in file of this path; empty when there is none. */
export function wellKnownText(path: string): string {
  return texts.get(path) ?? '';
}

/** The built-in file of this path, parsed when it is first asked for. */
export function wellKnownFile(path: string): ProtoFile | undefined {
  const known = parsed.get(path);
  const text = texts.get(path);
  if (known !== undefined || text === undefined) return known;
  const file = parseProto(text);
  parsed.set(path, file);
  return file;
}
