import type { ApprovalType, FlowDefinition, FlowState } from '@qinqiao/contracts';

/** What the designer was opened with: a version, a draft made from one, or a new flow. */
export interface Opened {
  /** Null: nothing was saved yet. */
  flowId: string | null;
  prisonId: string;
  prisonName: string;
  type: ApprovalType;
  name: string;
  version: number;
  state: FlowState;
  definition: FlowDefinition;
  /** Of whom it asks: id → name. */
  names: Record<string, string>;
  /** Of the draft that is there; null: saving makes the first. */
  revision: number | null;
}
