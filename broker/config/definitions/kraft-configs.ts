import { defineConfigs, int, internal, LONG_MAX, list, long, required, string } from '../definition.ts';
import { atLeast, nonEmptyList, nonEmptyListOf } from '../validator.ts';

/** Roles and registration of a node. */
// biome-ignore format: a table, one config a line.
export const kraftConfigs = defineConfigs({
  'process.roles': list(required, 'HIGH', 'Roles of this process: broker, controller or both.', nonEmptyListOf(['broker', 'controller'])),
  'node.id': int(required, 'HIGH', 'Number of this node in its cluster.', atLeast(0)),
  'initial.broker.registration.timeout.ms': int(60_000, 'MEDIUM', 'Time a broker tries to register before it gives up.'),
  'broker.heartbeat.interval.ms': int(2000, 'MEDIUM', 'Time between two heartbeats to the controller.'),
  'broker.session.timeout.ms': int(9000, 'MEDIUM', 'Time without heartbeat after which a broker is fenced.'),
  'controller.listener.names': list(required, 'HIGH', 'Listeners of the controller.', nonEmptyList),
  'sasl.mechanism.controller.protocol': string('GSSAPI', 'HIGH', 'SASL mechanism towards controllers.'),
  'controller.performance.sample.period.ms': long(60_000, 'MEDIUM', 'Time over which slow controller events are counted.', atLeast(100), internal),
  'controller.performance.always.log.threshold.ms': long(2000, 'MEDIUM', 'Duration above which a controller event is always logged.', atLeast(0), internal),
  'server.max.startup.time.ms': long(LONG_MAX, 'MEDIUM', 'Longest time a server may take to start.', atLeast(0), internal),
});
