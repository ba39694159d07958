import { CameraOutlined, UploadOutlined } from '@ant-design/icons';
import { asQinqiaoError, errorText } from '@qinqiao/client-sdk';
import { type FacePerson, type FaceView, MOST_FACES } from '@qinqiao/contracts';
import { Alert, App, Button, Drawer, Empty, Space, Tooltip, Upload } from 'antd';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { CaptureModal } from './capture-modal.tsx';
import { FaceCard } from './face-card.tsx';

interface Props {
  person: FacePerson;
  onClose: () => void;
  onChanged: (faces: FaceView[]) => void;
}

/** One person's faces: what there is, and how another one comes in. */
export function FaceDrawer({ person, onClose, onChanged }: Props) {
  const t = useText();
  const language = useLanguage();
  const mayEdit = useAllowed('face.edit');
  const { modal } = App.useApp();
  const { busy, act } = useAct();
  const [capturing, setCapturing] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  const { subject, id: subjectId, faces } = person;
  const full = faces.length >= MOST_FACES;
  const enrol = async (source: 'camera' | 'upload', file: Blob, confirmed = false): Promise<boolean> => {
    setRefused(null);
    let unlike = false;
    const query = { subject, subjectId, source, confirmed: confirmed ? ('true' as const) : ('false' as const) };
    const done = await act(
      async () => onChanged([...faces, await api.enrolFace({ query, file })]),
      t('faces.enrolled'),
      (error) => {
        unlike = asQinqiaoError(error).code === 'face_unlike';
        if (!unlike) setRefused(error);
        return true;
      },
    );
    if (!unlike) return done;
    const sure = await modal.confirm({ title: t('faces.unlike'), okText: t('faces.unlikeSure'), okButtonProps: { danger: true } });
    return sure ? enrol(source, file, true) : false;
  };
  const replace = (face: FaceView) => onChanged(faces.map((other) => (other.id === face.id ? face : other)));
  return (
    <Drawer
      open
      size={560}
      title={t('faces.of', { name: `${person.name} ${person.number}`.trim() })}
      onClose={onClose}
      data-testid="face-drawer"
      extra={
        mayEdit && (
          <Tooltip title={full ? t('faces.full') : ''}>
            <Space>
              <Upload
                accept=".jpg,.jpeg,.png,.webp"
                showUploadList={false}
                disabled={full || busy}
                beforeUpload={(file) => {
                  void enrol('upload', file);
                  return false;
                }}
              >
                <Button icon={<UploadOutlined />} loading={busy} disabled={full} data-testid="face-upload">
                  {t('faces.upload')}
                </Button>
              </Upload>
              <Button type="primary" icon={<CameraOutlined />} disabled={full} onClick={() => setCapturing(true)} data-testid="face-camera">
                {t('faces.camera')}
              </Button>
            </Space>
          </Tooltip>
        )
      }
    >
      {refused !== null && (
        <Alert
          type="error"
          showIcon
          title={errorText(refused, language)}
          closable={{ onClose: () => setRefused(null) }}
          className="face-refused"
          data-testid="face-refused"
        />
      )}
      {faces.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('faces.noFaces')} />}
      {faces.map((face) => (
        <FaceCard key={face.id} face={face} onChanged={replace} onGone={() => onChanged(faces.filter((other) => other.id !== face.id))} />
      ))}
      {capturing && (
        <CaptureModal
          name={person.name}
          onClose={() => setCapturing(false)}
          onTaken={async (picture) => {
            if (await enrol('camera', picture)) setCapturing(false);
          }}
          refused={refused}
        />
      )}
    </Drawer>
  );
}
