// Measures Millrace beside limits that are measured in the same run: `npm run bench`, or `npm run bench -- transport whole`.
// Figures of one machine mean little; ratios are what to compare. Build first to measure the package, not the sources.
import { clients } from './clients.ts';
import { connect } from './connect.ts';
import { partitions } from './partitions.ts';
import { registry } from './registry.ts';
import { BenchReport } from './report.ts';
import { sideBySide } from './side-by-side.ts';
import { transport } from './transport.ts';
import { whole } from './whole.ts';

const benches = { transport, clients, whole, partitions, registry, 'side-by-side': sideBySide, connect };
const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
const report = new BenchReport();
console.log(`Node ${process.versions.node}, ${process.platform} ${process.arch}`);
for (const [name, bench] of Object.entries(benches)) {
  if (names.length === 0 || names.includes(name)) await bench(report);
}
process.exit(0);
