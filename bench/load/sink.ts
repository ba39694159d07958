// Takes all that comes, as receivers, recorder and bridge do, and does nothing with it. Prints the port it listens on.
import { createSocket } from 'node:dgram';

const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
socket.on('message', () => undefined);
socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
