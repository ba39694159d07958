import type { ExtraCallView, QuotaKind } from '@qinqiao/contracts';
import { Button, Text, View } from '@tarojs/components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ChoiceField, LongField } from '../../components/fields';
import { InmateField } from '../../components/inmate-field';
import { Card, List, Problem, Row, Tag, type Tone } from '../../components/parts';
import { QuotaCard } from '../../components/quota-card';
import { Screen } from '../../components/screen';
import { dayOf, monthsFrom } from '../../state/days';
import { api } from '../../state/session';
import { useData } from '../../state/use-data';
import { useForm } from '../../state/use-form';

const TONES: Record<ExtraCallView['state'], Tone> = { pending: 'wait', approved: 'good', refused: 'bad', cancelled: 'plain' };
const KINDS: readonly QuotaKind[] = ['video', 'phone', 'visit'];
const MINUTES = ['20', '30', '60'];
const EMPTY = { inmateId: '', kind: 'video' as QuotaKind, minutes: '20', month: '', reason: '' };

/** Applies for a call beyond the month's quota, which is shown. */
export default function Extra() {
  const { t } = useTranslation();
  const form = useForm(EMPTY);
  const { values, set, wrong } = form;
  const [today] = useState(() => dayOf(api.clock.now()));
  const months = [today.slice(0, 7), monthsFrom(`${today.slice(0, 7)}-01`, 1).slice(0, 7)];
  const asked = useData(async () => (await api.listExtraCalls({ query: { limit: 20 } })).items);
  const submit = async () => {
    const done = await form.send(({ inmateId, kind, minutes, month, reason }) =>
      api.applyExtraCall({ body: { inmateId, kind, calls: 1, minutes: Number(minutes), month: month || (months[0] ?? ''), reason } }),
    );
    if (!done) return;
    set('reason', '');
    asked.reload();
  };
  return (
    <Screen title={t('svc.extra.title')} testId="extra-page">
      <View className="form">
        <Text className="lead">{t('svc.extra.lead')}</Text>
        <InmateField value={values.inmateId} onChange={(id) => set('inmateId', id)} wrong={wrong('inmateId')} />
        <ChoiceField
          name="kind"
          label={t('svc.book.kind')}
          options={KINDS.map((kind) => ({ value: kind, label: t(`svc.kinds.${kind}`) }))}
          value={[values.kind]}
          onChange={([kind = 'video']) => set('kind', kind as QuotaKind)}
        />
        {values.inmateId ? <QuotaCard inmateId={values.inmateId} kind={values.kind} /> : null}
        <ChoiceField
          name="month"
          label={t('svc.extra.month')}
          options={months.map((month) => ({ value: month, label: month }))}
          value={[values.month || (months[0] ?? '')]}
          onChange={([month = '']) => set('month', month)}
          wrong={wrong('month')}
        />
        <ChoiceField
          name="minutes"
          label={t('svc.extra.minutes')}
          options={MINUTES.map((minutes) => ({ value: minutes, label: t('svc.extra.minutesOf', { count: Number(minutes) }) }))}
          value={[values.minutes]}
          onChange={([minutes = '20']) => set('minutes', minutes)}
          wrong={wrong('minutes')}
        />
        <LongField
          name="reason"
          label={t('svc.extra.reason')}
          value={values.reason}
          onChange={(text) => set('reason', text)}
          wrong={wrong('reason')}
        />
        <Problem error={form.problem} />
        <Button
          className="primary"
          disabled={form.busy || !values.inmateId || !values.reason.trim()}
          data-testid="submit"
          onClick={() => void submit()}
        >
          {form.busy ? t('svc.sending') : t('svc.submit')}
        </Button>
      </View>
      <Text className="section">{t('svc.extra.asked')}</Text>
      <List
        data={asked}
        empty={t('svc.extra.none')}
        renderItem={(one) => (
          <Card key={one.id} testId="extra">
            <Text className="card-who">
              {one.month} · {t(`svc.kinds.${one.kind}`)} · {one.inmateName}
            </Text>
            <Tag tone={TONES[one.state]} text={t(`svc.states.${one.state}`)} />
            <Row label={t('svc.extra.minutes')} value={t('svc.extra.minutesOf', { count: one.minutes })} />
            <Row label={t('svc.extra.reason')} value={one.reason} />
            <Row label={t('svc.reason')} value={one.decision} />
          </Card>
        )}
      />
    </Screen>
  );
}
