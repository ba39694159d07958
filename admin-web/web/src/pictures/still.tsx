import type { PictureWarning } from '@qinqiao/contracts';
import { useText } from '../i18n/index.ts';
import { AuditedPicture } from '../components/audited-picture.tsx';
import { api } from '../session/api.ts';

/** The picture that a warning was raised for; each look is recorded. `width` in px. */
export function Still({ id, width }: Pick<PictureWarning, 'id'> & { width: number }) {
  const t = useText();
  return (
    <AuditedPicture
      queryKey={['picture-still', id]}
      read={() => api.readPictureStill({ params: { id } })}
      alt={t('pictures.still')}
      width={width}
      testId="picture-still"
      gone={t('pictures.stillGone')}
    />
  );
}
