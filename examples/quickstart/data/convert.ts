// Makes clock-changes.csv of the IANA time zone database as an operating system installs it:
//   node examples/quickstart/data/convert.ts /usr/share/zoneinfo > examples/quickstart/data/clock-changes.csv
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const firstYear = 1970;
const lastYear = 2025;

/** A moment from which a zone's clocks show something else. */
interface Change {
  readonly at: number;
  readonly offset: number;
  readonly movedBy: number | undefined;
  readonly abbreviation: string;
  readonly isDst: boolean;
}

interface Zone {
  readonly name: string;
  readonly countries: readonly string[];
  readonly coordinates: string;
  readonly comment: string;
}

/** Rows that are wrong on purpose, with the first line of the file where each may stand. The quickstart shows what becomes of them. */
const badRows: readonly (readonly [number, string])[] = [
  [1001, '900001,America/Nowhere,1999-10-31T06:00:00Z'],
  [5001, '900002,Atlantis/Capital,2004-03-28T01:00:00Z,one hour,3600,ATL,true,Atlantis,,0,0,'],
  [9001, '900003,Europe/Oz,2011-02-30T01:00:00Z,7200,3600,OZ,true,Oz,,0,0,an impossible date'],
];

main(process.argv[2] ?? '/usr/share/zoneinfo');

function main(folder: string): void {
  const zones = readZones(folder);
  const rows = zones.flatMap((zone) =>
    readChanges(join(folder, zone.name)).map((change) => ({ zone, change })),
  );
  rows.sort((a, b) => a.change.at - b.change.at || (a.zone.name < b.zone.name ? -1 : 1));
  let text =
    'id,zone,at,utc_offset,moved_by,abbreviation,is_dst,countries,coordinates,latitude,longitude,comment\n';
  let line = 2;
  const waiting = [...badRows];
  for (const [index, { zone, change }] of rows.entries()) {
    const [planned, bad] = waiting[0] ?? [];
    if (planned !== undefined && line >= planned) {
      text += `${bad}\n`;
      process.stderr.write(`line ${line}: ${bad}\n`);
      line++;
      waiting.shift();
    }
    const row = `${cellsOf(index + 1, zone, change)
      .map(quoteCell)
      .join(',')}\n`;
    text += row;
    line += row.split('\n').length - 1;
  }
  process.stderr.write(`${rows.length} good rows, ${line - 1} lines\n`);
  process.stdout.write(text);
}

function cellsOf(id: number, zone: Zone, change: Change): string[] {
  const [latitude, longitude] = splitCoordinates(zone.coordinates);
  return [
    String(id),
    zone.name,
    new Date(change.at * 1000).toISOString().replace('.000', ''),
    String(change.offset),
    change.movedBy === undefined ? '' : String(change.movedBy),
    change.abbreviation,
    String(change.isDst),
    zone.countries.join('\n'),
    `${degreesText(latitude, 'NS')}, ${degreesText(longitude, 'EW')}`,
    String(decimalDegrees(latitude)),
    String(decimalDegrees(longitude)),
    zone.comment,
  ];
}

function quoteCell(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function readZones(folder: string): Zone[] {
  const countries = new Map(
    tableRows(join(folder, 'iso3166.tab')).map(([code = '', name = '']) => [code, name]),
  );
  return tableRows(join(folder, 'zone1970.tab')).map(
    ([codes = '', coordinates = '', name = '', comment = '']) => ({
      name,
      countries: codes.split(',').map((code) => countries.get(code) ?? code),
      coordinates,
      comment,
    }),
  );
}

function tableRows(path: string): string[][] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
}

/** `+404251-0740023`: degrees, minutes and perhaps seconds, twice. */
function splitCoordinates(text: string): readonly [string, string] {
  const middle = text.slice(1).search(/[+-]/) + 1;
  return [text.slice(0, middle), text.slice(middle)];
}

function degreeParts(text: string): readonly [number, string, string] {
  const degrees = text.length % 2 === 1 ? text.slice(1, 3) : text.slice(1, 4);
  const rest = text.slice(1 + degrees.length);
  return [Number(degrees), rest.slice(0, 2), rest.slice(2, 4)];
}

function degreesText(text: string, [positive, negative]: string): string {
  const [degrees, minutes, seconds] = degreeParts(text);
  const side = text.startsWith('-') ? negative : positive;
  return `${degrees}°${minutes}'${seconds === '' ? '' : `${seconds}"`}${side}`;
}

function decimalDegrees(text: string): number {
  const [degrees, minutes, seconds] = degreeParts(text);
  const size = degrees + Number(minutes) / 60 + Number(seconds) / 3600;
  return Math.round((text.startsWith('-') ? -size : size) * 10_000) / 10_000;
}

/** The changes in a compiled zone file (RFC 8536), of its second part, which has 64-bit times. */
function readChanges(path: string): Change[] {
  const bytes = readFileSync(path);
  const counts = (at: number) =>
    Array.from({ length: 6 }, (_, index) => bytes.readUInt32BE(at + 20 + 4 * index));
  const [utc = 0, std = 0, leap = 0, times = 0, types = 0, chars = 0] = counts(0);
  const second = 44 + 5 * times + 6 * types + chars + 8 * leap + std + utc;
  const [, , , count = 0, typeCount = 0] = counts(second);
  const indexes = second + 44 + 8 * count;
  const typesAt = indexes + count;
  const names = typesAt + 6 * typeCount;
  const typeOf = (type: number) => {
    const at = typesAt + 6 * type;
    const name = names + bytes.readUInt8(at + 5);
    return {
      offset: bytes.readInt32BE(at),
      isDst: bytes.readUInt8(at + 4) === 1,
      abbreviation: bytes.toString('latin1', name, bytes.indexOf(0, name)),
    };
  };
  const changes = Array.from({ length: count }, (_, index): Change => {
    const type = typeOf(bytes.readUInt8(indexes + index));
    const before = index === 0 ? undefined : typeOf(bytes.readUInt8(indexes + index - 1));
    const at = Number(bytes.readBigInt64BE(second + 44 + 8 * index));
    return { at, ...type, movedBy: before === undefined ? undefined : type.offset - before.offset };
  });
  const isInRange = ({ at }: Change) =>
    at >= Date.UTC(firstYear, 0) / 1000 && at < Date.UTC(lastYear + 1, 0) / 1000;
  return changes.filter(isInRange);
}
