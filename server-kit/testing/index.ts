export * from './mariadb.ts';
