import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { listenLazily } from '../../platform/lazy-http-server.ts';
import type { Logger } from '../../platform/logger.ts';
import { avroLanguage } from '../avro/language.ts';
import { jsonLanguage } from '../json/language.ts';
import { type ElectionOptions, PrimaryElection, type PrimaryRole } from '../primary/election.ts';
import { classicProtobufLanguage, protobufLanguage } from '../protobuf/language.ts';
import type { SchemaLog } from '../store/log.ts';
import { RegistryStore, type StoreParts } from '../store/registry-store.ts';
import type { Personality } from './route.ts';

/** Longer than Apache Kafka waits for the first members of a group (3 s), and than a dead member stays in it (10 s). */
const PRIMARY_WAIT_MS = 15_000;

/** How to run a registry. */
export interface RegistryOptions {
  /** Owned by the registry from now on: {@link RunningRegistry.close} closes it. */
  readonly log: SchemaLog;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Whose answers to give: 8 by default, 7 for old clients. */
  readonly personality?: Personality;
  /** How long a write may take. `kafkastore.timeout.ms`; 10 000 here. */
  readonly writeTimeoutMs?: number;
  /** For several registries on one topic: they elect who writes, and the others forward. Without it this one is alone. */
  readonly election?: Omit<ElectionOptions, 'host' | 'port'> & { readonly advertisedHost?: string };
  /** How long a write waits until it is known who writes: 15 000. */
  readonly primaryWaitMs?: number;
  /** The id of the Kafka cluster, told to those who ask. */
  readonly clusterId?: string;
}

/** A registry that answers. */
export interface RunningRegistry {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly store: RegistryStore;
  /** Who writes: this registry, unless there are others. */
  readonly role: () => PrimaryRole;
  /** Answers what has come, stops listening, closes the log. */
  close(): Promise<void>;
}

/** The languages of this registry, as the releases whose answers it gives know them. */
function languagesOf(personality: Personality): StoreParts['languages'] {
  return [jsonLanguage, personality === 7 ? classicProtobufLanguage : protobufLanguage, avroLanguage];
}

/** A registry for this process alone: reads the log to its end, and does not listen. Close it in the end. */
export async function openRegistryStore({
  log,
  logger,
  clock,
  personality = 8,
  writeTimeoutMs,
  isPrimary,
}: Pick<RegistryOptions, 'log' | 'logger' | 'clock' | 'personality' | 'writeTimeoutMs'> &
  Pick<StoreParts, 'isPrimary'>): Promise<RegistryStore> {
  const store = new RegistryStore({
    log,
    languages: languagesOf(personality),
    clock,
    logger,
    ...(writeTimeoutMs !== undefined && { writeTimeoutMs }),
    ...(isPrimary && { isPrimary }),
  });
  try {
    await store.open();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Reads the log to its end and then listens. Rejects when either fails; nothing stays open then. */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const { host, port, logger, clock, personality = 8, clusterId = '', election: electing } = options;
  const { primaryWaitMs = PRIMARY_WAIT_MS } = options;
  let app: FastifyInstance | undefined;
  let election: PrimaryElection | undefined;
  const role = (): PrimaryRole => {
    if (electing === undefined) return { kind: 'primary' };
    return election?.role ?? { kind: 'unknown' };
  };
  const store = await openRegistryStore({ ...options, isPrimary: () => role().kind === 'primary' });
  try {
    const server = await listenLazily({ host, port }, async (http) => {
      const { createApplication } = await import('./application.ts');
      const context = {
        store,
        personality,
        clusterId,
        primaryWaitMs,
        ...(election && { primary: election }),
      };
      app = createApplication(context, logger, http);
      await app.ready();
      return app.routing;
    });
    const url = `http://${urlHost(host)}:${server.endpoint.port}`;
    logger.info({ url }, 'schema registry listens');
    if (electing !== undefined) {
      const { advertisedHost = urlHost(host), ...rest } = electing;
      const address = { host: advertisedHost, port: server.endpoint.port };
      election = new PrimaryElection({ ...rest, ...address }, { clock, logger }, () => store.catchUp());
      election.start();
    }
    const close = async () => {
      await election?.close();
      await server.close();
      await app?.close();
      await store.close();
    };
    return { url, store, role, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
