export { IntakeFiles } from './files.ts';
export { addIntake, beginIntake, failIntake, findIntake, getIntake, INTAKE_JOB, type IntakeRow, listIntakes } from './intakes.ts';
export * from './migrations.ts';
export { audioIntakeReceivers, takeIn } from './take-in.ts';
