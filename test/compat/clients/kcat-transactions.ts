import { Child, type Ended, runOk, until } from '../child.ts';
import { startKcat } from './kcat.ts';

/** It reads its input in blocks that divide this: a value that fills it does not wait for the next. */
const blockBytes = 65_536;
const filler = '.';

type IsolationLevel = 'read_committed' | 'read_uncommitted';

/**
 * kcat in the transcript of transactions: all that a `kcat -P` reads is one transaction, which the end of its input
 * commits and a signal aborts.
 */
export async function kcatTransactions(bootstrap: string, topic: string): Promise<string> {
  const lines: string[] = [];
  const address = ['-b', bootstrap, '-t', topic];
  const producer = ['-P', ...address, '-p', '0', '-X', 'transactional.id=kcat'];
  const end = async (level: IsolationLevel) => {
    const asked = ['-Q', '-b', bootstrap, '-t', `${topic}:0:-1`, '-X', `isolation.level=${level}`];
    return (await runOk(...startKcat({}, ...asked))).stdout.trim();
  };
  const open = async (value: string) => {
    const before = await end('read_uncommitted');
    const child = new Child(...startKcat({ input: { open: true } }, ...producer));
    child.write(`${value.padEnd(blockBytes - 1, filler)}\n`);
    const isWritten = async () => (await end('read_uncommitted')) !== before;
    await until(`${value} is in the log`, 20_000, isWritten, () => child.tail());
    return child;
  };
  const settled = () =>
    until(
      'nothing is open',
      20_000,
      async () => (await end('read_committed')) === (await end('read_uncommitted')),
    );
  const say = (name: string, { code, stderr }: Ended) =>
    lines.push(`> ${name}`, ...complaints(stderr), `exit ${code}`);
  const read = async (level: IsolationLevel) => {
    const reader = [
      '-C',
      ...address,
      '-o',
      'beginning',
      '-e',
      '-q',
      '-f',
      '%o=%s ',
      '-X',
      `isolation.level=${level}`,
    ];
    lines.push(`${level} ${(await runOk(...startKcat({}, ...reader))).stdout.replaceAll(filler, '').trim()}`);
  };
  await until('the topic is there', 20_000, async () =>
    (await runOk(...startKcat({}, '-L', ...address))).stdout.includes('partition 0, leader 1'),
  );
  say('commit', await runOk(...startKcat({ input: 'a\nb\n' }, ...producer)));
  await settled();
  const aborted = await open('c');
  await read('read_committed');
  await read('read_uncommitted');
  // Its read goes on after the signal, until the input ends.
  const stopped = aborted.stop('SIGINT');
  await aborted.endOfInput(20_000);
  say('abort', await stopped);
  await settled();
  const first = await open('d');
  say('a second kcat of the same id', await runOk(...startKcat({ input: 'e\n' }, ...producer)));
  first.write('f\n');
  say('the first goes on', await first.endOfInput(30_000));
  await settled();
  await read('read_committed');
  await read('read_uncommitted');
  lines.push(`ends ${await end('read_committed')} ${await end('read_uncommitted')}`);
  return `${lines.join('\n')}\n`;
}

/** What kcat says of the end; how much it says of an error, and by which of its threads, is chance. */
function complaints(stderr: string): string[] {
  return ['Aborting transaction due to termination signal', 'fenced by a newer instance']
    .filter((text) => stderr.includes(text))
    .map((text) => `! ${text}`);
}
