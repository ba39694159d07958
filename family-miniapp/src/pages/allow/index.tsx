import type { PaperView, QuotaKind } from '@qinqiao/contracts';
import { Button, Text, View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ChoiceField, LongField } from '../../components/fields';
import { InmateField } from '../../components/inmate-field';
import { Papers } from '../../components/papers';
import { Problem } from '../../components/parts';
import { PeriodField } from '../../components/period-field';
import { Screen } from '../../components/screen';
import { api, goBack } from '../../state/session';
import { useForm } from '../../state/use-form';

const KINDS: readonly QuotaKind[] = ['video', 'visit', 'phone'];
const EMPTY = { inmateId: '', kinds: ['video'] as QuotaKind[], months: '12', reason: '', papers: [] as PaperView[], version: 0 };

/** Applies for an entry on the allowlist, or again with what was typed before. */
export default function Allow() {
  const { t } = useTranslation();
  const { id, inmate = '' } = useRouter().params;
  const form = useForm({ ...EMPTY, inmateId: inmate });
  const { values, set, wrong } = form;

  useEffect(() => {
    const load = async () => {
      const { items } = await api.listMyAllowlist();
      const before = items.find((entry) => entry.id === id);
      if (!before) return;
      for (const name of ['inmateId', 'kinds', 'reason', 'papers', 'version'] as const) set(name, before[name]);
    };
    if (id) void load().catch(() => undefined);
  }, [id, set]);

  const submit = async () => {
    const done = await form.send(({ papers, months, version, ...content }) => {
      const body = { ...content, ...PeriodField.daysOf(months), paperIds: papers.map((paper) => paper.id) };
      return id ? api.resubmitAllowlist({ params: { id }, body: { ...body, version } }) : api.applyForAllowlist({ body });
    });
    if (done) goBack();
  };
  return (
    <Screen title={t('svc.allowlist.apply')} testId="allow-page">
      <View className="form">
        <Text className="lead">{t('svc.allowlist.lead')}</Text>
        <InmateField value={values.inmateId} onChange={(chosen) => set('inmateId', chosen)} wrong={wrong('inmateId')} />
        <ChoiceField
          name="kinds"
          label={t('svc.allowlist.kinds')}
          several
          options={KINDS.map((kind) => ({ value: kind, label: t(`svc.kinds.${kind}`) }))}
          value={values.kinds}
          onChange={(kinds) => set('kinds', kinds as QuotaKind[])}
          wrong={wrong('kinds')}
        />
        <PeriodField value={values.months} onChange={(months) => set('months', months)} wrong={wrong('validUntil')} />
        <LongField
          name="reason"
          label={t('svc.note')}
          value={values.reason}
          onChange={(text) => set('reason', text)}
          wrong={wrong('reason')}
        />
        <Papers kinds={['id_front', 'id_back', 'kinship']} value={values.papers} onChange={(papers) => set('papers', papers)} />
        <Problem error={form.problem} />
        <Button
          className="primary"
          disabled={form.busy || !values.inmateId || values.kinds.length === 0}
          data-testid="submit"
          onClick={() => void submit()}
        >
          {form.busy ? t('svc.sending') : t('svc.submit')}
        </Button>
      </View>
    </Screen>
  );
}
