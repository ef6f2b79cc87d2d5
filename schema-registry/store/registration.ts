import { type CompatibilityRule, checkCompatibility } from '../compatibility.ts';
import { type Decision, type LogEntry, removeVersion, writeVersion } from './decision.ts';
import type { RegistryConfig, SchemaContent, SchemaDefinition, SchemaVersion } from './entity.ts';
import { type CanonicalDefinition, canonicalDefinition, lookUp, withGuid } from './query.ts';
import { rejection } from './rejection.ts';
import type { SchemaReader } from './schema-reader.ts';
import { checkSubject, configInScope, modeInScope } from './settings.ts';
import { type RegistryState, referenceKey } from './state.ts';

/** A schema to register. An empty `schema` stands for the latest version's. */
export interface RegisterRequest {
  readonly subject: string;
  readonly definition: SchemaDefinition;
  readonly normalize: boolean;
  /** The version it has to become, -1 for the next; undefined or 0 for any. Free only in IMPORT mode. */
  readonly version?: number | undefined;
  /** Only in IMPORT mode. */
  readonly id?: number | undefined;
}

/** Where the schema is now. */
export interface Registered {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly guid: string;
}

/** Longest schema text, in bytes of UTF-8. */
const schemaBytesMax = 1024 * 1024;

/** Highest version and id: a Java int. */
const numberMax = 0x7fff_ffff;

/**
 * Registers a schema, or finds that the subject has it already. Throws `RegistryError`: 42208, 42205 by mode, 42201,
 * 42209, 42207 and 409.
 */
export function decideRegister(
  state: RegistryState,
  reader: SchemaReader,
  request: RegisterRequest,
): Decision<Registered> {
  const { subject, definition } = request;
  checkSubject(subject);
  if (Buffer.byteLength(definition.schema) > schemaBytesMax) throw rejection.tooLarge();
  reader.language(definition.schemaType);
  const isPlain = !request.version && request.id === undefined;
  // First of all and in any mode: what is there already is an answer, not a change.
  const existing = isPlain && definition.schema !== '' ? lookUpPlain(state, reader, request) : undefined;
  if (existing !== undefined) return { records: [], response: registered(existing) };
  const isImport = checkMode(state, request);
  const wanted = isImport ? withGuid(definition) : newDefinition(state, reader, request);
  const same = state.context(subject).guids.get(wanted.guid);
  const again = same && [...same.versions].find((each) => each.subject === subject && !each.isDeleted);
  if (again !== undefined && isPlain) return { records: [], response: registered(again) };
  if (!isImport) checkHistory(state, reader, subject, wanted);
  const version = chooseVersion(state, request, isImport);
  const content = chooseId(state, request, wanted, same);
  if (isImport) checkImport(state, subject, version, content);
  const added = { subject, version, content };
  const records = [...forgetDeleted(state, subject, content.id), ...writeVersion(state, added, false)];
  return { records, response: registered(added) };
}

/** The versions of the subject that a new schema is compared with, by the setting in scope. */
export function comparedVersions(
  state: RegistryState,
  subject: string,
  definition: SchemaDefinition,
): readonly SchemaVersion[] {
  const { compatibilityGroup } = configInScope(state, subject);
  const versions = state.versions(subject, false);
  if (compatibilityGroup === undefined) return versions;
  const groupOf = ({ metadata }: SchemaDefinition) => metadata?.properties?.[compatibilityGroup];
  return versions.filter(({ content }) => groupOf(content) === groupOf(definition));
}

/** The level and policy in scope. */
export function ruleInScope(state: RegistryState, subject: string): CompatibilityRule {
  const { compatibilityLevel, compatibilityPolicy } = configInScope(state, subject);
  return { level: compatibilityLevel, policy: compatibilityPolicy ?? 'STRICT' };
}

function lookUpPlain(
  state: RegistryState,
  reader: SchemaReader,
  request: RegisterRequest,
): SchemaVersion | undefined {
  const { subject, definition, normalize } = request;
  return lookUp(state, reader, subject, definition, { normalize, deleted: false });
}

