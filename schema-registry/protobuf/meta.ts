import type { OptionEntry, OptionValue, ProtoOption } from './syntax-tree.ts';

/** What `confluent.Meta` says about a message or field, apart from tags and rules. */
export interface ProtoMeta {
  readonly doc: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

/** The meta data in options: `extension` is `field_meta` or `message_meta`. Options may have it whole or by member. */
export function metaIn(options: readonly ProtoOption[], extension: string): ProtoMeta {
  let doc: string | undefined;
  const params: [string, string][] = [];
  const take = (member: string | undefined, value: OptionValue) => {
    if (member === 'doc') doc = textOf(value);
    if (member === 'params') for (const item of itemsOf(value)) params.push(paramOf(item));
  };
  for (const { name, value } of options) {
    const [first, second, third] = name;
    if (first?.isExtension !== true || first.text.replace(/^\./, '') !== `confluent.${extension}`) continue;
    if (second !== undefined && third === undefined) take(second.text, value);
    if (second !== undefined || value.kind !== 'map') continue;
    for (const entry of value.entries) take(entry.key.text, entry.value);
  }
  return { doc, params: Object.fromEntries(params) };
}

function itemsOf(value: OptionValue): readonly OptionValue[] {
  return value.kind === 'list' ? value.items : [value];
}

function paramOf(value: OptionValue): [key: string, value: string] {
  const entries = value.kind === 'map' ? value.entries : [];
  return [memberOf(entries, 'key'), memberOf(entries, 'value')];
}

function memberOf(entries: readonly OptionEntry[], key: string): string {
  const found = entries.find((entry) => entry.key.text === key);
  return (found === undefined ? undefined : textOf(found.value)) ?? '';
}

function textOf(value: OptionValue): string | undefined {
  return value.kind === 'string' ? value.bytes.toString('utf8') : undefined;
}
