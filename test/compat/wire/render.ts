import { errorOf } from '../../../kafka/protocol/index.ts';
import { showRecords } from './batches.ts';
import type { Names } from './names.ts';

type Struct = Readonly<Record<string, unknown>>;

/** How an answer is written down. */
export interface RenderOptions {
  readonly names: Names;
  /** Paths of arrays of which only the length is shown. */
  readonly counted: readonly string[];
  readonly without: readonly string[];
  readonly sets: readonly string[];
}

/** Numbers that each broker chooses for itself. */
const own = new Map([
  ['port', '<port>'],
  ['finalizedFeaturesEpoch', '<epoch>'],
  ['throttleTimeMs', ''],
]);

/**
 * An answer as lines of `field=value`, arrays of structs one line an element, indented and sorted. Ids, ports and times
 * that differ from run to run are replaced by names; error codes are written out.
 */
export function render(answer: Struct, options: RenderOptions): string[] {
  return struct('', '', answer, '', options).filter((line) => line.trim() !== '');
}

function struct(
  label: string,
  path: string,
  value: Struct,
  indent: string,
  options: RenderOptions,
): string[] {
  const scalars: string[] = [];
  const nested: string[] = [];
  for (const [name, field] of Object.entries(value)) {
    if (options.without.includes(name) || own.get(name) === '') continue;
    const at = path === '' ? name : `${path}.${name}`;
    const inner = `${indent}  `;
    if (Array.isArray(field) && options.counted.includes(at)) scalars.push(`${name}[${field.length}]`);
    else if (name === 'records' || name === 'record')
      nested.push(...showRecords(field, inner, options.names));
    else if (isStructs(field))
      nested.push(...elements(name, at, field, path === '' ? indent : inner, options));
    else if (isStruct(field)) nested.push(...struct(name, at, field, inner, options));
    else {
      const shown = Array.isArray(field) && options.sets.includes(name) ? [...field].sort() : field;
      scalars.push(`${name}=${scalar(name, shown, value, options.names)}`);
    }
  }
  const line = `${indent}${[label, ...scalars].filter((part) => part !== '').join(' ')}`;
  return [line, ...nested];
}

function elements(
  name: string,
  path: string,
  values: readonly Struct[],
  indent: string,
  options: RenderOptions,
): string[] {
  const singular = name.replace(/ies$/, 'y').replace(/s$/, '');
  return values
    .map((value) => struct(`- ${singular}`, path, value, indent, options))
    .sort((a, b) => compare(a.join('\n'), b.join('\n')))
    .flat();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function scalar(name: string, value: unknown, parent: Struct, names: Names): string {
  if (name === 'errorCode' || name.endsWith('ErrorCode')) return errorOf(value as number).name;
  const fixed = own.get(name);
  if (fixed !== undefined && value !== -1) return fixed;
  if (typeof value === 'number') return number(name, value, names);
  if (typeof value === 'string') return text(name, value, parent, names);
  if (Array.isArray(value))
    return `[${value.map((each) => scalar(singularOf(name), each, parent, names)).join(', ')}]`;
  return String(value);
}

function singularOf(name: string): string {
  return name.replace(/s$/, '');
}

function number(name: string, value: number, names: Names): string {
  if (name === 'sessionId' && value > 0) return names.of(`session:${value}`, 'session');
  if (name === 'producerId' && value >= 0) return names.of(`producer:${value}`, 'producer');
  return value > 1.6e12 && value < 2e12 ? '<time>' : String(value);
}

const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA';

function text(name: string, value: string, parent: Struct, names: Names): string {
  if (value === zeroId) return '<no id>';
  if (/^[\w-]{22}$/.test(value) && /[A-Z]/.test(value)) return names.of(value, kindOf(name, parent));
  const known = names
    .within(value)
    .replace(/(.)\1{40,}/g, (run, letter) => `${letter}{${run.length}}`)
    .replace(/\b1[6-9]\d{11}\b/g, '<time>')
    .replace(/-92233\d{14}\b/g, '<time before all>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>');
  return /^[\w.:/<>*-][\w.:/<>* -]*$/.test(known) && !known.includes(' ') ? known : JSON.stringify(known);
}

function kindOf(name: string, parent: Struct): string {
  if (name === 'clusterId') return 'cluster id';
  const owner = parent['name'] ?? parent['topicName'];
  return typeof owner === 'string' && name === 'topicId' ? `id of ${owner}` : name;
}

function isStruct(value: unknown): value is Struct {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStructs(value: unknown): value is readonly Struct[] {
  return Array.isArray(value) && value.length > 0 && value.every(isStruct);
}
