import { DownloadOutlined, UploadOutlined } from '@ant-design/icons';
import type { RestOutput } from '@qinqiao/contracts';
import { Alert, Button, DatePicker, Divider, Drawer, Select, Space, Table, Upload } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';

type Report = RestOutput<'importPackage'>;

/** Data packages to and from a prison's own visit system (V06). */
export function PackagesDrawer({ open, onClose, onTaken }: { open: boolean; onClose: () => void; onTaken: () => Promise<unknown> }) {
  const t = useText();
  const { prisons } = usePlaces();
  const [chosen, setChosen] = useState<string | null>(null);
  const [days, setDays] = useState<[Dayjs, Dayjs]>([dayjs(), dayjs().add(14, 'day')]);
  const [report, setReport] = useState<Report | null>(null);
  const { busy, act } = useAct();
  const prisonId = chosen ?? prisons[0]?.value ?? '';
  const [from, to] = days.map((day) => day.format('YYYY-MM-DD')) as [string, string];
  const give = async () => saveFile(await api.exportPackage({ body: { prisonId, from, to } }));
  const take = async (file: File) => {
    setReport(await api.importPackage({ query: { prisonId, name: file.name }, file }));
    await onTaken();
  };
  return (
    <Drawer title={t('bookings.packages')} open={open} onClose={onClose} size={560} data-testid="packages-drawer">
      <Alert type="info" title={t('bookings.packageHelp')} />
      <Divider />
      <Space direction="vertical" style={{ width: '100%' }}>
        <Select style={{ width: '100%' }} options={prisons} value={prisonId} onChange={setChosen} />
        <Space>
          <DatePicker.RangePicker
            value={days}
            allowClear={false}
            onChange={(dates) => dates?.[0] && dates[1] && setDays([dates[0], dates[1]])}
          />
          <Button icon={<DownloadOutlined />} loading={busy} onClick={() => void act(give)} data-testid="package-export">
            {t('bookings.packageExport')}
          </Button>
        </Space>
        <Upload
          accept=".jsonl,application/x-ndjson"
          showUploadList={false}
          beforeUpload={(file) => {
            void act(() => take(file));
            return false;
          }}
        >
          <Button icon={<UploadOutlined />} loading={busy} data-testid="package-import">
            {t('bookings.packageImport')}
          </Button>
        </Upload>
      </Space>
      {report && <ReportView report={report} />}
    </Drawer>
  );
}

function ReportView({ report }: { report: Report }) {
  const t = useText();
  const language = useLanguage();
  const { rows, taken, known, wrong } = report;
  return (
    <>
      <Alert
        style={{ margin: '16px 0' }}
        type={wrong.length > 0 ? 'warning' : 'success'}
        showIcon
        title={t('bookings.packageDone', { rows, taken, known, wrong: wrong.length })}
        data-testid="package-report"
      />
      {wrong.length > 0 && (
        <Table
          size="small"
          rowKey="row"
          dataSource={wrong}
          pagination={{ pageSize: 20, hideOnSinglePage: true }}
          columns={[
            { title: t('bookings.row'), dataIndex: 'row', width: 60 },
            { title: t('bookings.reference'), dataIndex: 'reference', width: 160 },
            { title: t('bookings.reason'), key: 'reason', render: (_, row) => row.reason[language] },
          ]}
        />
      )}
    </>
  );
}
