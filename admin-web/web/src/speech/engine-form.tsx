import { ENGINE_KINDS, type RestInput, type SpeechEngineKind, type SpeechEngineView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Form, Input, InputNumber, Select, Switch } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ENGINES_KEY } from './use-engines.ts';

type Values = RestInput<'createSpeechEngine'>['body'];

interface Props {
  engine: SpeechEngineView | 'new' | null;
  onClose: () => void;
}

const SPEEDS: Record<SpeechEngineKind, number> = { funasr: 2, vosk: 8, sherpa: 4, iflytek: 1, trial: 4 };
const FRESH: Partial<Values> = {
  kind: 'funasr',
  enabled: true,
  capacity: 60,
  offlineStreams: 2,
  offlineSpeed: SPEEDS.funasr,
  hotWords: true,
  acceptAny: false,
  language: 'zh-x-trial',
};

export function EngineForm({ engine, onClose }: Props) {
  const t = useText();
  const queries = useQueryClient();
  const old = engine === 'new' ? null : engine;
  const save = async ({ key, ...values }: Values) => {
    const body = { ...values, ...(key ? { key } : {}) };
    if (old) await api.updateSpeechEngine({ params: { id: old.id }, body: { ...restOf(old), ...body, version: old.version } });
    else await api.createSpeechEngine({ body });
    await queries.invalidateQueries({ queryKey: ENGINES_KEY });
  };
  const fieldText = (field: string, reason: string) => {
    const texts: Record<string, string> = {
      name: t('speech.taken'),
      url: reason === 'required' ? t('common.required') : t('speech.urlWrong'),
      key: t('speech.keyNeeded'),
      ca: t('speech.caWrong'),
      offlineSpeed: t('speech.offlineSpeedOne'),
    };
    return texts[field] ?? (reason === 'required' ? t('common.required') : reason);
  };
  return (
    <FormModal<Values>
      key={old?.id ?? 'new'}
      title={old ? t('speech.editTitle') : t('speech.add')}
      open={engine !== null}
      onClose={onClose}
      onSave={save}
      initial={old ? restOf(old) : FRESH}
      fieldText={fieldText}
      testId="speech-engine-form"
    >
      <Fields hasKey={old?.hasKey ?? false} />
    </FormModal>
  );
}

/** Fields that a kind does not show keep what they have. */
const restOf = ({
  id: _id,
  builtIn: _builtIn,
  hasKey: _hasKey,
  health: _health,
  version: _version,
  ...definition
}: SpeechEngineView): Values => definition;

function Fields({ hasKey }: { hasKey: boolean }) {
  const t = useText();
  const form = Form.useFormInstance<Values>();
  const kind = Form.useWatch<SpeechEngineKind | undefined>('kind');
  const required = [{ required: true, message: t('common.required') }];
  const isOwnService = kind === 'funasr' || kind === 'vosk' || kind === 'sherpa';
  return (
    <>
      <Form.Item name="kind" label={t('speech.kind')} rules={required}>
        <Select
          options={ENGINE_KINDS.map((value) => ({ value, label: t(`speech.kinds.${value}`) }))}
          onChange={(value: SpeechEngineKind) => form.setFieldsValue({ offlineSpeed: SPEEDS[value] })}
          data-testid="speech-engine-kind"
        />
      </Form.Item>
      <Form.Item name="name" label={t('speech.name')} rules={required}>
        <Input maxLength={48} data-testid="speech-engine-name" />
      </Form.Item>
      {kind !== 'trial' && (
        <Form.Item
          name="url"
          label={t('speech.url')}
          extra={isOwnService ? t('speech.urlHint') : t('speech.urlIflytekHint')}
          rules={isOwnService ? required : []}
        >
          <Input maxLength={255} data-testid="speech-engine-url" />
        </Form.Item>
      )}
      {kind === 'iflytek' && <IflytekFields hasKey={hasKey} />}
      {kind === 'trial' && (
        <Form.Item name="language" label={t('speech.language')}>
          <Select options={(['zh-x-trial', 'en'] as const).map((value) => ({ value, label: t(`speech.languages.${value}`) }))} />
        </Form.Item>
      )}
      <Form.Item name="enabled" label={t('speech.enabled')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="capacity" label={t('speech.capacity')} extra={t('speech.capacityHint')} rules={required}>
        <InputNumber min={1} max={1000} precision={0} data-testid="speech-engine-capacity" />
      </Form.Item>
      <Form.Item name="offlineStreams" label={t('speech.offlineStreams')} rules={required}>
        <InputNumber min={0} max={64} precision={0} />
      </Form.Item>
      <Form.Item name="offlineSpeed" label={t('speech.offlineSpeed')} extra={t('speech.offlineSpeedHint')} rules={required}>
        <InputNumber min={1} max={20} precision={0} disabled={kind === 'iflytek'} />
      </Form.Item>
      {kind === 'funasr' && (
        <Form.Item name="hotWords" label={t('speech.hotWords')} extra={t('speech.hotWordsHint')} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
      {isOwnService && <TrustFields />}
    </>
  );
}

function IflytekFields({ hasKey }: { hasKey: boolean }) {
  const t = useText();
  const required = [{ required: true, message: t('common.required') }];
  return (
    <>
      <Form.Item name="appId" label={t('speech.appId')} rules={required}>
        <Input maxLength={64} autoComplete="off" />
      </Form.Item>
      <Form.Item name="key" label={t('speech.key')} extra={hasKey ? t('speech.keyKept') : null} rules={hasKey ? [] : required}>
        <Input.Password maxLength={128} autoComplete="new-password" />
      </Form.Item>
    </>
  );
}

function TrustFields() {
  const t = useText();
  return (
    <>
      <Form.Item name="ca" label={t('speech.ca')} extra={t('speech.caHint')}>
        <Input.TextArea rows={3} maxLength={20_000} style={{ fontFamily: 'monospace' }} />
      </Form.Item>
      <Form.Item name="acceptAny" label={t('speech.acceptAny')} extra={t('speech.acceptAnyHint')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </>
  );
}
