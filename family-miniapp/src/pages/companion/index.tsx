import type { PaperView } from '@qinqiao/contracts';
import { Button, Text, View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ChoiceField, TextField } from '../../components/fields';
import { InmateField } from '../../components/inmate-field';
import { Papers } from '../../components/papers';
import { Problem } from '../../components/parts';
import { Screen } from '../../components/screen';
import { language } from '../../i18n';
import { api, goBack } from '../../state/session';
import { useData } from '../../state/use-data';
import { useForm } from '../../state/use-form';

const EMPTY = { name: '', idNumber: '', relation: '', guardian: '', inmateId: '', papers: [] as PaperView[], version: 0, masked: '' };

/** Names somebody who comes along, or asks again with what was typed before. */
export default function Companion() {
  const { t } = useTranslation();
  const { id } = useRouter().params;
  const choices = useData(() => api.listFamilyChoices());
  const form = useForm(EMPTY);
  const { values, set, wrong } = form;

  useEffect(() => {
    const load = async () => {
      const { items } = await api.listMyCompanions();
      const before = items.find((companion) => companion.id === id);
      if (!before) return;
      for (const name of ['name', 'guardian', 'version'] as const) set(name, before[name]);
      set('relation', before.relation.code);
      set('papers', before.papers);
      set('masked', before.idNumber);
    };
    if (id) void load().catch(() => undefined);
  }, [id, set]);

  const submit = async () => {
    const done = await form.send(({ papers, version, idNumber, masked: _masked, ...content }) => {
      const body = { ...content, paperIds: papers.map((paper) => paper.id) };
      if (!id) return api.addCompanion({ body: { ...body, idNumber } });
      return api.resubmitCompanion({ params: { id }, body: { ...body, version, ...(idNumber ? { idNumber } : {}) } });
    });
    if (done) goBack();
  };
  const ready = values.name && (values.idNumber || id) && values.relation && values.inmateId;
  return (
    <Screen title={t(id ? 'svc.resubmit' : 'svc.companions.add')} testId="companion-page">
      <View className="form">
        <Text className="lead">{t('svc.companions.lead')}</Text>
        <TextField
          name="name"
          label={t('svc.register.name')}
          value={values.name}
          onChange={(text) => set('name', text)}
          wrong={wrong('name')}
        />
        <TextField
          name="idNumber"
          label={t('svc.register.idNumber')}
          type="idcard"
          most={18}
          placeholder={values.masked}
          value={values.idNumber}
          onChange={(text) => set('idNumber', text)}
          wrong={wrong('idNumber')}
        />
        <ChoiceField
          name="relation"
          label={t('svc.companions.relation')}
          options={(choices.value?.relations ?? []).map((relation) => ({ value: relation.code, label: relation[language()] }))}
          value={[values.relation]}
          onChange={([chosen = '']) => set('relation', chosen)}
          wrong={wrong('relation')}
        />
        <TextField
          name="guardian"
          label={t('svc.companions.guardian')}
          value={values.guardian}
          onChange={(text) => set('guardian', text)}
          wrong={wrong('guardian')}
          hint={t('svc.companions.guardianHint')}
        />
        <InmateField value={values.inmateId} onChange={(chosen) => set('inmateId', chosen)} wrong={wrong('inmateId')} />
        <Papers kinds={['companion', 'kinship']} value={values.papers} onChange={(papers) => set('papers', papers)} />
        <Problem error={form.problem} />
        <Button className="primary" disabled={form.busy || !ready} data-testid="submit" onClick={() => void submit()}>
          {form.busy ? t('svc.sending') : t('svc.submit')}
        </Button>
      </View>
    </Screen>
  );
}
