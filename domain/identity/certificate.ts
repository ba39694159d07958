import { X509Certificate } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';

export interface SmCertificate {
  /** Uncompressed SM2 point, hexadecimal. */
  publicKey: string;
  subject: string;
  validUntil: string;
}

const POINT_BYTES = 65;
/** 1.2.156.10197.1.301, the curve of SM2 (GM/T 0006), as it stands in a SubjectPublicKeyInfo. */
const SM2_CURVE = '06082a811ccf5501822d';

/** Reads an X.509 certificate (PEM) of an SM2 key (GM/T 0015). Throws `certificate_invalid` for anything else. */
export function readCertificate(pem: string): SmCertificate {
  try {
    const certificate = new X509Certificate(pem);
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    const point = spki.subarray(-POINT_BYTES);
    if (!spki.toString('hex').includes(SM2_CURVE) || point[0] !== 4) throw new Error('not a key on the SM2 curve');
    return {
      publicKey: point.toString('hex'),
      subject: certificate.subject.split('\n').join(', ').slice(0, 200),
      validUntil: new Date(certificate.validTo).toISOString(),
    };
  } catch (cause) {
    throw new QinqiaoError('certificate_invalid', { cause });
  }
}
