import {
  alterClientQuotasRequest,
  alterUserScramCredentialsRequest,
  createAclsRequest,
  createDelegationTokenRequest,
  deleteAclsRequest,
  describeAclsRequest,
  describeClientQuotasRequest,
  describeDelegationTokenRequest,
  describeUserScramCredentialsRequest,
  expireDelegationTokenRequest,
  renewDelegationTokenRequest,
  saslAuthenticateRequest,
  saslHandshakeRequest,
} from '../../../kafka/protocol/index.ts';
import type { Wire, WireFamily } from './wire.ts';

/** What a broker without authorizer, SASL and tokens says about them, and quotas and SCRAM users, which need none. */
export const security: WireFamily = {
  name: 'security',
  about: 'ACLs, SASL, delegation tokens, SCRAM users and quotas on a broker without security',
  async ask(wire) {
    await acls(wire);
    await tokens(wire);
    await sasl(wire);
    await scram(wire);
    await quotas(wire);
  },
};

async function acls(wire: Wire): Promise<void> {
  wire.title('ACLs');
  const filter = {
    resourceTypeFilter: 1,
    resourceNameFilter: null,
    patternTypeFilter: 1,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  };
  const creation = {
    resourceType: 2,
    resourceName: 'x',
    resourcePatternType: 3,
    principal: 'User:x',
    host: '*',
    operation: 3,
    permissionType: 3,
  };
  await wire.askEach('all', describeAclsRequest, [1, 2, 3], filter);
  await wire.ask('of an unknown type', describeAclsRequest, 3, { ...filter, resourceTypeFilter: 99 });
  await wire.askEach('one', createAclsRequest, [1, 2, 3], { creations: [creation] });
  await wire.ask('none', createAclsRequest, 3, { creations: [] });
  await wire.askEach('all', deleteAclsRequest, [1, 2, 3], { filters: [filter] });
  await wire.ask('none', deleteAclsRequest, 3, { filters: [] });
}

async function tokens(wire: Wire): Promise<void> {
  wire.title('delegation tokens');
  await wire.askEach('a token', createDelegationTokenRequest, [1, 2], { renewers: [], maxLifetimeMs: -1 });
  await wire.ask('a token', createDelegationTokenRequest, 3, {
    ownerPrincipalType: null,
    ownerPrincipalName: null,
    renewers: [],
    maxLifetimeMs: -1,
  });
  await wire.askEach('a token', renewDelegationTokenRequest, [1, 2], {
    hmac: Buffer.from('x'),
    renewPeriodMs: 1000,
  });
  await wire.askEach('a token', expireDelegationTokenRequest, [1, 2], {
    hmac: Buffer.from('x'),
    expiryTimePeriodMs: 1000,
  });
  await wire.askEach('all', describeDelegationTokenRequest, [1, 2, 3], { owners: null });
}

async function sasl(wire: Wire): Promise<void> {
  wire.title('SASL on a listener without');
  await wire.ask('a mechanism', saslHandshakeRequest, 1, { mechanism: 'PLAIN' }, { client: 'sasl' });
  await wire.ask('bytes', saslAuthenticateRequest, 2, { authBytes: Buffer.from('x') }, { client: 'sasl' });
}

async function scram(wire: Wire): Promise<void> {
  wire.title('SCRAM users');
  const describe = (what: string, names: readonly string[] | null) =>
    wire.ask(what, describeUserScramCredentialsRequest, 0, {
      users: names?.map((name) => ({ name })) ?? null,
    });
  const user = {
    name: 'ann',
    mechanism: 1,
    iterations: 4096,
    salt: Buffer.from('salt'),
    saltedPassword: Buffer.alloc(32, 1),
  };
  const alter = (
    what: string,
    upsertions: readonly (typeof user)[],
    deletions: readonly { readonly name: string; readonly mechanism: number }[] = [],
  ) =>
    wire.ask(what, alterUserScramCredentialsRequest, 0, {
      upsertions: [...upsertions],
      deletions: [...deletions],
    });
  await describe('all of none', null);
  await describe('an unknown one', ['nobody']);
  await describe('one twice', ['nobody', 'nobody']);
  await alter('too few iterations', [{ ...user, iterations: 10 }]);
  await alter('too many iterations', [{ ...user, iterations: 20_000 }]);
  await alter('an unknown mechanism', [{ ...user, mechanism: 9 }]);
  await alter('an empty name', [{ ...user, name: '' }]);
  await alter('one twice', [user, user]);
  await alter('one', [user]);
  await wire.pause(100);
  await describe('all', null);
  await alter('gone that is not there', [], [{ name: 'nobody', mechanism: 1 }]);
  await alter('gone', [], [{ name: 'ann', mechanism: 1 }]);
  await wire.pause(100);
  await describe('all that is left', null);
}

