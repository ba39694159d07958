import type { Receiver } from '@qinqiao/domain/outbox';

/**
 * Who takes the messages of the outbox, by topic (`approval.approved`, `.refused`, `.withdrawn`, `.reminded`, `.escalated`, …). A message
 * of a topic nobody takes waits until somebody does. A receiver may get a message more than once.
 */
export const RECEIVERS: Readonly<Record<string, Receiver>> = {};
