import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { HOMOPHONES, LONGEST_WORD, MOST_RULES, type Word, type WordInput, type WordView } from '@qinqiao/contracts';
import { App, Button, DatePicker, Form, Input, InputNumber, Radio, Select, Space, Switch } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { FormModal } from '../components/form-modal.tsx';
import { useOfficer } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import { useDictionary } from '../settings/use-dictionary.ts';
import { LEVELS } from './level-tag.tsx';

type Values = Omit<WordInput, 'validFrom' | 'validTo'> & { days: [Dayjs | null, Dayjs | null] | null };
const FRESH: Partial<Values> = { level: 2, enabled: true, homophones: 'usual', near: [], exceptions: [], days: null };
const DAY = 'YYYY-MM-DD';

interface Props {
  word: WordView | 'new' | null;
  onClose: () => void;
  onSaved: () => void;
}

/** Adds or edits a word with its rules. */
export function WordForm({ word, onClose, onSaved }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const { prisons } = usePlaces();
  const isBureau = useOfficer()?.scope.kind === 'bureau';
  const before = word === 'new' ? null : word;
  const save = async ({ days, ...values }: Values) => {
    const [from, to] = days ?? [null, null];
    const body = { ...values, category: values.category ?? '', validFrom: from?.format(DAY) ?? null, validTo: to?.format(DAY) ?? null };
    const saved = before
      ? await api.editWord({ params: { id: before.id }, body: { ...body, version: before.version } })
      : await api.addWord({ body });
    message.success(t(before ? 'words.saved' : 'words.added', { word: saved.word }));
    onSaved();
  };
  const fresh = { ...FRESH, prisonIds: isBureau ? [] : prisons.slice(0, 1).map(({ value }) => value) };
  return (
    <FormModal<Values>
      title={t(before ? 'words.editTitle' : 'words.addTitle')}
      open={word !== null}
      onClose={onClose}
      onSave={save}
      initial={before ? valuesOf(before) : fresh}
      testId="word-form"
      width={560}
    >
      <What />
      <Form.Item
        name="prisonIds"
        label={t('words.prisons')}
        extra={t(isBureau ? 'words.prisonsHelp' : 'words.prisonsOwnHelp')}
        rules={isBureau ? [] : [{ type: 'array', required: true, min: 1, message: t('words.prisonsNeeded') }]}
      >
        <Select mode="multiple" options={prisons} placeholder={t('words.allPrisons')} optionFilterProp="label" data-testid="word-prisons" />
      </Form.Item>
      <Space size="large" align="start" wrap>
        <Form.Item name="days" label={t('words.validity')} extra={t('words.validityHelp')}>
          <DatePicker.RangePicker allowEmpty={[true, true]} />
        </Form.Item>
        <Form.Item name="enabled" label={t('words.enabled')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Space>
      <Form.Item name="homophones" label={t('words.homophones')} extra={t('words.homophonesHelp')}>
        <Radio.Group
          options={HOMOPHONES.map((value) => ({ value, label: t(`words.homophoneModes.${value}`) }))}
          data-testid="word-homophones"
        />
      </Form.Item>
      <Near />
      <Form.Item name="exceptions" label={t('words.exceptions')} extra={t('words.exceptionsHelp')}>
        <Select
          mode="tags"
          tokenSeparators={['；', ';', '，', ',']}
          maxCount={MOST_RULES}
          open={false}
          suffixIcon={null}
          data-testid="word-exceptions"
        />
      </Form.Item>
    </FormModal>
  );
}

const valuesOf = ({ word, level, category, note, prisonIds, validFrom, validTo, enabled, homophones, near, exceptions }: Word): Values => ({
  word,
  level,
  category,
  note,
  prisonIds,
  enabled,
  homophones,
  near,
  exceptions,
  days: validFrom === null && validTo === null ? null : [validFrom ? dayjs(validFrom) : null, validTo ? dayjs(validTo) : null],
});

function What() {
  const t = useText();
  const categories = useDictionary('word_category');
  return (
    <>
      <Form.Item name="word" label={t('words.word')} rules={[{ required: true, whitespace: true, message: t('words.required') }]}>
        <Input maxLength={LONGEST_WORD} data-testid="word-input" />
      </Form.Item>
      <Form.Item name="level" label={t('words.level')}>
        <Radio.Group
          optionType="button"
          options={LEVELS.map((value) => ({ value, label: `${value} ${t(`words.levels.level${value}`)}` }))}
          data-testid="word-level"
        />
      </Form.Item>
      <Form.Item name="category" label={t('words.category')} getValueProps={(value: string) => ({ value: value || undefined })}>
        <Select allowClear options={categories.options} data-testid="word-category" />
      </Form.Item>
      <Form.Item name="note" label={t('words.note')}>
        <Input.TextArea maxLength={200} autoSize={{ minRows: 1, maxRows: 3 }} data-testid="word-note" />
      </Form.Item>
    </>
  );
}

function Near() {
  const t = useText();
  return (
    <Form.Item label={t('words.near')} extra={t('words.nearHelp')}>
      <Form.List name="near">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <Space key={key} align="baseline" className="word-near" data-testid="word-near-row">
                <Form.Item name={[name, 'text']} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
                  <Input maxLength={LONGEST_WORD} placeholder={t('words.nearText')} data-testid="word-near-text" />
                </Form.Item>
                <Form.Item name={[name, 'within']} rules={[{ required: true, message: t('common.required') }]}>
                  <InputNumber min={1} max={100} precision={0} suffix={t('words.within')} style={{ width: 130 }} />
                </Form.Item>
                <Button type="text" icon={<MinusCircleOutlined />} onClick={() => remove(name)} aria-label={t('words.remove')} />
              </Space>
            ))}
            <Button
              type="dashed"
              icon={<PlusOutlined />}
              disabled={fields.length >= MOST_RULES}
              onClick={() => add({ text: '', within: 10 })}
              data-testid="word-near-add"
            >
              {t('words.nearAdd')}
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}
