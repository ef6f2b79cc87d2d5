import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOk } from '../child.ts';
import { javaArgs, millraceCommand } from '../install.ts';
import type { PartContext } from './part.ts';

/**
 * Runs commands of console tools one after the other and returns what each printed: `$ ` and the command, its stdout,
 * each line of its stderr after `! `, and its exit code.
 */
export type RunTools = (context: PartContext, name: string, commands: readonly string[]) => Promise<string>;

/** Kafka's tools, all in one JVM. */
export const runKafkaTools: RunTools = async ({ broker, directory }, name, commands) => {
  const script = join(directory, `${name}.script`);
  writeFileSync(script, `${commands.map((command) => addressed(command, broker.bootstrap)).join('\n')}\n`);
  const java = javaArgs('ConsoleTools', [script], { log: 'WARN' });
  return (await runOk('java', java, { timeoutMs: 120_000 })).stdout;
};

/** Ours, each a process of its own, as on a command line. */
export const runOurTools: RunTools = async ({ broker }, _name, commands) => {
  const { command: program, args } = millraceCommand();
  let transcript = '';
  for (const command of commands.map((text) => addressed(text, broker.bootstrap))) {
    const [line = '', input = ''] = command.split(' <<< ');
    const ended = await run(program, [...args, ...wordsOf(line)], {
      input: input.replaceAll('\\n', '\n').replaceAll('\\t', '\t'),
    });
    const complaints = ended.stderr.split('\n').filter((text) => text.trim() !== '');
    const printed = [...complaints.map((text) => `! ${text}`), `exit ${ended.code}`];
    transcript += `$ ${command}\n${ended.stdout}${printed.join('\n')}\n`;
  }
  return transcript;
};

function addressed(command: string, bootstrap: string): string {
  return command.replace(' ', ` --bootstrap-server ${bootstrap} `);
}

/** Words as in `ConsoleTools.java`: in single quotes where they have spaces. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
