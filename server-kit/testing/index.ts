export * from './audit.ts';
export * from './mariadb.ts';
