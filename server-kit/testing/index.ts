export * from './audit.ts';
export * from './database-pool.ts';
export * from './mariadb.ts';
export * from './run-folder.ts';
export * from './s3.ts';
