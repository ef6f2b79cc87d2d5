import { afterEach, describe, expect, test } from 'vitest';
import { Broker } from '../../broker/index.ts';
import { createClient } from '../../kafka/client/index.ts';
import { silentLogger } from '../../platform/logger.ts';
import { MemoryNet } from '../../platform/memory-net.ts';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import { MemoryFiles } from '../../platform/simulation/memory-files.ts';
import { SeverableNet } from '../../platform/simulation/severable-net.ts';
import { systemPlatform } from '../../platform/system-platform.ts';
import {
  inProcessClient,
  MemorySchemaLog,
  openSchemaTopic,
  type RunningRegistry,
  type SchemaLog,
  startRegistry,
} from '../../schema-registry/index.ts';
import { PrimaryElection } from '../../schema-registry/primary/election.ts';
import {
  choosePrimary,
  decodeAssignment,
  decodeIdentity,
  encodeAssignment,
  encodeIdentity,
} from '../../schema-registry/primary/identity.ts';
import { avro, openStore, recordOf, snapshot } from './fixture.ts';

const identity = (port: number, more: object = {}) => ({
  host: 'h',
  port,
  scheme: 'http',
  isEligible: true,
  isPrimary: false,
  ...more,
});

describe('the primary', () => {
  const member = (memberId: string, port: number, more: object = {}) => ({
    memberId,
    identity: identity(port, more),
  });

  test('is who is it already, else the lowest address of those that may', () => {
    const chosen = (...members: Parameters<typeof choosePrimary>[0]) => choosePrimary(members).memberId;
    expect(chosen(member('b', 2), member('a', 1))).toBe('a');
    expect(chosen(member('b', 2, { isPrimary: true }), member('a', 1))).toBe('b');
    expect(chosen(member('b', 2), member('a', 1, { isEligible: false }))).toBe('b');
    expect(chosen(member('a', 1, { isEligible: false }))).toBeUndefined();
    expect(chosen({ memberId: 'x', identity: undefined }, member('a', 1))).toBe('a');
    expect(choosePrimary([member('a', 1), member('b', 1)])).toMatchObject({ error: 1, memberId: undefined });
  });

  test('is told in the JSON of the reference', () => {
    const bytes = encodeIdentity(identity(8081));
    expect(bytes.toString()).toBe(
      '{"version":1,"host":"h","port":8081,"master_eligibility":true,"scheme":"http","leader":false}',
    );
    expect(decodeIdentity(bytes)).toEqual(identity(8081));
    const assignment = choosePrimary([member('a', 1)]);
    expect(encodeAssignment(assignment).toString()).toBe(
      `{"version":1,"error":0,"master":"a","master_identity":${encodeIdentity(identity(1))}}`,
    );
    expect(decodeAssignment(encodeAssignment(assignment))).toEqual(assignment);
    for (const garbage of ['', '{', '5', 'null', '{"host":5}']) {
      expect(decodeIdentity(Buffer.from(garbage))).toBeUndefined();
      expect(decodeAssignment(Buffer.from(garbage))).toEqual({
        error: 0,
        memberId: undefined,
        identity: undefined,
      });
    }
  });
});

/** A log whose records arrive later than they are written, as through a network. */
function delayed(log: MemorySchemaLog): SchemaLog {
  const shared = log.share();
  return {
    append: (key, value) => shared.append(key, value),
    read: (onRecord) =>
      shared.read((record) => {
        setImmediate(() => onRecord(record));
      }),
    readToEnd: () => new Promise((resolve) => setImmediate(resolve)),
    close: () => shared.close(),
  };
}

