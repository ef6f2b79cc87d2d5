import type { Definition, LinkedFile } from './files.ts';
import type { ProtoFile, ProtoOption } from './syntax-tree.ts';

/** How values of a file are written, in the words of editions; proto2 and proto3 are two sets of them. */
export interface Features {
  readonly presence: 'EXPLICIT' | 'IMPLICIT' | 'LEGACY_REQUIRED';
  readonly isPacked: boolean;
  /** Messages are written as groups, between two tags. */
  readonly isDelimited: boolean;
  /** A number without a constant is no value of the enum. */
  readonly isEnumClosed: boolean;
  readonly isUtf8Checked: boolean;
}

const proto2: Features = {
  presence: 'EXPLICIT',
  isPacked: false,
  isDelimited: false,
  isEnumClosed: true,
  isUtf8Checked: false,
};

const proto3: Features = {
  presence: 'IMPLICIT',
  isPacked: true,
  isDelimited: false,
  isEnumClosed: false,
  isUtf8Checked: true,
};

const edition: Features = { ...proto3, presence: 'EXPLICIT' };

const known = new WeakMap<Definition, Features>();

/** What holds inside of a message or enum: the file's features, changed on the way down to it. */
export function featuresOf(definition: Definition): Features {
  const { name, file, element } = definition;
  const earlier = known.get(definition);
  if (earlier !== undefined) return earlier;
  const scope = scopeFeatures(file, name.slice(0, Math.max(0, name.lastIndexOf('.'))));
  const features = changedFeatures(scope, element.options);
  known.set(definition, features);
  return features;
}

/** What holds at this full name of the file: a message, or the package. */
export function scopeFeatures(file: LinkedFile, scope: string): Features {
  const enclosing = file.definitions.get(scope);
  return enclosing === undefined ? fileFeatures(file.file) : featuresOf(enclosing);
}

/** The features with what the options say about them. */
export function changedFeatures(features: Features, options: readonly ProtoOption[]): Features {
  const settings = featureSettings(options);
  if (settings.size === 0) return features;
  const presence = settings.get('field_presence');
  const isKnown = presence === 'EXPLICIT' || presence === 'IMPLICIT' || presence === 'LEGACY_REQUIRED';
  const flag = (name: string, yes: string, current: boolean) =>
    settings.has(name) ? settings.get(name) === yes : current;
  return {
    presence: isKnown ? presence : features.presence,
    isPacked: flag('repeated_field_encoding', 'PACKED', features.isPacked),
    isDelimited: flag('message_encoding', 'DELIMITED', features.isDelimited),
    isEnumClosed: flag('enum_type', 'CLOSED', features.isEnumClosed),
    isUtf8Checked: flag('utf8_validation', 'VERIFY', features.isUtf8Checked),
  };
}

function fileFeatures(file: ProtoFile): Features {
  const base = file.edition !== undefined ? edition : file.syntax === 'proto3' ? proto3 : proto2;
  return changedFeatures(base, file.options);
}

/** `features.name = WORD` and `features = { name: WORD }`. */
function featureSettings(options: readonly ProtoOption[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const { name, value } of options) {
    if (name[0]?.text !== 'features' || name[0].isExtension) continue;
    if (name[1] !== undefined && value.kind === 'word') settings.set(name[1].text, value.text);
    if (name[1] !== undefined || value.kind !== 'map') continue;
    for (const entry of value.entries) {
      if (entry.value.kind === 'word') settings.set(entry.key.text, entry.value.text);
    }
  }
  return settings;
}
