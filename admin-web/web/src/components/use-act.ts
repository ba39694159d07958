import { errorText } from '@qinqiao/client-sdk';
import { App } from 'antd';
import { useCallback, useState } from 'react';
import { useLanguage } from '../i18n/index.ts';

/** `handled`: shows the error in its own way and answers true when it did. */
type Act = (run: () => Promise<unknown>, success?: string, handled?: (error: unknown) => boolean) => Promise<boolean>;

/** Runs something the officer asked for; shows what came of it in plain words. Answers whether it worked. */
export function useAct(): { busy: boolean; act: Act } {
  const { message } = App.useApp();
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const act = useCallback<Act>(
    async (run, success, handled) => {
      setBusy(true);
      try {
        await run();
        if (success) message.success(success);
        return true;
      } catch (error) {
        if (!handled?.(error)) message.error({ content: errorText(error, language), duration: 6 });
        return false;
      } finally {
        setBusy(false);
      }
    },
    [message, language],
  );
  return { busy, act };
}
