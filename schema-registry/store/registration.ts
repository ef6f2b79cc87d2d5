import { SchemaParseError } from '../errors.ts';
import { type Decision, type LogEntry, removeVersion, writeVersion } from './decision.ts';
import { type CanonicalDefinition, canonicalDefinition, checkSize, withGuid } from './definition.ts';
import type {
  RegistryConfig,
  RegistryMode,
  SchemaContent,
  SchemaDefinition,
  SchemaVersion,
} from './entity.ts';
import { checkFields, checkHistory } from './history-check.ts';
import { mergedMetadata, mergedRuleSet, versionProperty, withVersion } from './metadata.ts';
import { contextOf } from './qualified-subject.ts';
import { findEqual, lookUp } from './query.ts';
import { rejection } from './rejection.ts';
import { checkRuleSet } from './rule-check.ts';
import type { SchemaReader } from './schema-reader.ts';
import { checkSubject, configInScope, modeInScope } from './settings.ts';
import { type RegistryState, referenceKey } from './state.ts';
import { changedTags, type TagChange } from './tags.ts';

/** A schema to register. An empty `schema` stands for the latest version's. */
export interface RegisterRequest {
  readonly subject: string;
  readonly definition: SchemaDefinition;
  readonly normalize: boolean;
  /** The version it has to become, -1 for the next; undefined or 0 for any. Free only in IMPORT mode. */
  readonly version?: number | undefined;
  /** Only in IMPORT and FORWARD mode. */
  readonly id?: number | undefined;
  /** Register although it breaks earlier versions. */
  readonly force?: boolean;
  /** Not in IMPORT mode. */
  readonly tags?: TagChange | undefined;
}

/** Where the schema is now. */
export interface Registered {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly guid: string;
}

/** Highest version and id: a Java int. */
const numberMax = 0x7fff_ffff;

/**
 * Registers a schema, or finds that the subject has it already. Throws `RegistryError`: 42208, 42205 by mode, 42201,
 * 42209, 42210, 42207 and 409.
 */
export function decideRegister(
  state: RegistryState,
  reader: SchemaReader,
  request: RegisterRequest,
): Decision<Registered> {
  const { subject, definition } = request;
  // First of all and in any mode: what is there already is an answer, not a change.
  const existing = findRegistered(state, reader, request);
  const isPlain = !request.version && request.id === undefined;
  if (existing !== undefined) return { records: [], response: registered(existing) };
  const mode = checkMode(state, request);
  const isImport = mode === 'IMPORT';
  const version = chooseVersion(state, request, isImport);
  const wanted = isImport ? withGuid(definition) : newDefinition(state, reader, request, version);
  const same = state.context(subject).guids.get(wanted.guid);
  const again = isPlain ? findSame(state, reader, subject, wanted) : undefined;
  if (again !== undefined) return { records: [], response: registered(again) };
  if (mode === 'READWRITE' && request.force !== true) checkHistory(state, reader, subject, wanted);
  const content = chooseId(state, request, wanted, same);
  if (isImport) checkImport(state, subject, version, content);
  const added = { subject, version, content };
  const records = [...forgetDeleted(state, subject, content.id), ...writeVersion(state, added, false)];
  return { records, response: registered(added), isRegistration: true };
}

/** The version that the request would lead to because it is there already. Throws 42208, 42201, 42209, 42210. */
export function findRegistered(
  state: RegistryState,
  reader: SchemaReader,
  request: RegisterRequest,
): SchemaVersion | undefined {
  const { subject, definition } = request;
  checkSubject(subject);
  checkSize(definition);
  if (configInScope(state, subject).validateRules !== false) checkRuleSet(definition.ruleSet);
  reader.language(definition.schemaType);
  const isPlain = !request.version && request.id === undefined;
  return isPlain && definition.schema !== '' ? lookUpPlain(state, reader, request) : undefined;
}

