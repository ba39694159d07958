import type { EvidenceCheck, EvidenceFault } from '@qinqiao/contracts';
import { Alert, Progress } from 'antd';
import { formatBytes, momentOf } from '../components/format.ts';
import { type Translate, useText } from '../i18n/index.ts';

const BLOCK_BYTES = 1024 * 1024;

/** The verifications so far, the newest first: the newest in full. */
export function Checks({ checks }: { checks: EvidenceCheck[] }) {
  const t = useText();
  const [newest, ...older] = checks;
  if (!newest) return <p className="muted">{t('evidence.noChecks')}</p>;
  return (
    <div className="evidence-part">
      <h4>{t('evidence.checks')}</h4>
      <Newest check={newest} />
      <ul className="evidence-list">
        {older.map((check) => (
          <li key={check.id}>
            {momentOf(check.askedAt)} {check.askedName} — {outcomeOf(t, check)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function outcomeOf(t: Translate, { state, verdict }: EvidenceCheck): string {
  if (state === 'failed') return t('evidence.checkFailed');
  if (!verdict) return t('evidence.queued');
  return t(verdict.intact ? 'evidence.intact' : 'evidence.broken');
}

function Newest({ check }: { check: EvidenceCheck }) {
  const t = useText();
  const { state, progress, verdict, askedAt, askedName, error } = check;
  const who = `${momentOf(askedAt)} ${askedName}`;
  if (state === 'queued' || state === 'running') {
    return <Progress percent={Math.round(progress * 100)} status="active" data-testid="check-progress" />;
  }
  if (!verdict) return <Alert type="warning" showIcon title={t('evidence.checkFailed')} description={`${error ?? ''} ${who}`} />;
  const texts = { files: verdict.files, size: formatBytes(verdict.bytes), seconds: verdict.seconds };
  const facts = `${t('evidence.checked', texts)} · ${who}`;
  if (verdict.intact) return <Alert type="success" showIcon title={t('evidence.intact')} description={facts} data-testid="check-intact" />;
  const list = verdict.faults.map((fault) => (
    <li key={`${fault.file} ${fault.fault}`} data-testid="check-fault">
      <code>{fault.file}</code> {faultText(t, fault)}
    </li>
  ));
  const description = (
    <>
      <ul className="evidence-list">{list}</ul>
      {facts}
    </>
  );
  return <Alert type="error" showIcon title={t('evidence.broken')} description={description} data-testid="check-broken" />;
}

function faultText(t: Translate, { fault, block, detail }: EvidenceFault): string {
  const number = block ?? 0;
  return t(`evidence.faults.${fault}`, { block: number, from: (number * BLOCK_BYTES).toLocaleString('en'), detail: detail ?? '' });
}
