import { PaperView, QuotaKind } from '@qinqiao/contracts';
import { Descriptions } from 'antd';
import { type TextKey, useText } from '../i18n/index.ts';
import { Papers } from './papers.tsx';

/** What cases of families' applications are about. */
const SUBJECTS: ReadonlySet<string> = new Set(['kinship', 'companion', 'allowlist', 'number']);
export const isFamilyCase = (subjectKind: string): boolean => SUBJECTS.has(subjectKind);

/** What a family applied for, named in the officer's language, with the papers to look at. */
export function FamilyCaseSnapshot({ caseId, snapshot }: { caseId: string; snapshot: Record<string, unknown> }) {
  const t = useText();
  const { papers, ...rest } = snapshot;
  const handed = (Array.isArray(papers) ? papers : []).flatMap((paper: unknown) => PaperView.safeParse(paper).data ?? []);
  const valueOf = (key: string, value: unknown): string => {
    if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
    if (key === 'kinds' && Array.isArray(value))
      return value.map((kind) => t(`families.kindNames.${QuotaKind.parse(kind)}`)).join(t('families.comma'));
    if (key === 'identity') return t(`families.identities.${String(value)}` as TextKey);
    if (key === 'face') return t(`families.faces.${String(value)}` as TextKey);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
  };
  const items = Object.entries(rest).map(([key, value]) => ({
    key,
    label: t(`families.snapshot.${key}` as TextKey),
    children: value === '' || value === null ? t('common.none') : valueOf(key, value),
  }));
  return (
    <>
      <Descriptions size="small" bordered column={{ xs: 1, md: 2 }} items={items} data-testid="family-snapshot" />
      {papers !== undefined && (
        <p>
          <Papers papers={handed} caseId={caseId} />
        </p>
      )}
    </>
  );
}
