import type { CallClient, CallSnapshot } from '@qinqiao/client-sdk';

export interface ControlsProps {
  client: CallClient;
  snapshot: CallSnapshot;
}
