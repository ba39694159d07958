import { MOST_PAPER_BYTES, type PaperKind, type PaperView, QinqiaoError } from '@qinqiao/contracts';
import { Button, Text, View } from '@tarojs/components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { pickFile } from '../platform/pick-file';
import { api } from '../state/session';
import { Problem } from './parts';
import { aria } from './aria';

const TOO_LARGE = new QinqiaoError('file_invalid', { fields: { file: { zh: '每个文件最多 8 MB', en: 'At most 8 MB for each file' } } });
/** Browsers give a Blob, mini-programs the bytes. */
const bytesOf = (file: Blob | ArrayBuffer): number => ('byteLength' in file ? file.byteLength : file.size);

interface Props {
  kinds: readonly PaperKind[];
  value: readonly PaperView[];
  onChange: (papers: PaperView[]) => void;
}

/** Papers to hand in: one button for each kind, and what was chosen. */
export function Papers({ kinds, value, onChange }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState<PaperKind | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const add = async (kind: PaperKind) => {
    const picked = await pickFile();
    if (!picked) return;
    // Asked here too: a server that refuses in the midst of a file breaks the line off.
    if (bytesOf(picked.file) > MOST_PAPER_BYTES) return setProblem(TOO_LARGE);
    setBusy(kind);
    setProblem(null);
    try {
      const paper = await api.uploadPaper({ query: { kind, name: picked.name.slice(-120) }, file: picked.file });
      onChange([...value, paper]);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <View className="item">
      <Text className="item-label">{t('svc.papers.title')}</Text>
      <Text className="item-hint">{t('svc.papers.hint')}</Text>
      {kinds.map((kind) => {
        const chosen = value.filter((paper) => paper.kind === kind);
        return (
          <View key={kind} className="paper">
            <Button className="paper-add" disabled={busy !== null} data-testid={`paper-${kind}`} onClick={() => void add(kind)}>
              {busy === kind ? t('svc.papers.sending') : `＋ ${t(`svc.papers.kinds.${kind}`)}`}
            </Button>
            {chosen.map((paper) => (
              <View key={paper.id} className="paper-file" data-testid="paper-file">
                <Text className="paper-name">
                  ✓ {paper.name} · {Math.max(1, Math.round(paper.bytes / 1024))} KB
                </Text>
                <Button
                  className="paper-remove"
                  {...aria({ label: t('svc.papers.remove', { name: paper.name }) })}
                  onClick={() => onChange(value.filter((other) => other.id !== paper.id))}
                >
                  ×
                </Button>
              </View>
            ))}
          </View>
        );
      })}
      <Problem error={problem} />
    </View>
  );
}
