export * from './attachments.ts';
export { AttachmentFiles } from './files.ts';
export * from './migrations.ts';
export { typeOfBytes } from './sniff.ts';