/** Tags, defaults and overrides make another schema of what was handed in: then there is no short way. */
function lookUpPlain(
  state: RegistryState,
  reader: SchemaReader,
  request: RegisterRequest,
): SchemaVersion | undefined {
  const { subject, definition, normalize, tags } = request;
  const config = configInScope(state, subject);
  if (tags !== undefined) return undefined;
  if (config.defaultMetadata ?? config.overrideMetadata ?? config.defaultRuleSet ?? config.overrideRuleSet) {
    return undefined;
  }
  return lookUp(state, reader, subject, definition, { normalize, deleted: false });
}

function findSame(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  wanted: CanonicalDefinition,
): SchemaVersion | undefined {
  const versions = state.versions(subject, false);
  const same = versions.findLast(({ content }) => content.guid === wanted.guid);
  return same ?? findEqual(state, reader, versions, wanted);
}

/** Returns the mode in scope. Throws 42205. */
function checkMode(state: RegistryState, { subject, id }: RegisterRequest): RegistryMode {
  const mode = modeInScope(state, subject);
  const takesIds = mode === 'IMPORT' || mode === 'FORWARD';
  if (mode.startsWith('READONLY')) throw rejection.wrongMode(subject, 'in read-only mode');
  if (id !== undefined && !takesIds) throw rejection.wrongMode(subject, 'not in import mode');
  if (id === undefined && mode !== 'READWRITE') throw rejection.wrongMode(subject, 'not in read-write mode');
  return mode;
}

function newDefinition(
  state: RegistryState,
  reader: SchemaReader,
  request: RegisterRequest,
  version: number,
): CanonicalDefinition {
  const { subject } = request;
  const config = configInScope(state, subject);
  const options = {
    normalize: request.normalize || config.normalize === true,
    strict: config.validateNewSchemas !== false,
  };
  const wanted = completed(state, config, request, version);
  const canonical = canonicalDefinition(state, reader, subject, wanted, options);
  const tagged =
    request.tags === undefined
      ? canonical
      : canonicalDefinition(
          state,
          reader,
          subject,
          { ...canonical, schema: taggedText(state, reader, subject, canonical, request.tags) },
          options,
        );
  if (config.validateFields === true) checkFields(state, reader, subject, tagged);
  return tagged;
}

function taggedText(
  state: RegistryState,
  reader: SchemaReader,
  subject: string,
  definition: SchemaDefinition,
  change: TagChange,
): string {
  const parsed = reader.parse(state, definition, { subject, strict: false });
  const latest = state.versions(subject, false).at(-1);
  const isSameLanguage = latest?.content.schemaType === definition.schemaType;
  const old = latest !== undefined && isSameLanguage ? reader.stored(state, latest) : undefined;
  try {
    return changedTags(reader.language(definition.schemaType), parsed, change, old);
  } catch (error) {
    throw error instanceof SchemaParseError ? rejection.invalidSchema(error.message, error) : error;
  }
}

/** What the request leaves out comes from the latest version; the settings have their say on metadata and rules. */
function completed(
  state: RegistryState,
  config: RegistryConfig,
  { subject, definition, version: asked = 0 }: RegisterRequest,
  version: number,
): SchemaDefinition {
  const latest = state.versions(subject, false).at(-1)?.content;
  const given = definition.metadata ?? latest?.metadata;
  const metadata = mergedMetadata(mergedMetadata(config.defaultMetadata, given), config.overrideMetadata);
  const rules = definition.ruleSet ?? latest?.ruleSet;
  const ruleSet = mergedRuleSet(mergedRuleSet(config.defaultRuleSet, rules), config.overrideRuleSet);
  const isNumbered = asked !== 0 || metadata?.properties?.[versionProperty] !== undefined;
  const facts = { metadata: isNumbered ? withVersion(metadata, version) : metadata, ruleSet };
  if (definition.schema !== '') return { ...definition, ...facts };
  if (latest === undefined) throw rejection.invalidSchema('Empty schema');
  const { schemaType, schema, references } = latest;
  return { schemaType, schema, references, ...facts };
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
  throw rejection.notPermitted(
    `Overwrite new schema with id ${id} in context ${contextOf(subject)} is not permitted.`,
  );
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
