import type { FaceView } from '@qinqiao/contracts';
import { Alert, Button, Card, Descriptions, Input, Popconfirm, Space, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { AuditedPicture } from '../components/audited-picture.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const WIDTH = 200;

interface Props {
  face: FaceView;
  onChanged: (face: FaceView) => void;
  onGone: () => void;
}

/** One face: where it came from, who let it in, and its picture when somebody asks for it. */
export function FaceCard({ face, onChanged, onGone }: Props) {
  const t = useText();
  const mayEdit = useAllowed('face.edit');
  const [shown, setShown] = useState(false);
  const [seen, setSeen] = useState(false);
  const { faceWidth, sharpness, brightness, yaw, pitch } = face.quality;
  const round = Math.round;
  const quality = {
    width: round(faceWidth),
    sharpness: round(sharpness),
    brightness: round(brightness),
    yaw: round(yaw),
    pitch: round(pitch),
  };
  const by = (name: string | null, at: string | null) => (name === null || at === null ? '' : `${name} · ${momentOf(at)}`);
  return (
    <Card
      size="small"
      className="face-card"
      data-testid="face-card"
      title={
        <Space size={4}>
          <Tag color={face.state === 'active' ? 'green' : 'gold'}>{t(face.state === 'active' ? 'faces.active' : 'faces.waiting')}</Tag>
          {t(`faces.sources.${face.source}`)}
        </Space>
      }
      extra={
        <Button
          type="link"
          size="small"
          onClick={() => {
            setShown(!shown);
            setSeen(true);
          }}
          data-testid="face-show"
        >
          {t(shown ? 'faces.hide' : 'faces.show')}
        </Button>
      }
    >
      {face.outdated && <Alert type="warning" showIcon title={t('faces.modelOld')} className="face-refused" />}
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'enrolled', label: t('faces.enrolledBy'), children: by(face.enrolledBy, face.enrolledAt) },
          ...(face.approvedBy ? [{ key: 'approved', label: t('faces.approvedBy'), children: by(face.approvedBy, face.approvedAt) }] : []),
          { key: 'quality', label: t('faces.quality'), children: t('faces.qualityText', quality) },
        ]}
      />
      {shown && (
        <div className="face-picture">
          <AuditedPicture
            queryKey={['face-picture', face.id]}
            read={() => api.readFacePicture({ params: { id: face.id } })}
            alt={t('faces.picture')}
            width={WIDTH}
            testId="face-picture"
          />
        </div>
      )}
      {mayEdit && <Acts face={face} seen={seen} onChanged={onChanged} onGone={onGone} />}
    </Card>
  );
}

/** `seen`: nobody approves a face that he has not looked at. */
function Acts({ face, seen, onChanged, onGone }: Props & { seen: boolean }) {
  const t = useText();
  const { act } = useAct();
  const [reason, setReason] = useState('');
  const params = { id: face.id };
  const approve = () => act(async () => onChanged(await api.approveFace({ params, body: { version: face.version } })), t('faces.approved'));
  const reject = async () => {
    if (await act(() => api.rejectFace({ params, body: { version: face.version, reason: reason.trim() } }), t('faces.rejected'))) onGone();
  };
  const remove = async () => {
    if (await act(() => api.deleteFace({ params }), t('faces.removed'))) onGone();
  };
  if (face.state === 'pending')
    return (
      <Space className="face-acts">
        <Popconfirm title={t('faces.approveAsk')} styles={{ root: { maxWidth: 320 } }} onConfirm={() => void approve()} disabled={!seen}>
          <Tooltip title={seen ? '' : t('faces.lookFirst')}>
            <Button type="primary" size="small" disabled={!seen} data-testid="face-approve">
              {t('faces.approve')}
            </Button>
          </Tooltip>
        </Popconfirm>
        <Popconfirm
          title={t('faces.rejectAsk')}
          description={
            <Input
              value={reason}
              maxLength={200}
              placeholder={t('faces.rejectReason')}
              onChange={(event) => setReason(event.target.value)}
              data-testid="face-reject-reason"
            />
          }
          onConfirm={() => void reject()}
          okButtonProps={{ danger: true, disabled: reason.trim() === '' }}
        >
          <Button danger size="small" data-testid="face-reject">
            {t('faces.reject')}
          </Button>
        </Popconfirm>
      </Space>
    );
  return (
    <Popconfirm
      title={t('faces.removeAsk')}
      styles={{ root: { maxWidth: 320 } }}
      onConfirm={() => void remove()}
      okButtonProps={{ danger: true }}
    >
      <Button danger size="small" className="face-acts" data-testid="face-delete">
        {t('faces.remove')}
      </Button>
    </Popconfirm>
  );
}
