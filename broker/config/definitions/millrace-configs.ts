import { defineConfigs, string } from '../definition.ts';
import { oneOf } from '../validator.ts';

/** What Millrace adds to Kafka's configs. */
// biome-ignore format: a table, one config a line.
export const millraceConfigs = defineConfigs({
  'durability': string('fsync', 'HIGH', 'When an acknowledged record counts as safe: fsync, or page-cache as in Kafka.', oneOf('fsync', 'page-cache')),
});
