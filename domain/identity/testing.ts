import type { Sm2KeyPair } from '@qinqiao/server-kit';

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const long = content.length > 127;
  return Buffer.concat([Buffer.from(long ? [tag, 0x82, content.length >> 8, content.length & 255] : [tag, content.length]), content]);
};
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const hex = (text: string) => Buffer.from(text, 'hex');

const SM2_WITH_SM3 = sequence(hex('06082a811ccf55018375'));
const EC_KEY = hex('06072a8648ce3d0201');
const SM2_CURVE = hex('06082a811ccf5501822d');
const P256_CURVE = hex('06082a8648ce3d030107');
const COMMON_NAME = hex('0603550403');

/** An X.509 certificate (PEM) of an SM2 key as a test needs it: well-formed, signed by nobody. */
export function testCertificate(key: Pick<Sm2KeyPair, 'publicKey'>, { name, validUntil, curve = 'sm2' }: CertificateOptions): string {
  const time = (date: Date) => der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
  const subject = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const point = der(0x03, hex('00'), hex(key.publicKey));
  const body = sequence(
    der(0xa0, der(0x02, hex('02'))),
    der(0x02, hex('01')),
    SM2_WITH_SM3,
    subject,
    sequence(time(new Date('2020-01-01T00:00:00Z')), time(validUntil)),
    subject,
    sequence(sequence(EC_KEY, curve === 'sm2' ? SM2_CURVE : P256_CURVE), point),
  );
  const signature = der(0x03, hex('00'), sequence(der(0x02, hex('01')), der(0x02, hex('01'))));
  const text = sequence(body, SM2_WITH_SM3, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`;
}

interface CertificateOptions {
  name: string;
  validUntil: Date;
  curve?: 'sm2' | 'p256';
}
