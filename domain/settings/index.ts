export * from './dictionaries.ts';
export { getMenu, setMenu } from './menus.ts';
export { type SettingsTables, settingsMigrations, settingsScopes } from './migrations.ts';
export { listParameters, type Parameter, readParameter, readParameters, setParameter } from './parameters.ts';
