import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Connection, ConnectionHandler, Endpoint, Net } from './net.ts';
import { systemClock } from './system-clock.ts';
import { systemError } from './system-error.ts';
import { TcpConnection } from './tcp-connection.ts';

/** Whom a client trusts, and how it proves who it is. */
export interface TlsClientOptions {
  /** PEM: who may sign certificates of servers. Default: those that Node.js trusts. */
  readonly ca?: string;
  /** PEM: the client's own certificates, and the key that belongs to the first. */
  readonly cert?: string;
  readonly key?: string;
  /** PKCS #12, instead of `cert` and `key`. */
  readonly pfx?: Uint8Array;
  readonly passphrase?: string;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Whether a server's certificate must be for the host that was asked for. */
  readonly isHostChecked: boolean;
}

type Target = Endpoint & { readonly timeoutMs?: number };

/** The network of this computer with TLS in all connections that are made; `net` listens, without. */
export function tlsNet(net: Net, options: TlsClientOptions): Net {
  return {
    listen: (endpoint, accept) => net.listen(endpoint, accept),
    connect: (target, open) => connectTls(target, options, open),
  };
}

function connectTls(
  { host, port, timeoutMs }: Target,
  { isHostChecked, pfx, ...options }: TlsClientOptions,
  open: (connection: Connection) => ConnectionHandler,
): Promise<Connection> {
  // Loaded by those that use it.
  const { connect } = process.getBuiltinModule('node:tls');
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      ...options,
      ...(pfx !== undefined && { pfx: Buffer.from(pfx) }),
      ...(isIP(host) === 0 && { servername: host }),
      ...(!isHostChecked && { checkServerIdentity: () => undefined }),
      host,
      port,
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    const deadline =
      timeoutMs === undefined
        ? undefined
        : systemClock.timer(timeoutMs, () => socket.destroy(systemError('ETIMEDOUT', 'connect')));
    const onError = (error: Error): void => {
      deadline?.cancel();
      // Several addresses were tried: the first failure stands for all.
      reject(error instanceof AggregateError ? error.errors[0] : error);
    };
    socket.once('error', onError);
    socket.once('secureConnect', () => {
      deadline?.cancel();
      socket.off('error', onError);
      const connection = new TcpConnection(socket);
      socket.on('data', (chunk: Buffer) => connection.receive(chunk));
      try {
        resolve(connection.start(open));
      } catch (error) {
        reject(error);
      }
    });
  });
}
