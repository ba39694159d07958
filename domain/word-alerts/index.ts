export { AlertEscalator } from './escalator.ts';
export { acknowledgeAlerts, escalateAlerts, judgeAlert } from './handling.ts';
export { getWordAlert, listAlertHandling, listDutyAlerts, listWordAlerts } from './queries.ts';
export { readWall } from './wall.ts';
