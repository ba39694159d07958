export { type BackupOptions, makeBackup } from './backup.ts';
export { BackupError, type BackupManifest, readBackup } from './manifest.ts';
export { type RestoreOptions, restoreBackup } from './restore.ts';
