// Reads and forgets what it is sent: the most that loopback can take from a Node process. Prints its port.
import { createServer } from 'node:net';

const server = createServer({ pauseOnConnect: false }, (socket) => {
  let received = 0;
  socket.on('data', (chunk) => {
    const before = received;
    received += chunk.length;
    const acknowledged = Math.floor(received / (1 << 20)) - Math.floor(before / (1 << 20));
    if (acknowledged > 0) socket.write(Buffer.alloc(4 * acknowledged));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : 0);
});
