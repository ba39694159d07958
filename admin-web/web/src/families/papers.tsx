import { FileImageOutlined, FilePdfOutlined } from '@ant-design/icons';
import type { PaperView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Button, Modal, Space, Spin } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { formatBytes } from '../components/format.ts';
import { saveFile } from '../components/save-file.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  papers: readonly Pick<PaperView, 'id' | 'kind' | 'name' | 'type' | 'bytes'>[];
  /** Of a case: who decides it may look at its papers. */
  caseId?: string;
}

/** Papers that were handed in; each can be looked at. */
export function Papers({ papers, caseId }: Props) {
  const t = useText();
  const [open, setOpen] = useState<Props['papers'][number] | null>(null);
  if (papers.length === 0) return <span className="muted">{t('families.noPapers')}</span>;
  return (
    <Space wrap>
      {papers.map((paper) => (
        <Button
          key={paper.id}
          icon={paper.type === 'application/pdf' ? <FilePdfOutlined /> : <FileImageOutlined />}
          onClick={() => setOpen(paper)}
          data-testid="paper-open"
        >
          {t(`families.paperKinds.${paper.kind}`)} · {formatBytes(paper.bytes)}
        </Button>
      ))}
      {open && <PaperModal paper={open} onClose={() => setOpen(null)} {...(caseId === undefined ? {} : { caseId })} />}
    </Space>
  );
}

function PaperModal({ paper, caseId, onClose }: { paper: Props['papers'][number]; caseId?: string; onClose: () => void }) {
  const t = useText();
  const { id } = paper;
  const found = useQuery({
    queryKey: ['paper', id, caseId],
    queryFn: () => (caseId === undefined ? api.readPaper({ params: { id } }) : api.readCasePaper({ params: { id, caseId } })),
    // Each look is recorded: one opening is one look, and nothing of it is kept.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const url = useBlobUrl(found.data?.blob, paper.type);
  return (
    <Modal
      open
      onCancel={onClose}
      width="min(900px, 94vw)"
      title={`${t(`families.paperKinds.${paper.kind}`)} · ${paper.name}`}
      footer={
        <Space>
          <span className="muted">{t('families.lookNotice')}</span>
          <Button disabled={!found.data} onClick={() => found.data && saveFile(found.data)}>
            {t('families.download')}
          </Button>
        </Space>
      }
      data-testid="paper-modal"
    >
      {found.isPending && <Spin />}
      {found.isError && <ErrorView error={found.error} onRetry={() => void found.refetch()} />}
      {url && paper.type !== 'application/pdf' && <img src={url} alt={paper.name} className="paper-picture" data-testid="paper-picture" />}
      {url && paper.type === 'application/pdf' && <p>{t('families.download')}</p>}
    </Modal>
  );
}

/** An address of the content for as long as it is shown. */
function useBlobUrl(blob: Blob | undefined, type: string): string | null {
  const url = useMemo(() => (blob ? URL.createObjectURL(new Blob([blob], { type })) : null), [blob, type]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  return url;
}
