export * from './approvals.ts';
export * from './calls.ts';
export * from './errors.ts';
export * from './ids.ts';
export * from './link.ts';
export * from './rest.ts';
export * from './socket.ts';
