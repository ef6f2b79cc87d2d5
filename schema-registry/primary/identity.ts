/** A registry as the others of its group see it. */
export interface RegistryIdentity {
  readonly host: string;
  readonly port: number;
  readonly scheme: string;
  /** False for a registry that only ever reads. */
  readonly isEligible: boolean;
  /** Whether it is the primary now. */
  readonly isPrimary: boolean;
}

/** A member of the group `sr` with what it tells about itself; undefined when nobody can read that. */
export interface RegistryMember {
  readonly memberId: string;
  readonly identity: RegistryIdentity | undefined;
}

/** What every member is told. */
export interface PrimaryAssignment {
  /** 1 when two members have the same address; then there is no primary. */
  readonly error: 0 | 1;
  readonly memberId: string | undefined;
  readonly identity: RegistryIdentity | undefined;
}

/** The release of both formats. */
const version = 1;

export function addressOf({ scheme, host, port }: RegistryIdentity): string {
  return `${scheme}://${host}:${port}`;
}

/**
 * The primary of these members: the one that is it already, else the one with the lowest address, so that a new member
 * takes nothing away from anybody. Confluent's registries decide alike but for staying.
 */
export function choosePrimary(members: readonly RegistryMember[]): PrimaryAssignment {
  const known = members.filter(
    (member): member is RegistryMember & { readonly identity: RegistryIdentity } =>
      member.identity !== undefined,
  );
  const addresses = known.map(({ identity }) => addressOf(identity));
  if (new Set(addresses).size < addresses.length)
    return { error: 1, memberId: undefined, identity: undefined };
  const eligible = known.filter(({ identity }) => identity.isEligible);
  const incumbents = eligible.filter(({ identity }) => identity.isPrimary);
  const candidates = incumbents.length > 0 ? incumbents : eligible;
  const [first] = candidates.sort((left, right) =>
    addressOf(left.identity) < addressOf(right.identity) ? -1 : 1,
  );
  return { error: 0, memberId: first?.memberId, identity: first?.identity };
}

/** Confluent's JSON for a member's metadata. */
export function encodeIdentity(identity: RegistryIdentity): Buffer {
  return Buffer.from(JSON.stringify(identityJson(identity)));
}

/** Undefined when the bytes are something else. */
export function decodeIdentity(bytes: Buffer): RegistryIdentity | undefined {
  return identityIn(parse(bytes));
}

/** Confluent's JSON for an assignment. */
export function encodeAssignment({ error, memberId, identity }: PrimaryAssignment): Buffer {
  const master = { master: memberId ?? null, master_identity: identity ? identityJson(identity) : null };
  return Buffer.from(JSON.stringify({ version, error, ...master }));
}

/** Without a primary when the bytes are something else. */
export function decodeAssignment(bytes: Buffer): PrimaryAssignment {
  const json = parse(bytes);
  const { error, master, master_identity: identity } = isRecord(json) ? json : {};
  return {
    error: error === 1 ? 1 : 0,
    memberId: typeof master === 'string' ? master : undefined,
    identity: identityIn(identity),
  };
}

function identityJson({ host, port, isEligible, scheme, isPrimary }: RegistryIdentity): object {
  return { version, host, port, master_eligibility: isEligible, scheme, leader: isPrimary };
}

function identityIn(json: unknown): RegistryIdentity | undefined {
  if (!isRecord(json)) return undefined;
  const { host, port, scheme, master_eligibility: isEligible, leader } = json;
  if (typeof host !== 'string' || typeof port !== 'number') return undefined;
  return {
    host,
    port,
    scheme: typeof scheme === 'string' ? scheme : 'http',
    isEligible: isEligible !== false,
    isPrimary: leader === true,
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
