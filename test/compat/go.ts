import { join } from 'node:path';
import { run, runOk } from './child.ts';
import type { Command } from './install.ts';
import { cache, clients } from './places.ts';

/** A folder of `clients` with a program in Go. */
export type GoClient = 'franz-go' | 'kafka-go' | 'sarama';

/** The program of a client. */
export function goCommand(client: GoClient): Command {
  return { command: programOf(client), args: [] };
}

/** Go builds again only what has changed. Versions and checksums are those of the client's `go.mod` and `go.sum`. */
export async function installGo(client: GoClient): Promise<void> {
  if ((await run('go', ['version'])).code !== 0)
    throw new Error('go is not on this machine (Go 1.26 is needed)');
  const env = {
    GOMODCACHE: join(cache, 'go/modules'),
    GOCACHE: join(cache, 'go/build'),
    GOFLAGS: '-modcacherw -buildvcs=false',
  };
  await runOk('go', ['build', '-o', programOf(client), '.'], {
    cwd: join(clients, client),
    env,
    timeoutMs: 240_000,
  });
}

function programOf(client: GoClient): string {
  return join(cache, 'go', client);
}
