import { errorText } from '@qinqiao/client-sdk';
import { FACE_PROBLEMS } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Modal } from 'antd';
import { useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { useCamera } from './use-camera.ts';

const LOOK_MS = 900;

interface Props {
  name: string;
  onClose: () => void;
  onTaken: (picture: Blob) => Promise<void>;
  /** Why the picture that was taken could not be used. */
  refused: unknown;
}

/** The camera with an outline for the face; the server says in plain words what is wrong with the picture, before it is taken. */
export function CaptureModal({ name, onClose, onTaken, refused }: Props) {
  const t = useText();
  const language = useLanguage();
  const { video, state, grab } = useCamera();
  const [busy, setBusy] = useState(false);
  const look = useQuery({
    queryKey: ['face-look'],
    queryFn: async () => {
      const picture = await grab();
      return picture && api.checkFace({ file: picture });
    },
    enabled: state === 'on' && !busy,
    refetchInterval: LOOK_MS,
    gcTime: 0,
    retry: false,
  });
  const problem = look.data?.problem;
  const good = look.data !== undefined && look.data !== null && problem === null && !look.isError;
  const take = async () => {
    setBusy(true);
    const picture = await grab();
    if (picture) await onTaken(picture);
    setBusy(false);
  };
  const said = () => {
    if (state === 'starting') return { type: 'info', text: t('faces.starting') } as const;
    if (state === 'denied') return { type: 'error', text: t('faces.cameraDenied') } as const;
    if (state === 'missing') return { type: 'error', text: t('faces.cameraMissing') } as const;
    if (look.isError) return { type: 'error', text: errorText(look.error, language) } as const;
    if (good) return { type: 'success', text: t('faces.good') } as const;
    if (problem) return { type: 'warning', text: FACE_PROBLEMS[problem][language] } as const;
    return { type: 'info', text: t('faces.looking') } as const;
  };
  const { type, text } = said();
  return (
    <Modal
      open
      title={t('faces.captureTitle', { name })}
      width={640}
      onCancel={onClose}
      mask={{ closable: false }}
      footer={[
        <Button key="close" onClick={onClose}>
          {t('faces.close')}
        </Button>,
        <Button key="take" type="primary" loading={busy} disabled={state !== 'on'} onClick={() => void take()} data-testid="face-take">
          {t('faces.capture')}
        </Button>,
      ]}
    >
      <div className={good ? 'face-camera face-camera-good' : 'face-camera'} data-testid="face-capture">
        <video ref={video} muted playsInline />
        <span className="face-outline" />
        <span className="face-camera-hint">{t('faces.placeFace')}</span>
      </div>
      <Alert type={type} showIcon title={text} className="face-said" data-testid="face-said" />
      {refused !== null && (
        <Alert type="error" showIcon title={errorText(refused, language)} className="face-said" data-testid="face-take-refused" />
      )}
    </Modal>
  );
}
