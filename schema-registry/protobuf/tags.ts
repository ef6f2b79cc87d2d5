import type { TaggedEntity } from '../language.ts';
import { joined } from './files.ts';
import type {
  OptionValue,
  ProtoField,
  ProtoFile,
  ProtoGroup,
  ProtoMessage,
  ProtoOption,
} from './syntax-tree.ts';

type Edit = (entity: TaggedEntity) => readonly string[];

const metaPath = 'confluent/meta.proto';

/**
 * The file with the tags that `edit` gives to messages (`.pkg.Message`) and fields (`.pkg.Message.field`); the dot in front
 * may be missing, and the name of a field's oneof may stand before it. What tags need is imported.
 */
export function editProtoTags(file: ProtoFile, edit: Edit): ProtoFile {
  const messages = file.messages.map((message) => editMessage(message, file.package ?? '', edit));
  const imports = [...file.imports, ...file.publicImports, ...file.weakImports];
  const isTagged = messages.some(hasTags);
  const missing = isTagged && !imports.includes(metaPath) ? [metaPath] : [];
  return { ...file, imports: [...file.imports, ...missing], messages };
}

function editMessage<M extends ProtoMessage>(message: M, scope: string, edit: Edit): M {
  const name = joined(scope, message.name);
  const field = (member: ProtoField, ...oneof: readonly string[]) => {
    const path = `.${name}.${member.name}`;
    const others = [path, ...oneof.map((each) => `.${name}.${each}.${member.name}`)];
    return { ...member, options: retagged(member.options, 'field_meta', 'sr_field', others, edit) };
  };
  const group = (member: ProtoGroup) => editMessage(member, name, edit);
  return {
    ...message,
    options: retagged(message.options, 'message_meta', 'sr_record', [`.${name}`], edit),
    fields: message.fields.map((member) => field(member)),
    groups: message.groups.map(group),
    oneofs: message.oneofs.map((oneof) => ({
      ...oneof,
      fields: oneof.fields.map((member) => field(member, oneof.name)),
      groups: oneof.groups.map(group),
    })),
    messages: message.messages.map((nested) => editMessage(nested, name, edit)),
  };
}

function retagged(
  options: readonly ProtoOption[],
  extension: string,
  type: TaggedEntity['type'],
  paths: readonly string[],
  edit: Edit,
): readonly ProtoOption[] {
  const tags = options.flatMap((option) => tagsIn(option, extension));
  const [path = ''] = paths;
  const otherPaths = [...paths.slice(1), ...paths.map((each) => each.slice(1))];
  const wanted = edit({ type, path, otherPaths, tags });
  if (wanted.length === tags.length && wanted.every((tag, index) => tag === tags[index])) return options;
  const rest = options.flatMap((option) => withoutTags(option, extension));
  if (wanted.length === 0) return rest;
  const items = wanted.map((tag): OptionValue => ({ kind: 'string', bytes: Buffer.from(tag) }));
  return withTags(rest, extension, items);
}

/** In the form that the file uses already: all of the meta data in one option, or an option for each member. */
function withTags(
  options: readonly ProtoOption[],
  extension: string,
  items: readonly OptionValue[],
): readonly ProtoOption[] {
  const name = [{ text: `confluent.${extension}`, isExtension: true }];
  const key = { text: 'tags', isExtension: false };
  if (options.some((option) => isMeta(option, extension) && option.name.length > 1)) {
    return [...options, ...items.map((value) => ({ name: [...name, key], value }))];
  }
  const entry = { key, value: { kind: 'list', items } } as const;
  const index = options.findIndex((option) => isMeta(option, extension));
  const whole = options[index];
  if (whole?.value.kind !== 'map') return [...options, { name, value: { kind: 'map', entries: [entry] } }];
  const value = { kind: 'map', entries: [...whole.value.entries, entry] } as const;
  return options.with(index, { ...whole, value });
}

/** `(confluent.field_meta)`, whole or a member of it. */
function isMeta({ name: [first] }: ProtoOption, extension: string): boolean {
  return first?.isExtension === true && first.text.replace(/^\./, '') === `confluent.${extension}`;
}

function tagsIn(option: ProtoOption, extension: string): string[] {
  if (!isMeta(option, extension)) return [];
  const { name, value } = option;
  if (name[1]?.text === 'tags') return texts(value);
  if (name.length > 1 || value.kind !== 'map') return [];
  return value.entries.flatMap((entry) => (entry.key.text === 'tags' ? texts(entry.value) : []));
}

function withoutTags(option: ProtoOption, extension: string): ProtoOption[] {
  if (!isMeta(option, extension)) return [option];
  const { name, value } = option;
  if (name[1]?.text === 'tags') return [];
  if (name.length > 1 || value.kind !== 'map') return [option];
  const entries = value.entries.filter(({ key }) => key.text !== 'tags');
  return entries.length === 0 ? [] : [{ ...option, value: { kind: 'map', entries } }];
}

function texts(value: OptionValue): string[] {
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => (item.kind === 'string' ? [item.bytes.toString('utf8')] : []));
}

function hasTags(message: ProtoMessage): boolean {
  const fields = [...message.fields, ...message.oneofs.flatMap((oneof) => oneof.fields)];
  const groups = [...message.groups, ...message.oneofs.flatMap((oneof) => oneof.groups)];
  return (
    message.options.some((option) => tagsIn(option, 'message_meta').length > 0) ||
    fields.some(({ options }) => options.some((option) => tagsIn(option, 'field_meta').length > 0)) ||
    [...groups, ...message.messages].some(hasTags)
  );
}
