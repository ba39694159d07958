import { Button, Text, View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ChoiceField, LongField, TextField } from '../../components/fields';
import { InmateField } from '../../components/inmate-field';
import { Problem } from '../../components/parts';
import { PeriodField } from '../../components/period-field';
import { Screen } from '../../components/screen';
import { language } from '../../i18n';
import { api, goBack } from '../../state/session';
import { useData } from '../../state/use-data';
import { useForm } from '../../state/use-form';

const EMPTY = { inmateId: '', phone: '', name: '', relation: '', months: '12', note: '', version: 0, masked: '' };

/** Applies for a number, or again with what was typed before. */
export default function NumberForm() {
  const { t } = useTranslation();
  const { id } = useRouter().params;
  const choices = useData(() => api.listFamilyChoices());
  const form = useForm(EMPTY);
  const { values, set, wrong } = form;

  useEffect(() => {
    const load = async () => {
      const { items } = await api.listMyNumbers();
      const before = items.find((number) => number.id === id);
      if (!before) return;
      for (const name of ['inmateId', 'name', 'note', 'version'] as const) set(name, before[name]);
      set('relation', before.relation.code);
      set('masked', before.phone);
    };
    if (id) void load().catch(() => undefined);
  }, [id, set]);

  const submit = async () => {
    const done = await form.send(({ months, version, phone, inmateId, masked: _masked, ...content }) => {
      const body = { ...content, ...PeriodField.daysOf(months) };
      if (!id) return api.applyForNumber({ body: { ...body, phone, inmateId } });
      return api.resubmitNumber({ params: { id }, body: { ...body, version, ...(phone ? { phone } : {}) } });
    });
    if (done) goBack();
  };
  const ready = values.inmateId && (values.phone || id) && values.name && values.relation;
  return (
    <Screen title={t('svc.numbers.apply')} testId="number-page">
      <View className="form">
        <Text className="lead">{t('svc.numbers.lead')}</Text>
        <InmateField value={values.inmateId} onChange={(chosen) => set('inmateId', chosen)} wrong={wrong('inmateId')} />
        <TextField
          name="phone"
          label={t('svc.numbers.phone')}
          most={20}
          placeholder={values.masked}
          value={values.phone}
          onChange={(text) => set('phone', text)}
          wrong={wrong('phone')}
        />
        <TextField
          name="name"
          label={t('svc.numbers.holder')}
          value={values.name}
          onChange={(text) => set('name', text)}
          wrong={wrong('name')}
        />
        <ChoiceField
          name="relation"
          label={t('svc.inmates.relationToInmate')}
          options={(choices.value?.relations ?? []).map((relation) => ({ value: relation.code, label: relation[language()] }))}
          value={[values.relation]}
          onChange={([chosen = '']) => set('relation', chosen)}
          wrong={wrong('relation')}
        />
        <PeriodField value={values.months} onChange={(months) => set('months', months)} wrong={wrong('validUntil')} />
        <LongField name="note" label={t('svc.note')} value={values.note} onChange={(text) => set('note', text)} wrong={wrong('note')} />
        <Problem error={form.problem} />
        <Button className="primary" disabled={form.busy || !ready} data-testid="submit" onClick={() => void submit()}>
          {form.busy ? t('svc.sending') : t('svc.submit')}
        </Button>
      </View>
    </Screen>
  );
}
