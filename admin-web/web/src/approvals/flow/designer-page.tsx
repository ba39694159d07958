import type { ApprovalType, FlowVersionView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { ErrorView } from '../../components/error-view.tsx';
import { PageLoading } from '../../components/page-loading.tsx';
import { useAllowed } from '../../components/use-allowed.ts';
import { type Translate, useText } from '../../i18n/index.ts';
import { api } from '../../session/api.ts';
import { FLOWS, PRISONS } from '../keys.ts';
import { Designer } from './designer.tsx';
import { newFlow } from './graph.ts';
import type { Opened } from './opened.ts';

/**
 * `/flows/:id/:version`: a draft to be edited, another version to look at. `/flows/:id/:version/edit`: a draft made from that version.
 * `/flows/new/:prisonId/:type`: a new flow.
 */
export function DesignerPage() {
  const { id, version, mode, prisonId, type } = useParams();
  const isNew = id === undefined;
  const found = useQuery({
    queryKey: [...FLOWS, 'version', id, version],
    queryFn: () => api.getFlowVersion({ params: { id: id ?? '', version: version ?? '' } }),
    enabled: !isNew,
    // What is being edited must not change under the hand.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (found.isError) return <ErrorView error={found.error} onRetry={() => void found.refetch()} />;
  if (!isNew && !found.data) return <PageLoading />;
  const source: Source = found.data
    ? { found: found.data, copies: mode === 'edit' }
    : { prisonId: prisonId ?? '', type: (type ?? 'visit') as ApprovalType };
  return <Loaded key={`${id} ${version} ${mode} ${prisonId} ${type}`} source={source} />;
}

type Source = { found: FlowVersionView; copies: boolean } | { prisonId: string; type: ApprovalType };

function Loaded({ source }: { source: Source }) {
  const t = useText();
  const mayEdit = useAllowed('flow.edit');
  // What it was opened with stays, whatever is read anew meanwhile.
  const [opened] = useState(() => openedFrom(source, t));
  const roles = useQuery({
    queryKey: ['approver-roles', opened.prisonId],
    queryFn: () => api.listApproverRoles({ query: { prisonId: opened.prisonId } }),
  });
  const prisons = useQuery({ queryKey: PRISONS, queryFn: () => api.listApprovalPrisons(), staleTime: 60_000 });
  // With roles that are known the drawing stays, whatever becomes of reading them anew.
  if (roles.isError && !roles.data) return <ErrorView error={roles.error} onRetry={() => void roles.refetch()} />;
  if (prisons.isError && !prisons.data) return <ErrorView error={prisons.error} onRetry={() => void prisons.refetch()} />;
  if (!roles.data || !prisons.data) return <PageLoading />;
  const prisonName = prisons.data.items.find(({ id }) => id === opened.prisonId)?.name ?? opened.prisonId;
  return <Designer opened={{ ...opened, prisonName }} roles={roles.data.items} editable={mayEdit && opened.state === 'draft'} />;
}

function openedFrom(source: Source, t: Translate): Opened {
  if (!('found' in source)) {
    const { prisonId, type } = source;
    const definition = newFlow(t('approvals.design.addStep'));
    return {
      flowId: null,
      prisonId,
      prisonName: '',
      type,
      name: t(`approvals.types.${type}`),
      version: 1,
      state: 'draft',
      definition,
      names: {},
      revision: null,
    };
  }
  const { flowId, prisonId, type, name, definition, names, version, state, revision } = source.found;
  const place = { flowId, prisonId, prisonName: '', type, name, definition, names };
  if (source.copies) return { ...place, version: version + 1, state: 'draft', revision: null };
  return { ...place, version, state, revision: state === 'draft' ? revision : null };
}
