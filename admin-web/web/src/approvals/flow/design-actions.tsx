import { type FlowDefinition, type FlowRef, QinqiaoError } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm, Space } from 'antd';
import { useRef } from 'react';
import { useNavigate } from 'react-router-dom';
import { useAct } from '../../components/use-act.ts';
import { useText } from '../../i18n/index.ts';
import { api } from '../../session/api.ts';
import { FLOWS } from '../keys.ts';
import type { Opened } from './opened.ts';

interface Draft {
  name: string;
  definition: FlowDefinition;
  dirty: boolean;
  /** Nothing keeps it from being published. */
  sound: boolean;
}

interface Props {
  opened: Opened;
  draft: Draft;
  editable: boolean;
  /** Names and officers are filled in, so that it can be saved at all. */
  complete: boolean;
  onSaved: (definition: FlowDefinition) => void;
}

/** Saving, publishing, discarding, and the way back. */
export function DesignActions({ opened, draft, editable, complete, onSaved }: Props) {
  const t = useText();
  const navigate = useNavigate();
  const { busy, save, publish, discard } = useDraft(opened, draft, onSaved);
  const back = () => void navigate('/flows');
  return (
    <Space wrap>
      {editable && draft.dirty ? (
        <Popconfirm title={t('approvals.design.leaveTitle')} description={t('approvals.design.leaveText')} onConfirm={back}>
          <Button data-testid="designer-back">{t('common.back')}</Button>
        </Popconfirm>
      ) : (
        <Button onClick={back} data-testid="designer-back">
          {t('common.back')}
        </Button>
      )}
      {editable && opened.revision !== null && (
        <Popconfirm
          title={t('approvals.design.discardTitle')}
          description={t('approvals.design.discardText')}
          onConfirm={() => void discard()}
        >
          <Button danger data-testid="flow-discard">
            {t('approvals.design.discard')}
          </Button>
        </Popconfirm>
      )}
      {editable && (
        <>
          <Button
            loading={busy}
            disabled={!draft.dirty || !complete || draft.name === ''}
            title={complete ? '' : t('approvals.design.incomplete')}
            onClick={() => void save()}
            data-testid="flow-save"
          >
            {t('approvals.design.save')}
          </Button>
          <Popconfirm
            title={t('approvals.design.publishTitle')}
            description={t('approvals.design.publishText')}
            onConfirm={() => void publish()}
          >
            <Button type="primary" loading={busy} disabled={!draft.sound || draft.name === ''} data-testid="flow-publish">
              {t('approvals.design.publish')}
            </Button>
          </Popconfirm>
        </>
      )}
    </Space>
  );
}

function useDraft(opened: Opened, draft: Draft, onSaved: (definition: FlowDefinition) => void) {
  const t = useText();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const stored = useRef<FlowRef | null>(
    opened.flowId !== null && opened.revision !== null
      ? { flowId: opened.flowId, version: opened.version, revision: opened.revision }
      : null,
  );
  const refresh = () => queries.invalidateQueries({ queryKey: FLOWS });
  const handled = (error: unknown) => {
    if (!(error instanceof QinqiaoError) || error.code !== 'edit_conflict') return false;
    message.error({ content: t('approvals.design.conflict'), duration: 8 });
    return true;
  };
  const keep = async (): Promise<FlowRef> => {
    const { prisonId, type } = opened;
    const { name, definition } = draft;
    const body = { prisonId, type, name, definition, revision: stored.current?.revision ?? null };
    const ref = await api.saveFlowDraft({ body });
    stored.current = ref;
    onSaved(definition);
    return ref;
  };
  const save = () =>
    act(
      async () => {
        const { flowId, version } = await keep();
        await refresh();
        await navigate(`/flows/${flowId}/${version}`, { replace: true });
      },
      t('approvals.design.saved'),
      handled,
    );
  const publish = () =>
    act(
      async () => {
        const ref = draft.dirty || !stored.current ? await keep() : stored.current;
        const { flowId, version, revision } = ref;
        await api.publishFlow({ params: { id: flowId }, body: { version, revision } });
        message.success(t('approvals.design.published', { version }));
        await refresh();
        await navigate('/flows');
      },
      undefined,
      handled,
    );
  const discard = () =>
    act(
      async () => {
        const ref = stored.current;
        if (ref) await api.discardFlowDraft({ params: { id: ref.flowId }, query: { version: ref.version, revision: ref.revision } });
        await refresh();
        await navigate('/flows');
      },
      t('common.done'),
      handled,
    );
  return { busy, save, publish, discard };
}
