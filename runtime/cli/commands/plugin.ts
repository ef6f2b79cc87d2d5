import { diskFiles } from '../../../platform/disk-files.ts';
import { systemClock } from '../../../platform/system-clock.ts';
import { type Command, ExitCode } from '../command.ts';
import { ConformanceReport } from '../conformance-report.ts';
import { UsageError } from '../errors.ts';
import { describeOptions, parseOptions } from '../options.ts';
import { subjectsIn } from '../plugin-subjects.ts';

const options = {
  only: {
    type: 'string',
    isRepeated: true,
    describe: 'Only these checks: the first words of their names, separated by commas.',
  },
  seed: { type: 'number', default: 1, describe: 'Decides what is left to chance.' },
} as const;

/** `millrace plugin test`: the conformance kit on the command line. */
export const pluginCommand: Command = {
  help: `Usage: millrace plugin test [PATH] [options]

Checks plugins: a file, a folder of files, or a package (default: the current folder). How a source or sink is exercised
is said by the file that "conformance" in the package's manifest names, or by conformance.ts (.js) beside the plugin.
Needs no server and nothing from outside: a broker runs in memory.

${describeOptions(options)}

Exit codes: 0 all checks that apply have passed; 1 one has failed; 2 wrong use.`,
  async run([action, ...args]) {
    if (action !== 'test') throw new UsageError('There is: millrace plugin test [PATH].');
    const { values, rest } = parseOptions(options, args);
    const [path = '.', ...others] = rest;
    if (others.length > 0) throw new UsageError('Name one path: millrace plugin test [PATH].');
    const only = values.only.flatMap((list) => list.split(',')).map((word) => word.trim());
    const subjects = await subjectsIn(path, { files: diskFiles, seed: values.seed });
    const words = new Set(subjects.flatMap(({ checks }) => checks.map(({ name }) => wordOf(name))));
    const unknown = only.find((word) => !words.has(word));
    if (unknown !== undefined) {
      throw new UsageError(`There is no check ${unknown}. There are: ${[...words].join(', ')}.`);
    }
    const again = `millrace plugin test ${path} --seed ${values.seed}`;
    const report = new ConformanceReport((line) => console.log(line), systemClock, again);
    for (const { title, checks } of subjects) {
      report.begin(title);
      for (const check of checks) {
        if (only.length === 0 || only.includes(wordOf(check.name))) await report.run(check);
      }
    }
    return report.finish() ? ExitCode.OK : ExitCode.FAILED;
  },
};

function wordOf(name: string): string {
  return name.split(':')[0] ?? name;
}