type Entity = readonly (readonly [type: string, name: string | null])[];

async function quotas(wire: Wire): Promise<void> {
  wire.title('quotas');
  const alter = (
    what: string,
    entity: Entity,
    ops: readonly (readonly [key: string, value: number | null])[],
    validateOnly = false,
    version = 1,
  ) =>
    wire.ask(what, alterClientQuotasRequest, version, {
      entries: [
        {
          entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
          ops: ops.map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
        },
      ],
      validateOnly,
    });
  const describe = (
    what: string,
    components: readonly (readonly [type: string, matchType: number, match: string | null])[],
    strict = false,
    version = 1,
  ) =>
    wire.ask(what, describeClientQuotasRequest, version, {
      components: components.map(([entityType, matchType, match]) => ({ entityType, matchType, match })),
      strict,
    });
  await describe('all of none', []);
  await alter('of a user', [['user', 'ann']], [['producer_byte_rate', 1000]]);
  await alter(
    'of a user and a client',
    [
      ['user', 'ann'],
      ['client-id', 'c'],
    ],
    [['consumer_byte_rate', 2000.5]],
    false,
    0,
  );
  await alter('of the default user', [['user', null]], [['request_percentage', 50]]);
  await alter('of an address', [['ip', '127.0.0.2']], [['connection_creation_rate', 10]]);
  await alter('of an address that is none', [['ip', 'nowhere at all']], [['connection_creation_rate', 10]]);
  await alter('a rate of addresses for a user', [['user', 'ann']], [['connection_creation_rate', 10]]);
  await alter('an unknown quota', [['user', 'ann']], [['no.such', 1]]);
  await alter('a quota of 0', [['user', 'ann']], [['producer_byte_rate', 0]]);
  await alter('a negative quota', [['user', 'ann']], [['producer_byte_rate', -1]]);
  await alter('half a byte', [['user', 'ann']], [['producer_byte_rate', 1.5]]);
  await alter('of an unknown type', [['planet', 'mars']], [['producer_byte_rate', 1]]);
  await alter('of nobody', [], [['producer_byte_rate', 1]]);
  await alter('of an empty name', [['user', '']], [['producer_byte_rate', 1]]);
  await alter(
    'of a user and an address',
    [
      ['user', 'ann'],
      ['ip', '127.0.0.2'],
    ],
    [['producer_byte_rate', 1]],
  );
  await alter('only checked', [['user', 'bob']], [['producer_byte_rate', 1]], true);
  await alter('taken from one without', [['user', 'nobody']], [['producer_byte_rate', null]]);
  await wire.pause(100);
  for (const version of [0, 1]) await describe('all', [], false, version);
  await describe('of a user', [['user', 0, 'ann']]);
  await describe('of a user alone', [['user', 0, 'ann']], true);
  await describe('of the default user', [['user', 1, null]]);
  await describe('of any user', [['user', 2, null]]);
  await describe('of an unknown type', [['planet', 0, 'mars']]);
  await describe('of an unknown kind of match', [['user', 9, null]]);
  await describe('of a user and an address', [
    ['user', 0, 'ann'],
    ['ip', 0, '127.0.0.2'],
  ]);
  await describe('of one type twice', [
    ['user', 0, 'ann'],
    ['user', 0, 'bob'],
  ]);
  await alter('taken away', [['user', 'ann']], [['producer_byte_rate', null]]);
  await alter(
    'taken away',
    [
      ['user', 'ann'],
      ['client-id', 'c'],
    ],
    [['consumer_byte_rate', null]],
  );
  await alter('taken away', [['user', null]], [['request_percentage', null]]);
  await alter('taken away', [['ip', '127.0.0.2']], [['connection_creation_rate', null]]);
  await wire.pause(100);
  await describe('what is left', []);
}