describe('several writers of one log, as when a primary does not know that it is none any more', () => {
  test('never give an id twice and agree on everything, also after compaction', async () => {
    const log = new MemorySchemaLog();
    const stores = await Promise.all([1, 2, 3].map(() => openStore(delayed(log))));
    const schemas = Array.from({ length: 60 }, (_, index) => avro(recordOf(`f${index % 40}?`)));
    const answers = await Promise.all(
      schemas.map(async (definition, index) => {
        const store = stores[index % 3];
        if (store === undefined) throw new TypeError('no store');
        const client = inProcessClient(store);
        // As clients do when the registry answers 500: what was written is found again.
        for (;;) {
          try {
            const { id } = await client.register(`s${index % 7}`, definition, { normalize: false });
            return { id, schema: definition.schema };
          } catch (error) {
            expect(error).toMatchObject({ status: 500, errorCode: 50001 });
          }
        }
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    const schemaOf = new Map<number, string>();
    const idOf = new Map<string, number>();
    for (const { id, schema } of answers) {
      expect(schemaOf.get(id) ?? schema).toBe(schema);
      expect(idOf.get(schema) ?? id).toBe(id);
      schemaOf.set(id, schema);
      idOf.set(schema, id);
    }
    const [first, ...others] = stores.map(({ state }) => snapshot(state));
    for (const other of others) expect(other).toEqual(first);
    const compacted = await openStore(log.compacted());
    const versions = (state: object | undefined) => (state as { versions: string[] }).versions;
    expect(versions(snapshot(compacted.state))).toEqual(versions(first));
  });
});

describe('registries on one topic', () => {
  const closables: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const each of closables.splice(0).reverse()) await each.close();
  });

  /** Short times where a dead primary has to be waited for; a busy machine needs longer ones. */
  async function startCluster({ sessionTimeoutMs = 2_000, writeTimeoutMs = 5_000 } = {}) {
    const system = systemPlatform(silentLogger);
    const { clock, entropy, executor } = system;
    const files = new MemoryFiles({ clock, entropy, executor } as ConstructorParameters<
      typeof MemoryFiles
    >[0]);
    const platform = { ...system, files, net: new MemoryNet({ executor }) };
    const properties = new Map([
      ['log.dirs', '/data'],
      ['listeners', 'PLAINTEXT://localhost:9092'],
      ['group.initial.rebalance.delay.ms', '0'],
      ['offsets.topic.num.partitions', '1'],
      ['group.min.session.timeout.ms', '100'],
    ]);
    closables.push(await Broker.start({ platform, properties }));
    return async () => {
      const net = new SeverableNet(platform.net);
      const client = createClient({
        ...platform,
        net,
        bootstrapServers: 'localhost:9092',
        apiTimeoutMs: 1_000,
      });
      const log = await openSchemaTopic(client, silentLogger);
      const election = { client, heartbeatIntervalMs: 50, sessionTimeoutMs };
      const options = {
        log,
        host: '127.0.0.1',
        port: 0,
        logger: silentLogger,
        clock,
        election,
        writeTimeoutMs,
      };
      const registry = await startRegistry(options);
      const close = async () => {
        await registry.close();
        await client.close();
      };
      const closable = { close };
      closables.push(closable);
      const kill = () => {
        net.sever();
        // Like a dead process it is not there to be closed; what it still does ends by itself.
        closables.splice(closables.indexOf(closable), 1);
        close().catch(() => undefined);
      };
      return { registry, close, kill };
    };
  }

  /** Nobody listens there any more. */
  const gone = () => ({ status: 500, json: undefined });

  async function settled(registries: readonly RunningRegistry[]): Promise<RunningRegistry> {
    for (;;) {
      const primaries = registries.filter(({ role }) => role().kind === 'primary');
      const known = registries.filter(({ role }) => role().kind !== 'unknown');
      const [primary] = primaries;
      if (primary !== undefined && primaries.length === 1 && known.length === registries.length)
        return primary;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async function ask(
    registry: RunningRegistry,
    method: string,
    path: string,
    body?: unknown,
    headers: object = {},
  ) {
    const response = await fetch(registry.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  test('elect one that writes; the others pass writes on, see them at once, and take its place', async () => {
    const startOne = await startCluster();
    const nodes = await Promise.all([startOne(), startOne(), startOne()]);
    const primary = await settled(nodes.map(({ registry }) => registry));
    const secondaries = nodes.map(({ registry }) => registry).filter((registry) => registry !== primary);
    for (const [index, registry] of secondaries.entries()) {
      const path = `/subjects/s${index}/versions`;
      const schema = JSON.stringify(recordOf(`f${index}`));
      expect(await ask(registry, 'POST', path, { schema })).toMatchObject({
        status: 200,
        json: { id: index + 1 },
      });
      expect(await ask(registry, 'GET', `${path}/1`)).toMatchObject({
        status: 200,
        json: { id: index + 1, schema },
      });
      expect(await ask(registry, 'POST', path, { schema: '{' })).toMatchObject({
        status: 422,
        json: { error_code: 42201 },
      });
    }
    const [secondary] = secondaries;
    if (secondary === undefined) throw new TypeError('no secondary');
    const settings = await ask(secondary, 'PUT', '/config/s0', { compatibility: 'NONE' });
    expect(settings).toEqual({ status: 200, json: { compatibility: 'NONE' } });
    expect(await ask(secondary, 'GET', '/config/s0')).toMatchObject({ json: { compatibilityLevel: 'NONE' } });

    const twice = await ask(
      secondary,
      'PUT',
      '/config/s0',
      { compatibility: 'FULL' },
      { 'x-forward': 'true' },
    );
    expect(twice).toMatchObject({ status: 500, json: { error_code: 50003 } });

    await nodes.find(({ registry }) => registry === primary)?.close();
    const next = await settled(secondaries);
    for (const registry of secondaries) {
      const answer = await ask(registry, 'POST', '/subjects/s2/versions', {
        schema: JSON.stringify(recordOf('f2')),
      });
      expect(answer).toMatchObject({ status: 200, json: { id: 3 } });
    }
    const last = nodes.find(({ registry }) => registry !== primary && registry !== next);
    expect(await ask(last?.registry ?? next, 'GET', '/schemas/ids/3')).toMatchObject({ status: 200 });
  }, 30_000);

  test('a primary that dies in the middle of it loses no id and gives none twice', async () => {
    const startOne = await startCluster({ sessionTimeoutMs: 300, writeTimeoutMs: 300 });
    const nodes = await Promise.all([startOne(), startOne(), startOne()]);
    const primary = await settled(nodes.map(({ registry }) => registry));
    const registries = nodes.map(({ registry }) => registry);
    const schemas = Array.from({ length: 60 }, (_, index) => JSON.stringify(recordOf(`f${index % 45}?`)));
    let done = 0;
    const registered = await Promise.all(
      schemas.map(async (schema, index) => {
        for (let attempt = index; ; attempt += 1) {
          const registry = registries[attempt % registries.length];
          if (registry === undefined) throw new TypeError('no registry');
          const answer = await ask(registry, 'POST', `/subjects/s${index}/versions`, { schema }).catch(gone);
          if (answer.status === 200) {
            done += 1;
            if (done === 20) nodes.find((node) => node.registry === primary)?.kill();
            return { schema, id: (answer.json as { id: number }).id };
          }
          expect(answer.status).toBe(500);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }),
    );
    const ids = new Map(registered.map(({ schema, id }) => [schema, id]));
    for (const { schema, id } of registered) expect(ids.get(schema)).toBe(id);
    expect(new Set(ids.values()).size).toBe(45);
    for (const registry of registries.filter((each) => each !== primary)) {
      await registry.store.catchUp();
      for (const [schema, id] of ids) {
        expect(await ask(registry, 'GET', `/schemas/ids/${id}`)).toMatchObject({
          status: 200,
          json: { schema },
        });
      }
    }
  }, 60_000);

  test('a write that comes before there is a primary waits for it', async () => {
    const startOne = await startCluster();
    const { registry } = await startOne();
    const isEarly = registry.role().kind === 'unknown';
    const schema = JSON.stringify(recordOf('a'));
    const answers = await Promise.all(
      [1, 2].map((index) => ask(registry, 'POST', `/subjects/s${index}/versions`, { schema })),
    );
    expect(isEarly).toBe(true);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  }, 30_000);

  test('whoever waits for a primary hears when the wait is over, and when the registry stops', async () => {
    const clock = new ManualClock();
    const options = { client: neverElected, host: 'h', port: 1 };
    const election = new PrimaryElection(options, { clock, logger: silentLogger }, async () => undefined);
    election.start();
    const [short, long] = [election.known(100), election.known(60_000)];
    await clock.advance(100);
    expect(await short).toEqual({ kind: 'unknown' });
    await election.close();
    expect(await long).toEqual({ kind: 'unknown' });
    expect(await election.known(60_000)).toEqual({ kind: 'unknown' });
  });

  test('without a primary what is known is still answered, and a write is refused', async () => {
    const startOne = await startCluster();
    const { registry } = await startOne();
    await settled([registry]);
    const schema = JSON.stringify(recordOf('a'));
    await ask(registry, 'POST', '/subjects/s/versions', { schema });
    const log = new MemorySchemaLog();
    await expect(log.readToEnd()).resolves.toBeUndefined();
    const reader = await startRegistry({
      log: log.share(),
      host: '127.0.0.1',
      port: 0,
      logger: silentLogger,
      clock: systemPlatform(silentLogger).clock,
      election: { client: neverElected, isEligible: false },
      primaryWaitMs: 50,
    });
    closables.push(reader);
    const refused = await ask(reader, 'POST', '/subjects/s/versions', { schema });
    expect(refused).toEqual({ status: 500, json: { error_code: 50004, message: 'Leader not known.' } });
    expect(await ask(reader, 'GET', '/subjects')).toEqual({ status: 200, json: [] });
  }, 30_000);
});

/** A client of a cluster where no group ever forms. */
const neverElected = {
  membership: () => {
    let wake = () => {};
    return {
      memberId: '',
      generationId: -1,
      isStable: false,
      poll: () => new Promise<boolean>((resolve) => (wake = () => resolve(false))),
      wakeup: () => wake(),
      requestRejoin: () => undefined,
      leave: async () => undefined,
      close: async () => undefined,
    };
  },
} as unknown as ReturnType<typeof createClient>;
