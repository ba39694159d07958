export * from './migrations.ts';
export { addTool, changeTool, deleteTool, findTool, listTools, ToolFiles } from './tools.ts';
