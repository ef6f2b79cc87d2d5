import { DataError } from '../../runtime/plugin/index.ts';

/** The table in which sinks keep their offsets. */
export const offsetsTable = '__millrace_offsets';

/** A name as SQL: in quotes, so that any name is only a name. Throws {@link DataError} when SQLite cannot have it. */
export function quoteName(name: string): string {
  if (name === '' || name.includes('\0'))
    throw new DataError(`${JSON.stringify(name)} cannot be a name in SQLite.`);
  return `"${name.replaceAll('"', '""')}"`;
}

/** The table for a topic. Throws {@link DataError} for names that belong to SQLite or to this sink. */
export function tableNameOf(format: string, topic: string): string {
  const name = format.replaceAll('${topic}', () => topic);
  if (/^sqlite_/i.test(name) || name.toLowerCase() === offsetsTable) {
    throw new DataError(
      `"${name}" is reserved: set table.name.format so that the topic ${topic} gets another table.`,
    );
  }
  return name;
}

/** What a row statement needs to know of a column. */
export interface ColumnName {
  readonly name: string;
  readonly isKey: boolean;
}

/** The statement that writes a row; parameters are the columns in order, for `update` the keys last. */
export function writeStatement(
  mode: 'insert' | 'upsert' | 'update',
  table: string,
  columns: readonly ColumnName[],
): string {
  const names = columns.map(({ name }) => quoteName(name));
  const keys = columns.filter(({ isKey }) => isKey).map(({ name }) => quoteName(name));
  const others = columns.filter(({ isKey }) => !isKey).map(({ name }) => quoteName(name));
  if (mode === 'update') {
    // Without other columns there is nothing to change; the statement must still be one.
    const changes = (others.length > 0 ? others : keys).map((name) =>
      others.length > 0 ? `${name} = ?` : `${name} = ${name}`,
    );
    return `UPDATE ${quoteName(table)} SET ${changes.join(', ')} WHERE ${matches(keys)}`;
  }
  const insert = `INSERT INTO ${quoteName(table)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  if (mode === 'insert') return insert;
  const changes = others.map((name) => `${name} = excluded.${name}`).join(', ');
  return `${insert} ON CONFLICT (${keys.join(', ')}) DO ${changes === '' ? 'NOTHING' : `UPDATE SET ${changes}`}`;
}

/** The statement that deletes the row with a key. */
export function deleteStatement(table: string, keys: readonly string[]): string {
  return `DELETE FROM ${quoteName(table)} WHERE ${matches(keys.map(quoteName))}`;
}

function matches(names: readonly string[]): string {
  return names.map((name) => `${name} = ?`).join(' AND ');
}
