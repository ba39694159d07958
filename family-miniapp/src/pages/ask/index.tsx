import { Button, View } from '@tarojs/components';
import Taro from '@tarojs/taro';
import { useTranslation } from 'react-i18next';
import { ChoiceField, LongField, TextField } from '../../components/fields';
import { Problem } from '../../components/parts';
import { Screen } from '../../components/screen';
import { api } from '../../state/session';
import { useData } from '../../state/use-data';
import { useForm } from '../../state/use-form';

const EMPTY = { prisonId: '', unitId: '', title: '', text: '' };

/** Asks a prison or one of its offices. */
export default function AskPage() {
  const { t } = useTranslation();
  const choices = useData(() => api.listFamilyChoices());
  const form = useForm(EMPTY);
  const { values, set, wrong } = form;
  const prisons = choices.value?.prisons ?? [];
  const prison = prisons.find(({ id }) => id === values.prisonId);
  const units = prison ? [{ id: prison.id, name: t('svc.help.wholePrison') }, ...prison.offices] : [];
  const submit = () =>
    form.send(async ({ unitId, prisonId, title, text }) => {
      const { id } = await api.askQuestion({ body: { unitId: unitId || prisonId, title, text } });
      void Taro.redirectTo({ url: `/pages/question/index?id=${id}` });
    });
  return (
    <Screen title={t('svc.help.ask')} testId="ask-page">
      <View className="form">
        <Problem error={choices.error} onRetry={choices.reload} />
        <ChoiceField
          name="prison"
          label={t('svc.prison')}
          options={prisons.map(({ id, name }) => ({ value: id, label: name }))}
          value={[values.prisonId]}
          onChange={([id = '']) => {
            set('prisonId', id);
            set('unitId', id);
          }}
        />
        {units.length > 1 ? (
          <ChoiceField
            name="unit"
            label={t('svc.help.unit')}
            options={units.map(({ id, name }) => ({ value: id, label: name }))}
            value={[values.unitId]}
            onChange={([id = '']) => set('unitId', id)}
            wrong={wrong('unitId')}
          />
        ) : null}
        <TextField
          name="title"
          label={t('svc.help.subject')}
          most={60}
          value={values.title}
          onChange={(text) => set('title', text)}
          wrong={wrong('title')}
        />
        <LongField
          name="text"
          label={t('svc.help.text')}
          most={1000}
          value={values.text}
          onChange={(text) => set('text', text)}
          wrong={wrong('text')}
        />
        <Problem error={form.problem} />
        <Button
          className="primary"
          disabled={form.busy || !values.prisonId || !values.title.trim() || !values.text.trim()}
          data-testid="submit"
          onClick={() => void submit()}
        >
          {form.busy ? t('svc.sending') : t('svc.help.send')}
        </Button>
      </View>
    </Screen>
  );
}
