import { pino, type Logger } from 'pino';

export type { Logger };

/** The process's logger: JSON lines on stderr, so that stdout stays for people. */
export function createLogger(name: string, level = 'info'): Logger {
  return pino({ name, level, redact: ['*.password', '*.token', '*.grant', '*.secret'] }, pino.destination({ fd: 2, sync: false }));
}
