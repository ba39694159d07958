import type { ApplicantView, LinkRecord } from '@qinqiao/contracts';
import { Descriptions, Drawer } from 'antd';
import { momentOf } from '../components/format.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { Papers } from './papers.tsx';
import { StateTag } from './state-tag.tsx';

/** What is known of an applicant, masked. */
export const applicantItems = (t: Translate, family: ApplicantView) => [
  { label: t('families.applicant'), children: family.name },
  { label: t('families.idNumber'), children: <span className="people-masked">{family.idNumber}</span> },
  { label: t('families.phone'), children: <span className="people-masked">{family.phone}</span> },
  { label: t('families.identity'), children: t(`families.identities.${family.identity}`) },
  { label: t('families.face'), children: t(`families.faces.${family.face}`) },
];

/** One request with its papers. */
export function LinkDrawer({ link, onClose }: { link: LinkRecord | null; onClose: () => void }) {
  const t = useText();
  const language = useLanguage();
  const items = link
    ? [
        ...applicantItems(t, link.family),
        { label: t('families.prison'), children: link.prisonName },
        { label: t('families.typed'), children: `${link.inmateName} ${link.inmateNumber}` },
        {
          label: t('families.matched'),
          children: link.inmate ? `${link.inmate.name} ${link.inmate.number} · ${link.inmate.wardName}` : t('families.notMatched'),
        },
        { label: t('families.relation'), children: link.relation[language] },
        { label: t('families.note'), children: link.note || t('common.none') },
        { label: t('families.state'), children: <StateTag state={link.state} /> },
        { label: t('families.reason'), children: link.reason ?? t('common.none') },
        { label: t('families.submitted'), children: momentOf(link.submittedAt) },
        { label: t('families.decided'), children: link.decidedAt ? momentOf(link.decidedAt) : t('common.none') },
        { label: t('families.papers'), children: <Papers papers={link.papers} /> },
      ]
    : [];
  return (
    <Drawer open={link !== null} onClose={onClose} size={560} title={t('families.links')} destroyOnHidden data-testid="link-drawer">
      <Descriptions column={1} size="small" bordered items={items.map((item) => ({ key: item.label, ...item }))} />
    </Drawer>
  );
}
