import { RegistryError } from '../errors.ts';
import { contextOf } from './qualified-subject.ts';

/** Confluent's error table: HTTP status, code and text, word for word, because clients look at all three. */
export const rejection = {
  subjectNotFound: (subject: string) => new RegistryError(404, 40401, `Subject '${subject}' not found.`),
  versionNotFound: (version: number) => new RegistryError(404, 40402, `Version ${version} not found.`),
  schemaNotFound: (id?: number | string) =>
    new RegistryError(404, 40403, id === undefined ? 'Schema not found' : `Schema ${id} not found`),
  subjectSoftDeleted: (subject: string) =>
    new RegistryError(
      404,
      40404,
      `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`,
    ),
  subjectNotSoftDeleted: (subject: string) =>
    new RegistryError(
      404,
      40405,
      `Subject '${subject}' was not deleted first before being permanently deleted`,
    ),
  versionSoftDeleted: (subject: string, version: number) =>
    new RegistryError(
      404,
      40406,
      `Subject '${subject}' Version ${version} was soft deleted.Set permanent=true to delete permanently`,
    ),
  versionNotSoftDeleted: (subject: string, version: number) =>
    new RegistryError(
      404,
      40407,
      `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`,
    ),
  compatibilityNotConfigured: (subject: string) =>
    new RegistryError(
      404,
      40408,
      `Subject '${subject}' does not have subject-level compatibility configured`,
    ),
  modeNotConfigured: (subject: string) =>
    new RegistryError(404, 40409, `Subject '${subject}' does not have subject-level mode configured`),
  incompatible: (subject: string, messages: readonly string[]) =>
    new RegistryError(
      409,
      40901,
      `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${messages.join(', ')}]`,
    ),
  invalidSchema: (message: string, cause?: unknown) => new RegistryError(422, 42201, message, { cause }),
  invalidVersion: (version: string) =>
    new RegistryError(
      422,
      42202,
      `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    ),
  invalidCompatibility: () =>
    new RegistryError(
      422,
      42203,
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive',
    ),
  invalidMode: () =>
    new RegistryError(422, 42204, 'Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.'),
  forwardNotGlobal: () => new RegistryError(422, 42204, 'Forward mode only supported on global level'),
  notPermitted: (message: string) => new RegistryError(422, 42205, message),
  wrongMode: (subject: string | null, problem: string) =>
    new RegistryError(422, 42205, `Subject ${subject} in context ${contextOf(subject ?? '')} is ${problem}`),
  referencesExist: (subject: string, version: number) =>
    new RegistryError(
      422,
      42206,
      `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`,
    ),
  importedIdDiffers: () =>
    new RegistryError(422, 42207, 'The ID of an imported schema does not match the existing ID'),
  invalidSubject: (subject: string) =>
    new RegistryError(422, 42208, `The specified subject '${subject}' is not a valid.`),
  tooLarge: () => new RegistryError(422, 42209, 'Register operation failed because schema is too large'),
  invalidRuleSet: (message: string) => new RegistryError(422, 42210, message),
  contextNotEmpty: (context: string) =>
    new RegistryError(422, 42211, `The specified context '${context}' is not empty.`),
  storeFailed: (operation: string, cause: unknown) =>
    new RegistryError(
      500,
      50001,
      `${operation === 'Register' ? 'Register schema' : operation} operation failed while writing to the Kafka store`,
      { cause },
    ),
  forwardFailed: (cause?: unknown) =>
    new RegistryError(500, 50003, 'Error while forwarding the request to the leader', { cause }),
  primaryUnknown: () => new RegistryError(500, 50004, 'Leader not known.'),
  timedOut: (operation: string) => new RegistryError(500, 50002, `${operation} operation timed out`),
} as const;
