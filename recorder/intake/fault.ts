import type { IntakeFault } from '@qinqiao/contracts';

/** Why a file can't be taken in; trying it again would not help. */
export class IntakeError extends Error {
  readonly fault: IntakeFault;

  constructor(fault: IntakeFault, detail: string) {
    super(detail);
    this.name = 'IntakeError';
    this.fault = fault;
  }
}
