import type { PaperView } from '@qinqiao/contracts';
import { Button, Text, View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ChoiceField, LongField, TextField } from '../../components/fields';
import { Papers } from '../../components/papers';
import { Problem } from '../../components/parts';
import { Screen } from '../../components/screen';
import { language } from '../../i18n';
import { api, goBack } from '../../state/session';
import { useData } from '../../state/use-data';
import { useForm } from '../../state/use-form';

const EMPTY = { prisonId: '', inmateNumber: '', inmateName: '', relation: '', note: '', papers: [] as PaperView[], version: 0 };

/** Asks to be linked to an inmate, or asks again with what was typed before. */
export default function Link() {
  const { t } = useTranslation();
  const { id } = useRouter().params;
  const choices = useData(() => api.listFamilyChoices());
  const form = useForm(EMPTY);
  const { values, set, wrong } = form;

  useEffect(() => {
    const load = async () => {
      const { items } = await api.listMyLinks();
      const before = items.find((link) => link.id === id);
      if (!before) return;
      for (const name of ['prisonId', 'inmateNumber', 'inmateName', 'note', 'version'] as const) set(name, before[name]);
      set('relation', before.relation.code);
      set('papers', before.papers);
    };
    if (id) void load().catch(() => undefined);
  }, [id, set]);

  const submit = async () => {
    const done = await form.send(({ papers, version, ...content }) => {
      const body = { ...content, paperIds: papers.map((paper) => paper.id) };
      return id ? api.resubmitLink({ params: { id }, body: { ...body, version } }) : api.requestLink({ body });
    });
    if (done) goBack();
  };
  const ready = values.prisonId && values.inmateNumber && values.inmateName && values.relation;
  return (
    <Screen title={t(id ? 'svc.resubmit' : 'svc.inmates.add')} testId="link-page">
      <View className="form">
        <Text className="lead">{t('svc.inmates.lead')}</Text>
        <Problem error={choices.error} onRetry={choices.reload} />
        <ChoiceField
          name="prison"
          label={t('svc.prison')}
          options={(choices.value?.prisons ?? []).map((prison) => ({ value: prison.id, label: prison.name }))}
          value={[values.prisonId]}
          onChange={([chosen = '']) => set('prisonId', chosen)}
          wrong={wrong('prisonId')}
        />
        <TextField
          name="inmateNumber"
          label={t('svc.inmates.number')}
          most={32}
          value={values.inmateNumber}
          onChange={(text) => set('inmateNumber', text)}
          wrong={wrong('inmateNumber')}
          hint={t('svc.inmates.numberHint')}
        />
        <TextField
          name="inmateName"
          label={t('svc.inmates.name')}
          value={values.inmateName}
          onChange={(text) => set('inmateName', text)}
          wrong={wrong('inmateName')}
        />
        <ChoiceField
          name="relation"
          label={t('svc.inmates.relationToInmate')}
          options={(choices.value?.relations ?? []).map((relation) => ({ value: relation.code, label: relation[language()] }))}
          value={[values.relation]}
          onChange={([chosen = '']) => set('relation', chosen)}
          wrong={wrong('relation')}
        />
        <Papers kinds={['id_front', 'id_back', 'kinship']} value={values.papers} onChange={(papers) => set('papers', papers)} />
        <LongField name="note" label={t('svc.note')} value={values.note} onChange={(text) => set('note', text)} wrong={wrong('note')} />
        <Problem error={form.problem} />
        <Button className="primary" disabled={form.busy || !ready} data-testid="submit" onClick={() => void submit()}>
          {form.busy ? t('svc.sending') : t('svc.submit')}
        </Button>
      </View>
    </Screen>
  );
}
