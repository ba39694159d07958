export * from './approvals.ts';
export * from './calls.ts';
export * from './errors.ts';
export * from './ids.ts';
export * from './link.ts';
export * from './permissions.ts';
export * from './rest/index.ts';
export * from './socket.ts';
