import { formatDuration } from '@qinqiao/client-sdk';
import type { RecordingFile, RecordingView } from '@qinqiao/contracts';
import { Alert, Button, Table, type TableColumnsType } from 'antd';
import { type HTMLAttributes, useMemo, useState } from 'react';
import { formatBytes } from '../components/format.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { participantName } from './participant-name.ts';

const CAUSES = ['restart', 'loss', 'storage', 'away'] as const;
const isCause = (cause: string): cause is (typeof CAUSES)[number] => (CAUSES as readonly string[]).includes(cause);

type MediaFile = RecordingFile & { kind: 'audio' | 'video' };

const rowAttributes = (file: RecordingFile) =>
  ({ 'data-testid': 'file-row', 'data-kind': file.kind, 'data-participant': file.participant }) as HTMLAttributes<HTMLElement>;

const isMedia = (file: RecordingFile): file is MediaFile => file.kind === 'audio' || file.kind === 'video';

/** The files of each participant, each playable by itself, and what of the call they miss. */
export function FilesPanel({ recording }: { recording: RecordingView }) {
  const t = useText();
  const [open, setOpen] = useState<string | null>(null);
  const files = recording.files.filter(isMedia);
  const columns = useMemo<TableColumnsType<MediaFile>>(
    () => [
      { title: t('detail.participant'), dataIndex: 'participant', render: (name: string) => participantName(t, name) },
      { title: t('detail.kind'), dataIndex: 'kind', render: (kind: MediaFile['kind']) => t(`detail.kinds.${kind}`) },
      { title: t('detail.codec'), dataIndex: 'codec' },
      {
        title: t('detail.length'),
        dataIndex: 'durationS',
        render: (s: number) => <span className="digits">{formatDuration(s * 1000)}</span>,
      },
      { title: t('detail.size'), dataIndex: 'bytes', render: (bytes: number) => formatBytes(bytes) },
      {
        key: 'play',
        render: (_, file) => (
          <Button size="small" onClick={() => setOpen(open === file.name ? null : file.name)} data-testid="file-play">
            {t(open === file.name ? 'common.close' : 'detail.play')}
          </Button>
        ),
      },
    ],
    [t, open],
  );
  return (
    <>
      {(recording.state === 'ready' || recording.gaps.length > 0) && <Gaps gaps={recording.gaps} t={t} />}
      <Table
        rowKey="name"
        size="small"
        columns={columns}
        dataSource={files}
        pagination={false}
        onRow={rowAttributes}
        expandable={{
          expandedRowKeys: open ? [open] : [],
          showExpandColumn: false,
          expandedRowRender: playerOf,
        }}
      />
    </>
  );
}

const playerOf = (file: RecordingFile) => <FilePlayer file={file} />;

function FilePlayer({ file }: { file: RecordingFile }) {
  if (file.kind === 'video') return <video src={file.url} controls autoPlay playsInline className="file-player" />;
  return <audio src={file.url} controls autoPlay className="file-player" />;
}

function Gaps({ gaps, t }: { gaps: RecordingView['gaps']; t: Translate }) {
  if (gaps.length === 0) return <Alert type="success" showIcon title={t('detail.noGaps')} className="gaps" data-testid="no-gaps" />;
  const list = gaps.map((gap) => {
    const { participant, kind, fromMs, toMs, cause } = gap;
    const texts = {
      participant: participantName(t, participant),
      kind: kind === 'audio' || kind === 'video' ? t(`detail.kinds.${kind}`) : kind,
      from: formatDuration(fromMs),
      to: formatDuration(toMs),
      cause: isCause(cause) ? t(`detail.causes.${cause}`) : cause,
    };
    return (
      <li key={`${participant}-${kind}-${fromMs}`} data-testid="gap">
        {t('detail.gap', texts)}
      </li>
    );
  });
  return <Alert type="warning" showIcon title={t('detail.gaps')} description={<ul>{list}</ul>} className="gaps" />;
}
