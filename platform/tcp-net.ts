import { createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { HIGH_WATER_BYTES } from './flow-control.ts';
import type { Logger } from './logger.ts';
import type { Connection, ConnectionHandler, Endpoint, Listener, Net } from './net.ts';
import { systemClock } from './system-clock.ts';
import { systemError } from './system-error.ts';
import { endpointOf, TcpConnection } from './tcp-connection.ts';

const RECEIVE_BUFFER_BYTES = 256 * 1024;
const BACKLOG = 1024;
const socketOptions = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
  highWaterMark: HIGH_WATER_BYTES,
};

interface TcpNetOptions {
  readonly logger: Logger;
  /**
   * `buffer` (default): every read lands in one buffer that all connections share, at twice the speed.
   * `events`: Node allocates per read. Also used where Node's private socket handle is missing.
   */
  readonly receive?: 'buffer' | 'events';
}

/** The network of this computer: TCP. */
export function tcpNet({ logger, receive = 'buffer' }: TcpNetOptions): Net {
  const sockets = new SocketFactory(
    receive === 'buffer' ? Buffer.allocUnsafeSlow(RECEIVE_BUFFER_BYTES) : undefined,
  );
  return {
    listen: (endpoint, accept) => listen(endpoint, sockets, accept, logger),
    connect: (target, open) => connect(target, sockets, open),
  };
}

type Open = (connection: Connection) => ConnectionHandler;

async function listen(
  endpoint: Endpoint,
  sockets: SocketFactory,
  accept: Open,
  logger: Logger,
): Promise<Listener> {
  const server = createServer({ ...socketOptions, pauseOnConnect: true });
  server.on('connection', (accepted: Socket) => {
    try {
      sockets.adopt(accepted, accept);
    } catch (error) {
      logger.error({ error, ...endpoint }, 'connection not accepted');
    }
  });
  await bind(server, endpoint);
  server.on('error', (error) => logger.warn({ error, ...endpoint }, 'accept failed'));
  return {
    endpoint: boundEndpoint(server, endpoint),
    // The port is free at once. Node's own callback would wait for the last open connection.
    close: async () => {
      server.close();
    },
  };
}

function bind(server: Server, { host, port }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, backlog: BACKLOG, ...(host === '' ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function boundEndpoint(server: Server, asked: Endpoint): Endpoint {
  const address = server.address();
  return address !== null && typeof address === 'object' ? endpointOf(address.address, address.port) : asked;
}

function connect(
  { host, port, timeoutMs }: Endpoint & { readonly timeoutMs?: number },
  sockets: SocketFactory,
  open: Open,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const { socket, start } = sockets.create();
    const deadline =
      timeoutMs === undefined
        ? undefined
        : systemClock.timer(timeoutMs, () => socket.destroy(systemError('ETIMEDOUT', 'connect')));
    const onError = (error: Error) => {
      deadline?.cancel();
      // Several addresses were tried: the first failure stands for all.
      reject(error instanceof AggregateError ? error.errors[0] : error);
    };
    socket.once('error', onError);
    socket.connect({ host, port }, () => {
      deadline?.cancel();
      socket.off('error', onError);
      try {
        resolve(start(open));
      } catch (error) {
        reject(error);
      }
    });
  });
}

interface NewSocket {
  readonly socket: Socket;
  /** Hands the socket over to a connection. Called before the first byte is read. */
  readonly start: (open: Open) => TcpConnection;
}

type SocketHandle = NonNullable<SocketConstructorOpts['handle']>;

/** Makes sockets that read into one shared buffer: libuv asks for it and fills it within one call. */
class SocketFactory {
  readonly #buffer: Buffer | undefined;

  constructor(buffer: Buffer | undefined) {
    this.#buffer = buffer;
  }

  create(): NewSocket {
    const buffer = this.#buffer;
    return buffer === undefined ? withEvents(new Socket(socketOptions)) : withBuffer(buffer, {});
  }

  /** Takes over an accepted socket: only a socket made anew over the same handle can have a buffer of ours. */
  adopt(accepted: Socket, open: Open): void {
    const handle: unknown = Reflect.get(accepted, '_handle');
    const buffer = this.#buffer;
    if (buffer === undefined || !takesBuffer(handle)) withEvents(accepted).start(open);
    else withBuffer(buffer, { handle }).start(open);
  }
}

function withBuffer(buffer: Buffer, options: SocketConstructorOpts): NewSocket {
  let connection: TcpConnection | undefined;
  const callback = (length: number): boolean => {
    connection?.receive(buffer.subarray(0, length));
    return true;
  };
  const socket = new Socket({ ...socketOptions, ...options, onread: { buffer, callback } });
  const start = (open: Open): TcpConnection => {
    connection = new TcpConnection(socket);
    return connection.start(open);
  };
  return { socket, start };
}

function withEvents(socket: Socket): NewSocket {
  const start = (open: Open): TcpConnection => {
    const connection = new TcpConnection(socket);
    socket.on('data', (chunk: Buffer) => connection.receive(chunk));
    return connection.start(open);
  };
  return { socket, start };
}

function takesBuffer(handle: unknown): handle is SocketHandle {
  return typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle;
}
