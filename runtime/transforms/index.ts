import type { Plugin } from '../plugin/index.ts';
import { cast } from './cast.ts';
import { extractField, hoistField, valueToKey } from './field-moves.ts';
import { filter } from './filter.ts';
import { flatten } from './flatten.ts';
import { dropHeaders, headerFrom, insertHeader } from './header-transforms.ts';
import { insertField } from './insert-field.ts';
import { maskField } from './mask-field.ts';
import { replaceField } from './replace-field.ts';
import { setSchemaMetadata } from './set-schema-metadata.ts';
import { timestampConverter } from './timestamp-converter.ts';
import { regexRouter, timestampRouter } from './topic-routers.ts';

export {
  openTransformChain,
  TransformationError,
  type TransformChain,
  type TransformStage,
} from './transform-chain.ts';

/** Kafka Connect's own transforms; those for keys and values twice. */
export const builtInTransforms: readonly Plugin[] = [
  ...cast,
  dropHeaders,
  ...extractField,
  filter,
  ...flatten,
  ...headerFrom,
  ...hoistField,
  ...insertField,
  insertHeader,
  ...maskField,
  regexRouter,
  ...replaceField,
  ...setSchemaMetadata,
  ...timestampConverter,
  timestampRouter,
  valueToKey,
];
