import { clusterWide, defineConfigs, INT_MAX, int, list, long, perBroker, string } from '../definition.ts';
import { atLeast, hostCounts, nonEmptyList } from '../validator.ts';

/** Listeners, sockets and connection limits. */
// biome-ignore format: a table, one config a line.
export const socketConfigs = defineConfigs({
  'listeners': list('PLAINTEXT://:9092', 'HIGH', 'Addresses to listen on, as NAME://host:port.', nonEmptyList, perBroker),
  'advertised.listeners': list(null, 'HIGH', 'Addresses given to clients; listeners when absent.', nonEmptyList),
  'listener.security.protocol.map': string('SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT', 'LOW', 'Security protocol of each listener name.', perBroker),
  'socket.send.buffer.bytes': int(102_400, 'HIGH', 'Send buffer of server sockets, -1 for the system default.'),
  'socket.receive.buffer.bytes': int(102_400, 'HIGH', 'Receive buffer of server sockets, -1 for the system default.'),
  'socket.request.max.bytes': int(104_857_600, 'HIGH', 'Largest request frame accepted.', atLeast(1)),
  'socket.listen.backlog.size': int(50, 'MEDIUM', 'Connections waiting to be accepted.', atLeast(1)),
  'max.connections.per.ip': int(INT_MAX, 'MEDIUM', 'Connections allowed from one address.', atLeast(0), clusterWide),
  'max.connections.per.ip.overrides': string('', 'MEDIUM', 'Exceptions to the limit per address, as host:count.', hostCounts, clusterWide),
  'max.connections': int(INT_MAX, 'MEDIUM', 'Connections allowed in total.', atLeast(0), clusterWide),
  'max.connection.creation.rate': int(INT_MAX, 'MEDIUM', 'New connections allowed per second.', atLeast(0), clusterWide),
  'connections.max.idle.ms': long(600_000, 'MEDIUM', 'Idle time after which a connection is closed.'),
  'connection.failed.authentication.delay.ms': int(100, 'LOW', 'Delay before closing a connection that failed to authenticate.', atLeast(0)),
  'queued.max.requests': int(500, 'HIGH', 'Requests waiting before the network threads stop reading.', atLeast(1)),
  'queued.max.request.bytes': long(-1, 'MEDIUM', 'Request bytes waiting before reading stops, -1 unlimited.'),
  'num.network.threads': int(3, 'HIGH', 'Threads per listener that read and write sockets.', atLeast(1), clusterWide),
});
