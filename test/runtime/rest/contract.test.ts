// The contract of Kafka Connect's REST API, row by row: against a worker in this process, or any at CONNECT_URL that can
// reach the same files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { sink, source } from '../../../connectors/file/index.ts';
import type { Plugin } from '../../../runtime/plugin/index.ts';
import { type Rest, startRest } from '../../../runtime/rest/index.ts';
import { TestCluster } from '../herder/cluster.ts';
import { ContractApi, contractRows } from './contract/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'connect-contract-'));
let cluster: TestCluster | undefined;
let rest: Rest | undefined;
let api: ContractApi;

beforeAll(async () => {
  const given = process.env['CONNECT_URL'];
  api = await ContractApi.of(given ?? (await startOwn()), directory);
}, 30_000);
afterEach(() => api.cleanUp());
afterAll(async () => {
  await rest?.close();
  await cluster?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function startOwn(): Promise<string> {
  cluster = await TestCluster.start();
  const worker = await cluster.worker([source, sink] as unknown as Plugin[]);
  rest = await startRest({ herder: worker.herder, port: 0 });
  return rest.url;
}

test.each(contractRows.map((row) => [row.name, row] as const))('%s', (_name, row) => row.run(api), 40_000);
