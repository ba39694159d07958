import { createSocket, type RemoteInfo } from 'node:dgram';
import type { RtpAddress } from '@qinqiao/contracts';

/** The socket at which all packets of one call arrive. */
export interface Tap {
  address: RtpAddress;
  send(datagram: Buffer, to: RemoteInfo): void;
  close(): Promise<void>;
}

export interface TapEvents {
  onDatagram(datagram: Buffer, from: RemoteInfo): void;
  onError(error: Error): void;
}

/** Asked of the kernel, which gives what it allows (net.core.rmem_max): half a second of a call while this process is busy. */
const RECEIVE_BUFFER_BYTES = 4 << 20;

/** Opens a tap on a free port of `ip`. Throws when the address can't be used. */
export async function openTap(ip: string, events: TapEvents): Promise<Tap> {
  const socket = createSocket({ type: ip.includes(':') ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, ip, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  socket.on('error', (error) => events.onError(error));
  socket.on('message', (datagram, from) => events.onDatagram(datagram, from));
  return {
    address: { ip, port: socket.address().port },
    send: (datagram, to) => socket.send(datagram, to.port, to.address, () => undefined),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
