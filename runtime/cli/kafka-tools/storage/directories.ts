import { join } from 'node:path';
import type { Files } from '../../../../platform/files.ts';
import { type Properties, parseProperties } from '../properties-file.ts';

const STANDARD_DIRECTORY = '/tmp/kafka-logs';

/** The directories of a server.properties, sorted: those of `log.dirs` and that of the metadata. */
export function logDirectories(properties: Properties): readonly string[] {
  const listed = properties.get('log.dirs') ?? properties.get('log.dir') ?? STANDARD_DIRECTORY;
  const metadata = properties.get('metadata.log.dir');
  const all = [...listed.split(','), ...(metadata === undefined ? [] : [metadata])];
  return [...new Set(all.map((path) => path.trim()).filter((path) => path !== ''))].sort();
}

/** What is in the directories, and what is wrong with them. */
export function directoryReport(
  directories: readonly string[],
  files: Files,
): { readonly text: string; readonly hasProblems: boolean } {
  if (directories.length === 0) return { text: 'No directories specified.', hasProblems: false };
  const found: string[] = [];
  const problems: string[] = [];
  let metadata: string | undefined;
  for (const directory of directories) {
    const stat = files.stat(directory);
    if (stat?.isDirectory !== true) {
      problems.push(`${directory} ${stat === undefined ? 'does not exist' : 'is not a directory'}`);
      continue;
    }
    found.push(directory);
    const properties = metadataOf(directory, files);
    if (properties === undefined) problems.push(`${directory} is not formatted.`);
    else if (metadata !== undefined && withoutDirectory(metadata) !== withoutDirectory(properties))
      problems.push(
        `Metadata for ${directory} was ${properties}, but other directories featured ${metadata}`,
      );
    else metadata ??= properties;
  }
  const parts = [
    section('Found log director', ['y', 'ies'], found),
    metadata === undefined ? '' : `Found metadata: ${metadata}\n`,
    section('Found problem', ['', 's'], problems),
  ];
  return { text: parts.filter((part) => part !== '').join('\n'), hasProblems: problems.length > 0 };
}

function section(title: string, [one, many]: readonly [string, string], lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return [`${title}${lines.length === 1 ? one : many}:`, ...lines.map((line) => `  ${line}`), ''].join('\n');
}

/** `{cluster.id=..., directory.id=..., node.id=1, version=1}`; undefined without a meta.properties. */
function metadataOf(directory: string, files: Files): string | undefined {
  const path = join(directory, 'meta.properties');
  if (files.stat(path) === undefined) return undefined;
  const entries = [...parseProperties(files.readFile(path).toString('utf8'))].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `{${entries.map(([name, value]) => `${name}=${value}`).join(', ')}}`;
}

/** Each directory has an id of its own. */
function withoutDirectory(metadata: string): string {
  return metadata.replace(/directory\.id=[^,}]*(, )?/, '');
}