/** Returns whether the schema is imported as it is. Throws 42205. */
function checkMode(state: RegistryState, { subject, id }: RegisterRequest): boolean {
  const mode = modeInScope(state, subject);
  if (mode.startsWith('READONLY')) throw rejection.wrongMode(subject, 'in read-only mode');
  if (id !== undefined && mode !== 'IMPORT') throw rejection.wrongMode(subject, 'not in import mode');
  if (id === undefined && mode !== 'READWRITE') throw rejection.wrongMode(subject, 'not in read-write mode');
  return mode === 'IMPORT';
}

function newDefinition(
  state: RegistryState,
  reader: SchemaReader,
  request: RegisterRequest,
): CanonicalDefinition {
  const { subject, definition } = request;
  const config: RegistryConfig = configInScope(state, subject);
  const latest = state.versions(subject, false).at(-1)?.content;
  const options = {
    normalize: request.normalize || config.normalize === true,
    strict: config.validateNewSchemas !== false,
  };
  const metadata = definition.metadata ?? latest?.metadata;
  if (definition.schema !== '') {
    return canonicalDefinition(state, reader, subject, { ...definition, metadata }, options);
  }
  if (latest === undefined) throw rejection.invalidSchema('Empty schema');
  const { schemaType, schema, references } = latest;
  return canonicalDefinition(state, reader, subject, { schemaType, schema, references, metadata }, options);
}

/** Throws 409 with the reasons. */
function checkHistory(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  wanted: CanonicalDefinition,
): void {
  const rule = ruleInScope(state, subject);
  if (rule.level === 'NONE') return;
  const history = reader.history(state, comparedVersions(state, subject, wanted));
  const candidate = reader.parse(state, wanted, { subject, strict: false });
  const messages = checkCompatibility(reader.language(wanted.schemaType), candidate, history, rule);
  if (messages.length > 0) throw rejection.incompatible(subject, messages);
}

function chooseVersion(
  state: RegistryState,
  { subject, version = 0 }: RegisterRequest,
  isImport: boolean,
): number {
  const next = (state.versions(subject, true).at(-1)?.version ?? 0) + 1;
  if (next > numberMax) throw rejection.notPermitted(`Subject ${subject} has no version numbers left`);
  if (version <= 0) return next;
  if (version !== next && !isImport) {
    throw rejection.invalidSchema('Version is not one more than previous version');
  }
  return version;
}

function chooseId(
  state: RegistryState,
  { subject, id }: RegisterRequest,
  wanted: CanonicalDefinition,
  same: SchemaContent | undefined,
): SchemaContent {
  const context = state.context(subject);
  if (id === undefined) {
    if (same === undefined && context.idMax >= numberMax)
      throw rejection.notPermitted('All ids have been given out');
    return same ?? { ...wanted, id: context.idMax + 1, versions: new Set() };
  }
  const holder = context.ids.get(id);
  if (holder === undefined) return { ...wanted, id, versions: new Set() };
  if (holder.guid === wanted.guid) return holder;
  throw rejection.notPermitted(`Overwrite new schema with id ${id} in context . is not permitted.`);
}

/** Throws 42207 when the version is there with another id. */
function checkImport(state: RegistryState, subject: string, version: number, content: SchemaContent): void {
  const existing = state.version(subject, version);
  if (existing !== undefined && existing.content.id !== content.id) throw rejection.importedIdDiffers();
}

/** Soft-deleted versions with the same id make room for the new one, unless something refers to them. */
function forgetDeleted(state: RegistryState, subject: string, id: number): LogEntry[] {
  return state
    .versions(subject, true)
    .filter(({ isDeleted, content, version }) => {
      const isReferred = (state.referrers.get(referenceKey(subject, version))?.size ?? 0) > 0;
      return isDeleted && content.id === id && !isReferred;
    })
    .flatMap((version) => removeVersion(state, version));
}

function registered({
  subject,
  version,
  content,
}: Pick<SchemaVersion, 'subject' | 'version' | 'content'>): Registered {
  return { subject, version, id: content.id, guid: content.guid };
}
