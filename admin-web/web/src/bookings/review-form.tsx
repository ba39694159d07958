import { Involvement, type ReviewConditions, type ReviewRuleContent, type ReviewRuleView, TreatmentLevel } from '@qinqiao/contracts';
import { App, Checkbox, Form, Input, InputNumber, Radio, Select } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  prisonId: string;
  editing: ReviewRuleView | 'new' | null;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}

const NEW: ReviewRuleContent = { name: '', kinds: [], conditions: {}, decision: 'officer', reason: { zh: '', en: '' }, enabled: true };

/** What is left empty is not asked. */
const asked = (conditions: ReviewConditions): ReviewConditions =>
  Object.fromEntries(
    Object.entries(conditions).filter(
      ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );

/** One rule of the pre-review table. */
export function ReviewForm({ prisonId, editing, onClose, onSaved }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const old = editing === 'new' ? null : editing;
  const save = async ({ content }: { content: ReviewRuleContent }) => {
    const reason = { zh: content.reason?.zh ?? '', en: content.reason?.en ?? '' };
    const body = { content: { ...content, reason, conditions: asked(content.conditions ?? {}), kinds: content.kinds ?? [] } };
    if (old) await api.editReviewRule({ params: { id: old.id }, body: { ...body, version: old.version } });
    else await api.addReviewRule({ body: { ...body, prisonId } });
    await onSaved();
    message.success(t('bookings.saved'));
  };
  return (
    <FormModal<{ content: ReviewRuleContent }>
      key={old?.id ?? 'new'}
      title={t(old ? 'bookings.editReview' : 'bookings.addReview')}
      open={editing !== null}
      onClose={onClose}
      onSave={save}
      initial={{ content: old?.content ?? NEW }}
      width={520}
      testId="review-form"
    >
      <Fields />
    </FormModal>
  );
}

function Fields() {
  const t = useText();
  const required = [{ required: true, whitespace: true, message: t('common.required') }];
  const decision = Form.useWatch<ReviewRuleContent['decision'] | undefined>(['content', 'decision']);
  return (
    <>
      <Form.Item name={['content', 'name']} label={t('bookings.reviewName')} rules={required}>
        <Input maxLength={40} data-testid="review-name" />
      </Form.Item>
      <Form.Item name={['content', 'kinds']} label={t('bookings.kind')} extra={t('bookings.anyKindHelp')}>
        <Checkbox.Group options={(['video', 'visit'] as const).map((value) => ({ value, label: t(`bookings.kinds.${value}`) }))} />
      </Form.Item>
      <ConditionItems />
      <Form.Item name={['content', 'decision']} label={t('bookings.reviewDecision')} rules={[{ required: true }]}>
        <Radio.Group
          options={(['approve', 'refuse', 'officer'] as const).map((value) => ({ value, label: t(`bookings.decisions.${value}`) }))}
        />
      </Form.Item>
      {decision === 'refuse' && (
        <>
          <Form.Item name={['content', 'reason', 'zh']} label={t('bookings.reasonZh')} rules={required}>
            <Input.TextArea rows={2} maxLength={200} />
          </Form.Item>
          <Form.Item name={['content', 'reason', 'en']} label={t('bookings.reasonEn')}>
            <Input.TextArea rows={2} maxLength={200} />
          </Form.Item>
        </>
      )}
      <Form.Item name={['content', 'enabled']} valuePropName="checked" noStyle>
        <Checkbox>{t('bookings.enabled')}</Checkbox>
      </Form.Item>
    </>
  );
}

function ConditionItems() {
  const t = useText();
  const at = (name: keyof ReviewConditions) => ['content', 'conditions', name];
  const yesNo = [
    { value: true, label: t('bookings.yes') },
    { value: false, label: t('bookings.no') },
  ];
  const flags = [
    ['keyControl', t('bookings.keyControl')],
    ['first', t('bookings.first')],
    ['minors', t('bookings.minors')],
    ['extra', t('bookings.isExtra')],
  ] as const;
  const numbers = [
    ['usedInMonth', t('bookings.usedInMonth')],
    ['missed', t('bookings.missed')],
    ['companions', t('bookings.companionsAtLeast')],
  ] as const;
  return (
    <>
      <Form.Item name={at('levels')} label={t('bookings.level')}>
        <Select
          mode="multiple"
          allowClear
          options={TreatmentLevel.options.map((value) => ({ value, label: t(`bookings.levels.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name={at('involved')} label={t('bookings.involved')}>
        <Select
          mode="multiple"
          allowClear
          options={Involvement.options.map((value) => ({ value, label: t(`bookings.involvements.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name={at('relations')} label={t('bookings.relations')}>
        <Select mode="tags" allowClear maxCount={30} />
      </Form.Item>
      <div className="rule-three">
        {flags.map(([name, label]) => (
          <Form.Item key={name} name={at(name)} label={label}>
            <Select allowClear options={yesNo} />
          </Form.Item>
        ))}
        {numbers.map(([name, label]) => (
          <Form.Item key={name} name={at(name)} label={label}>
            <InputNumber min={name === 'usedInMonth' ? 0 : 1} max={100} />
          </Form.Item>
        ))}
      </div>
    </>
  );
}
