import { join } from 'node:path';
import { diskFiles } from '../../../platform/disk-files.ts';
import { type Command, ExitCode } from '../command.ts';
import { UsageError } from '../errors.ts';
import { describeOptions, parseOptions } from '../options.ts';
import { connectorPackage } from '../scaffold/index.ts';

const options = {
  kind: { type: 'string', choices: ['source', 'sink'], default: 'source', describe: 'What it is to be.' },
  directory: { type: 'string', describe: 'Where the package goes (default: a folder of its name).' },
} as const;

/** Lower-case words with dashes: a package's name, a plugin's name, and with capitals a variable. */
const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** `millrace create connector NAME`: a package with a small connector whose tests pass. */
export const createCommand: Command = {
  help: `Usage: millrace create connector NAME [options]

Writes a package with a small connector in TypeScript, its description for the conformance kit, and tests that pass.

${describeOptions(options)}`,
  async run([what, ...args]) {
    if (what !== 'connector') throw new UsageError('There is: millrace create connector NAME.');
    const { values, rest } = parseOptions(options, args);
    const [name, ...others] = rest;
    if (name === undefined || others.length > 0 || !namePattern.test(name)) {
      throw new UsageError(
        'Give one NAME of lower-case words with dashes: millrace create connector my-queue.',
      );
    }
    const folder = values.directory ?? name;
    const present = diskFiles.stat(folder);
    if (present !== undefined && (!present.isDirectory || diskFiles.list(folder).length > 0)) {
      throw new UsageError(`${folder} is there already and not empty. Choose another with --directory.`);
    }
    const paths = write(folder, connectorPackage({ name, kind: values.kind }));
    console.log(
      `${paths.map((path) => `  ${path}`).join('\n')}\n\nNext: cd ${folder} && npm install && npm test`,
    );
    return ExitCode.OK;
  },
};

function write(folder: string, contents: ReadonlyMap<string, string>): readonly string[] {
  diskFiles.makeDirectory(folder);
  for (const [name, text] of contents) {
    const file = diskFiles.open(join(folder, name), 'create');
    file.append([Buffer.from(text)]);
    file.close();
  }
  return [...contents.keys()].map((name) => join(folder, name));
}
