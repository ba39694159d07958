import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import {
  EXTERNAL_CHANNELS,
  type ExternalChannelName,
  fillNotice,
  NOTICE_EVENTS,
  NOTICE_FIELDS,
  type NoticeEvent,
  type NoticeTemplateContent,
  type NoticeTemplateView,
  sampleParams,
  TOLD_IN_APP,
} from '@qinqiao/contracts';
import { App, Button, Card, Checkbox, Collapse, Form, Input, Tag } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import './notices.css';

interface Props {
  editing: NoticeTemplateView | null;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}

interface Values {
  content: NoticeTemplateContent;
}

/** The words of one event in both languages, and what each provider needs for them. */
export function TemplateForm({ editing, onClose, onSaved }: Props) {
  const t = useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const event = editing?.event ?? 'approved';
  const save = async ({ content }: Values) => {
    await api.saveNoticeTemplate({ params: { event }, body: { content, version: editing?.version ?? 0 } });
    await onSaved();
    message.success(t('notices.saved'));
  };
  return (
    <FormModal<Values>
      key={editing?.event ?? 'none'}
      title={t('notices.editTitle', { event: NOTICE_EVENTS[event][language] })}
      open={editing !== null}
      onClose={onClose}
      onSave={save}
      {...(editing ? { initial: { content: editing.content } } : {})}
      width={680}
      testId="template-form"
    >
      <Placeholders event={event} />
      <WordItems />
      <Preview event={event} />
      <ChannelItems event={event} />
    </FormModal>
  );
}

function Placeholders({ event }: { event: NoticeEvent }) {
  const t = useText();
  const language = useLanguage();
  return (
    <p className="template-placeholders">
      {t('notices.placeholders')}
      {NOTICE_EVENTS[event].fields.map((field) => (
        <Tag key={field}>
          <code>{`{${field}}`}</code> {NOTICE_FIELDS[field][language]}
        </Tag>
      ))}
    </p>
  );
}

function WordItems() {
  const t = useText();
  const required = [{ required: true, whitespace: true, message: t('common.required') }];
  return (
    <>
      <div className="template-two">
        <Form.Item name={['content', 'title', 'zh']} label={t('notices.titleZh')} rules={required}>
          <Input maxLength={40} data-testid="title-zh" />
        </Form.Item>
        <Form.Item name={['content', 'title', 'en']} label={t('notices.titleEn')} rules={required}>
          <Input maxLength={80} />
        </Form.Item>
      </div>
      <Form.Item name={['content', 'text', 'zh']} label={t('notices.textZh')} rules={required}>
        <Input.TextArea rows={3} maxLength={300} showCount data-testid="text-zh" />
      </Form.Item>
      <Form.Item name={['content', 'text', 'en']} label={t('notices.textEn')} rules={required}>
        <Input.TextArea rows={3} maxLength={500} showCount data-testid="text-en" />
      </Form.Item>
    </>
  );
}

/** As a family would read it. */
function Preview({ event }: { event: NoticeEvent }) {
  const t = useText();
  const content = Form.useWatch<NoticeTemplateContent | undefined>('content');
  const params = sampleParams(event);
  return (
    <Card size="small" title={t('notices.preview')} className="template-preview" data-testid="template-preview">
      {(['zh', 'en'] as const).map((language) => (
        <div key={language} lang={language}>
          <b>{fillNotice(content?.title?.[language] ?? '', params, language)}</b>
          <div>{fillNotice(content?.text?.[language] ?? '', params, language)}</div>
        </div>
      ))}
    </Card>
  );
}

function ChannelItems({ event }: { event: NoticeEvent }) {
  const t = useText();
  const told = TOLD_IN_APP.includes(event);
  return (
    <>
      <h4>{t('notices.usedChannels')}</h4>
      <Form.Item name={['content', 'inApp']} valuePropName="checked" {...(told ? { extra: t('notices.toldInApp') } : {})}>
        <Checkbox disabled={told}>{t('notices.channels.in_app')}</Checkbox>
      </Form.Item>
      <Collapse
        items={EXTERNAL_CHANNELS.map((channel) => ({
          key: channel,
          // What is folded belongs to the form too.
          forceRender: true,
          label: t(`notices.channels.${channel}`),
          extra: <Used channel={channel} />,
          children: <ExternalItems channel={channel} />,
        }))}
      />
    </>
  );
}

function Used({ channel }: { channel: ExternalChannelName }) {
  const t = useText();
  return (
    // The head's click unfolds; this one does not.
    <span role="presentation" onClick={(event) => event.stopPropagation()}>
      <Form.Item name={['content', channel, 'enabled']} valuePropName="checked" noStyle>
        <Checkbox data-testid={`use-${channel}`}>{t('notices.enabled')}</Checkbox>
      </Form.Item>
    </span>
  );
}

function ExternalItems({ channel }: { channel: ExternalChannelName }) {
  const t = useText();
  const at = (...name: (string | number)[]) => ['content', channel, ...name];
  return (
    <>
      <div className="template-two">
        <Form.Item name={at('code', 'zh')} label={t('notices.codeZh')}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name={at('code', 'en')} label={t('notices.codeEn')}>
          <Input maxLength={64} />
        </Form.Item>
      </div>
      <p className="muted">{t('notices.codeHelp')}</p>
      <Variables path={at('fields')} />
    </>
  );
}

function Variables({ path }: { path: (string | number)[] }) {
  const t = useText();
  const required = [{ required: true, whitespace: true, message: t('common.required') }];
  return (
    <Form.List name={path}>
      {(fields, { add, remove }) => (
        <>
          <div>{t('notices.variables')}</div>
          {fields.map(({ key, name }) => (
            <div key={key} className="template-variable">
              <Form.Item name={[name, 'name']} rules={required}>
                <Input maxLength={32} placeholder={t('notices.variable')} />
              </Form.Item>
              <Form.Item name={[name, 'value']} rules={required}>
                <Input maxLength={100} placeholder={t('notices.value')} />
              </Form.Item>
              <Button type="text" icon={<MinusCircleOutlined />} aria-label={t('notices.removeVariable')} onClick={() => remove(name)} />
            </div>
          ))}
          {fields.length < 10 && (
            <Button size="small" icon={<PlusOutlined />} onClick={() => add({ name: '', value: '' })}>
              {t('notices.addVariable')}
            </Button>
          )}
        </>
      )}
    </Form.List>
  );
}
