import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands before a sidecar and makes it look hung or dead, as SIGSTOP and SIGKILL would. */
export interface Relay {
  address: string;
  /** From now on nothing gets through and nothing is refused. */
  hang(): void;
  /** Lets all through that has waited. */
  goOn(): void;
  /** Cuts all connections and refuses new ones until `revive`. */
  die(): void;
  revive(): Promise<void>;
}

/** A relay on loopback to host:port. */
export async function startRelay(target: string): Promise<Relay> {
  const [host, targetPort] = target.split(':');
  const sockets = new Set<Socket>();
  let hung = false;
  const server = createServer((near) => {
    const far = connect(Number(targetPort), host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on('data', (bytes) => other.write(bytes));
      if (hung) socket.pause();
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  };
  const port = await listen(0);
  return {
    address: `127.0.0.1:${port}`,
    hang: () => {
      hung = true;
      for (const socket of sockets) socket.pause();
    },
    goOn: () => {
      hung = false;
      for (const socket of sockets) socket.resume();
    },
    die: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    revive: async () => {
      await listen(port);
    },
  };
}
