import { InboxOutlined } from '@ant-design/icons';
import { AudioChannels, IntakeKind } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { App, Checkbox, DatePicker, Form, Input, Radio, Select, Upload, type UploadFile } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { Uploading } from '../components/uploading.tsx';
import { useText } from '../i18n/index.ts';
import { InmateSelect } from '../people/inmate-select.tsx';
import { api } from '../session/api.ts';

interface Values {
  files: UploadFile[];
  kind: IntakeKind;
  inmateId: string;
  party: 'family' | 'someone';
  familyId?: string;
  otherParty?: string;
  relation?: string;
  startedAt: Dayjs;
  channels: AudioChannels;
  again: boolean;
}
interface Props {
  open: boolean;
  onClose: () => void;
  onTaken: () => void;
}

/** A recording with what is known of it. */
export function IntakeForm({ open, onClose, onTaken }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const inmateId = Form.useWatch<string | undefined>('inmateId', form);
  const party = Form.useWatch<Values['party'] | undefined>('party', form);
  const [percent, setPercent] = useState<number | null>(null);
  const families = useQuery({
    queryKey: ['families', 'of', inmateId],
    enabled: open && inmateId !== undefined && inmateId !== '',
    queryFn: () => api.listFamilies({ query: { inmateId: inmateId ?? '', limit: 50 } }),
  });
  const relatives = (families.data?.items ?? []).map(({ id, name, kinships }) => ({
    value: id,
    label: `${name} · ${kinships.find((kin) => kin.inmateId === inmateId)?.relation ?? ''}`,
  }));
  const save = async ({ files, party: whose, familyId, otherParty, relation, startedAt, again, ...about }: Values) => {
    const file = files[0]?.originFileObj;
    if (!file) return;
    const onProgress = (share: number) => setPercent(Math.floor(share * 100));
    onProgress(0);
    try {
      const who = whose === 'family' ? { familyId } : { otherParty, relation };
      const query = {
        ...about,
        ...who,
        name: file.name,
        startedAt: startedAt.toISOString(),
        again: again ? ('true' as const) : ('false' as const),
      };
      await api.takeInAudio({ query, file, onProgress });
    } finally {
      setPercent(null);
    }
    message.success(t('audioIntake.accepted'));
    onTaken();
  };
  const required = [{ required: true, message: t('common.required') }];
  return (
    <FormModal<Values>
      title={t('audioIntake.addTitle')}
      open={open}
      form={form}
      onClose={onClose}
      onSave={save}
      saveText={t('audioIntake.save')}
      initial={{ files: [], kind: 'phone', party: 'family', channels: 'mixed', again: false }}
      testId="audio-form"
    >
      <Uploading percent={percent} />
      <Form.Item
        name="files"
        label={t('audioIntake.file')}
        valuePropName="fileList"
        getValueFromEvent={({ fileList }: { fileList: UploadFile[] }) => fileList.slice(-1)}
        rules={[{ type: 'array', required: true, min: 1, message: t('audioIntake.fileRequired') }]}
      >
        <Upload.Dragger accept="audio/*,.amr,.wma,.m4a,.ogg,.opus" maxCount={1} beforeUpload={() => false}>
          <p className="ant-upload-drag-icon">
            <InboxOutlined />
          </p>
          <p className="ant-upload-text">{t('audioIntake.choose')}</p>
          <p className="ant-upload-hint">{t('audioIntake.chooseHint')}</p>
        </Upload.Dragger>
      </Form.Item>
      <Form.Item name="name" hidden noStyle>
        <Input />
      </Form.Item>
      <Form.Item name="kind" label={t('audioIntake.kind')}>
        <Radio.Group options={IntakeKind.options.map((value) => ({ value, label: t(`audioIntake.kinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="inmateId" label={t('audioIntake.inmate')} rules={required}>
        <InmateSelect known={[]} onChange={() => form.setFieldValue('familyId', undefined)} />
      </Form.Item>
      <Form.Item name="party" label={t('audioIntake.party')}>
        <Radio.Group
          options={(['family', 'someone'] as const).map((value) => ({ value, label: t(`audioIntake.${value}`) }))}
          data-testid="audio-party"
        />
      </Form.Item>
      {party === 'someone' ? (
        <>
          <Form.Item name="otherParty" label={t('audioIntake.partyName')} rules={required}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="relation" label={t('audioIntake.relation')}>
            <Input maxLength={32} />
          </Form.Item>
        </>
      ) : (
        <Form.Item
          name="familyId"
          label={t('audioIntake.family')}
          rules={required}
          {...(families.data && relatives.length === 0 ? { extra: t('audioIntake.familyNone') } : {})}
        >
          <Select options={relatives} loading={families.isFetching} disabled={!inmateId} data-testid="audio-family" />
        </Form.Item>
      )}
      <Form.Item name="startedAt" label={t('audioIntake.startedAt')} rules={required}>
        <DatePicker
          showTime={{ format: 'HH:mm:ss' }}
          disabledDate={(day: Dayjs) => day.isAfter(dayjs())}
          style={{ width: '100%' }}
          data-testid="audio-started"
        />
      </Form.Item>
      <Form.Item name="channels" label={t('audioIntake.channels')}>
        <Radio.Group vertical options={AudioChannels.options.map((value) => ({ value, label: t(`audioIntake.channelKinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="again" valuePropName="checked">
        <Checkbox>{t('audioIntake.again')}</Checkbox>
      </Form.Item>
    </FormModal>
  );
}
