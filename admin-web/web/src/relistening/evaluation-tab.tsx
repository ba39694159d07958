import type { ConversationDetail } from '@qinqiao/contracts';
import { Alert, Button, Form, Input, Rate } from 'antd';
import { useState } from 'react';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { useDictionary } from '../settings/use-dictionary.ts';
import type { Queued } from './queue.ts';

interface Props {
  id: string;
  detail: ConversationDetail;
  told: { share: number; skippedShare: number } | null;
  flush: () => Promise<void>;
  put: (detail: ConversationDetail) => void;
  next: Queued | null;
  onNext: (next: Queued) => void;
}

/** The evaluation with which a re-listening is finished, and those there are. */
export function EvaluationTab({ id, detail, told, flush, put, next, onNext }: Props) {
  const t = useText();
  const { can, conversation } = detail;
  const done = conversation.listening === 'done';
  const goNext = (other: Queued) => (
    <Button type="primary" onClick={() => onNext(other)} data-testid="go-next">
      {t('relistening.goNext', { name: other.name })}
    </Button>
  );
  return (
    <div className="relisten-tab">
      {done && (
        <Alert
          type="success"
          showIcon
          className="relisten-done"
          title={t('relistening.alreadyDone', {
            name: conversation.doneBy ?? '',
            time: conversation.doneAt ? momentOf(conversation.doneAt) : '',
          })}
          data-testid="already-done"
          description={next && goNext(next)}
        />
      )}
      {!done && !can.finish && conversation.assignee && (
        <Alert type="info" showIcon title={t('relistening.notMine', { name: conversation.assignee.name })} />
      )}
      {(can.finish || can.second) && <FinishForm id={id} detail={detail} told={told} flush={flush} put={put} />}
      <Evaluations detail={detail} />
    </div>
  );
}

interface Values {
  scores: Record<string, number>;
  remark?: string;
  reason?: string;
}

function FinishForm({ id, detail, told, flush, put }: Pick<Props, 'id' | 'detail' | 'told' | 'flush' | 'put'>) {
  const t = useText();
  const { busy, act } = useAct();
  const questions = useDictionary('evaluation_question').options;
  const [form] = Form.useForm<Values>();
  const [early, setEarly] = useState(false);
  const covered = told ? told.share + told.skippedShare : 0;
  const short = covered < detail.wantedShare;
  const save = async ({ scores, remark, reason }: Values) => {
    await act(
      async () => {
        await flush();
        const body = { scores, remark: remark ?? '', reason: reason ?? '', version: detail.version };
        put(await api.finishRelistening({ params: { id }, body }));
      },
      t('relistening.finished'),
      () => {
        setEarly(true);
        return false;
      },
    );
  };
  return (
    <Form<Values> form={form} layout="vertical" onFinish={(values) => void save(values)} data-testid="finish-form">
      <h3>{t('relistening.questions')}</h3>
      {questions.map(({ value, label }) => (
        <Form.Item
          key={value}
          name={['scores', value]}
          label={label}
          rules={[{ required: true, message: t('relistening.scoreMissing') }]}
          className="relisten-score"
        >
          <Rate data-testid={`score-${value}`} />
        </Form.Item>
      ))}
      <Form.Item name="remark" label={t('relistening.remark')}>
        <Input.TextArea maxLength={500} showCount autoSize={{ minRows: 2, maxRows: 6 }} data-testid="finish-remark" />
      </Form.Item>
      {(short || early) && (
        <>
          <Alert
            type="warning"
            showIcon
            className="relisten-done"
            title={t('relistening.tooLittle', { heard: Math.round(covered * 100), wanted: Math.round(detail.wantedShare * 100) })}
            data-testid="too-little"
          />
          <Form.Item name="reason" label={t('relistening.earlyReason')} rules={short ? [{ required: true, whitespace: true }] : []}>
            <Input.TextArea maxLength={200} showCount autoSize={{ minRows: 2 }} data-testid="finish-reason" />
          </Form.Item>
        </>
      )}
      <Button type="primary" htmlType="submit" loading={busy} data-testid="finish">
        {t(detail.can.second ? 'relistening.finishSecond' : 'relistening.finish')}
      </Button>
    </Form>
  );
}

function Evaluations({ detail }: { detail: ConversationDetail }) {
  const t = useText();
  const { nameOf } = useDictionary('evaluation_question');
  if (detail.evaluations.length === 0) return null;
  return (
    <section className="relisten-evaluations">
      <h3>{t('relistening.evaluations')}</h3>
      {detail.evaluations.map((one) => (
        <article key={one.at + one.officerId} data-testid="evaluation">
          <b>{one.officerName}</b>
          {one.second && <span className="muted"> {t('relistening.bySecond')}</span>} <small className="muted">{momentOf(one.at)}</small>
          <ul>
            {Object.entries(one.scores).map(([question, score]) => (
              <li key={question}>
                {nameOf(question)} <Rate disabled value={score} />
              </li>
            ))}
          </ul>
          {one.remark && <p>{one.remark}</p>}
          {one.reason && (
            <p className="muted">
              {t('relistening.earlyReason')}：{one.reason}
            </p>
          )}
        </article>
      ))}
    </section>
  );
}
