import type { SchemaVersion } from '../store/entity.ts';
import type { RegistryStore } from '../store/registry-store.ts';
import { findTags, type SchemaTags } from '../store/tags.ts';
import type { RouteRequest } from './route.ts';

/** The text in the `format` that was asked for; undefined when none was, or the language has no such format. */
export function formattedText(
  request: RouteRequest,
  { reader, state }: RegistryStore,
  version: SchemaVersion | undefined,
): string | undefined {
  const format = request.query('format');
  const isKnown = version !== undefined && reader.types.some((type) => type === version.content.schemaType);
  if (!format || !isKnown) return undefined;
  const language = reader.language(version.content.schemaType);
  return language.formatted(reader.stored(state, version), format);
}

/** Whether references are shown with their context: `referenceFormat=qualified`. */
export function referenceFormat(request: RouteRequest): { readonly qualifiesReferences: boolean } {
  return { qualifiesReferences: request.query('referenceFormat')?.toLowerCase() === 'qualified' };
}

/** The tags in the text of a version that `findTags` asks for, `*` for all; undefined when it asks for none. */
export function foundTags(
  request: RouteRequest,
  { reader, state }: RegistryStore,
  version: SchemaVersion | undefined,
): { readonly schemaTags: readonly SchemaTags[] } | undefined {
  const wanted = request.queries('findTags').filter((tag) => tag !== '');
  const isKnown = version !== undefined && reader.types.some((type) => type === version.content.schemaType);
  if (wanted.length === 0 || !isKnown) return undefined;
  const language = reader.language(version.content.schemaType);
  return { schemaTags: findTags(language, reader.stored(state, version), wanted) };
}
