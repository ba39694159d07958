import { FACE_CHECK_REASONS, type FaceCheckRecord } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Descriptions, Drawer, Input, Popconfirm, Space } from 'antd';
import { useState } from 'react';
import { AuditedPicture } from '../components/audited-picture.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import './face-checks.css';

const WIDTH = 212;
const testId = (name: string) => ({ 'data-testid': name });

/** The pictures that were taken beside those that are kept, and the decision. */
export function FaceCheckDrawer({ check, onClose }: { check: FaceCheckRecord; onClose: () => void }) {
  const t = useText();
  const language = useLanguage();
  const { id, subject, purpose, inmateName, likeness, threshold, reason, decision, pictures, references } = check;
  return (
    <Drawer
      open
      size="large"
      title={t('faceChecks.of', { name: subject.name })}
      onClose={onClose}
      data-testid="face-check-drawer"
      footer={check.state === 'waiting' ? <Decision check={check} onDone={onClose} /> : null}
    >
      {reason && <Alert type="warning" showIcon title={FACE_CHECK_REASONS[reason][language]} />}
      <Descriptions
        size="small"
        column={2}
        className="face-check-facts"
        items={[
          {
            key: 'purpose',
            label: t('faceChecks.purpose'),
            children: purpose === 'login' ? t('faceChecks.login') : t('faceChecks.entry', { name: inmateName ?? '' }),
          },
          {
            key: 'likeness',
            label: t('faceChecks.likeness'),
            children: likeness === null ? t('faceChecks.notCompared') : `${likeness}% / ${threshold}%`,
          },
          { key: 'time', label: t('faceChecks.time'), children: momentOf(check.openedAt) },
          ...(decision
            ? [{ key: 'by', label: t('faceChecks.decidedBy'), children: [decision.by, decision.note].filter(Boolean).join(' · ') }]
            : []),
        ]}
      />
      <h3>{t('faceChecks.taken')}</h3>
      <div className="face-check-pictures">
        {pictures.map(({ step, pose }) => (
          <figure key={step}>
            <AuditedPicture
              queryKey={['face-check', id, step]}
              read={() => api.readFaceCheckPicture({ params: { id, step } })}
              alt={t(`faceChecks.poses.${pose}`)}
              width={WIDTH}
              testId="face-check-picture"
            />
            <figcaption>{t(`faceChecks.poses.${pose}`)}</figcaption>
          </figure>
        ))}
      </div>
      <h3>{t('faceChecks.kept')}</h3>
      <div className="face-check-pictures">
        {references.length === 0 && <span className="muted">{t('faceChecks.noneKept')}</span>}
        {references.map((face) => (
          <AuditedPicture
            key={face.id}
            queryKey={['face-check', id, face.id]}
            read={() => api.readFaceCheckReference({ params: { id, faceId: face.id } })}
            alt={t('faceChecks.kept')}
            width={WIDTH}
            testId="face-check-reference"
          />
        ))}
      </div>
    </Drawer>
  );
}

function Decision({ check, onDone }: { check: FaceCheckRecord; onDone: () => void }) {
  const t = useText();
  const { busy, act } = useAct();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const [enrol, setEnrol] = useState(check.references.length === 0);
  const decide = async (allow: boolean) => {
    const body = { allow, enrol: allow && enrol, note, version: check.version };
    const done = await act(
      () => api.decideFaceCheck({ params: { id: check.id }, body }),
      t(allow ? 'faceChecks.allowed' : 'faceChecks.refused'),
    );
    await client.invalidateQueries({ queryKey: ['face-checks'] });
    if (done) onDone();
  };
  return (
    <Space orientation="vertical" className="face-check-decision">
      <Input
        value={note}
        onChange={(event) => setNote(event.target.value)}
        maxLength={200}
        placeholder={t('faceChecks.note')}
        data-testid="face-check-note"
      />
      <Checkbox checked={enrol} onChange={(event) => setEnrol(event.target.checked)} data-testid="face-check-enrol">
        {t('faceChecks.enrol')}
      </Checkbox>
      <Space>
        <Popconfirm
          title={t('faceChecks.allowAsk', { name: check.subject.name })}
          onConfirm={() => void decide(true)}
          okButtonProps={testId('face-check-allow-yes')}
        >
          <Button type="primary" loading={busy} data-testid="face-check-allow">
            {t('faceChecks.allow')}
          </Button>
        </Popconfirm>
        <Popconfirm
          title={t('faceChecks.refuseAsk', { name: check.subject.name })}
          onConfirm={() => void decide(false)}
          okButtonProps={{ danger: true, ...testId('face-check-refuse-yes') }}
        >
          <Button danger loading={busy} data-testid="face-check-refuse">
            {t('faceChecks.refuse')}
          </Button>
        </Popconfirm>
      </Space>
    </Space>
  );
}
