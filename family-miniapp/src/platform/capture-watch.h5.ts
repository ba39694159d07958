/** Browsers don't say when a screenshot is taken. */
export function useCaptureWatch(_callId: string | undefined): void {}
