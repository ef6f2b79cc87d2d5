export { type PropertyEntry, parseProperties, propertyEntries } from '../config/index.ts';

export type Properties = ReadonlyMap<string, string>;
