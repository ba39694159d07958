export { admitClient, type AdmittedClient, type ClientRequest, isAllowed, SIGNATURE_WINDOW_MS } from './admit.ts';
export { type CallLogFilter, forgetCalls, listCallLog, logCall } from './calls.ts';
export { addKey, type ClientDefinition, type ClientDeps, createClient, endKey, getClient, listClients, updateClient } from './clients.ts';
export { clientMigrations, clientScopes, type ClientTables } from './migrations.ts';
export { forgetPast } from './quota.ts';
export { signatureFits, type SignatureKind, signRequest, type SignedRequest } from './signature.ts';
