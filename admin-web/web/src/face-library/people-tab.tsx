import { FileZipOutlined } from '@ant-design/icons';
import { FaceFilterState, type FacePerson, FaceSubject } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Segmented, Space, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { type Filter, PeopleFilters } from '../people/filters.tsx';
import '../people/people.css';
import { api } from '../session/api.ts';
import { FaceDrawer } from './face-drawer.tsx';

/** Everybody who may be enrolled, with the faces there are. */
export function PeopleTab({ onBulk }: { onBulk: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('face.edit');
  const [subject, setSubject] = useState<FaceSubject>('inmate');
  const [filter, setFilter] = useState<Filter>({});
  const [opened, setOpened] = useState<FacePerson | null>(null);
  const columns: TableColumnsType<FacePerson> = [
    ...columnsOf(t, subject),
    {
      title: t('common.actions'),
      key: 'acts',
      fixed: 'right',
      render: (_, person) => (
        <Button type="link" size="small" onClick={() => setOpened(person)} data-testid="face-open">
          {t('faces.open')}
        </Button>
      ),
    },
  ];
  return (
    <>
      <div className="page-filters">
        <Segmented
          value={subject}
          onChange={(chosen) => {
            setSubject(chosen);
            setFilter(({ state, ...rest }) => (state ? { ...rest, state } : rest));
          }}
          options={FaceSubject.options.map((value) => ({ value, label: t(`faces.subjects.${value}`) }))}
          data-testid="face-subject"
        />
        <PeopleFilters
          key={subject}
          value={filter}
          onChange={setFilter}
          placeholder={t(`faces.search.${subject}`)}
          wards
          choices={[
            {
              name: 'state',
              label: t('faces.state'),
              options: FaceFilterState.options.map((value) => ({ value, label: t(`faces.states.${value}`) })),
            },
          ]}
        />
        {mayEdit && (
          <Button icon={<FileZipOutlined />} onClick={onBulk} data-testid="face-bulk-go">
            {t('faces.bulk')}
          </Button>
        )}
      </div>
      <DataTable<FacePerson>
        queryKey={['face-people', subject, filter]}
        read={(cursor) => api.listFacePeople({ query: { subject, ...filter, ...(cursor ? { cursor } : {}) } })}
        columns={columns}
        rowKey="id"
        rowTestId="face-row"
        onOpen={setOpened}
      />
      {opened && (
        <FaceDrawer
          person={opened}
          onClose={() => setOpened(null)}
          onChanged={(faces) => {
            setOpened({ ...opened, faces });
            void queries.invalidateQueries({ queryKey: ['face-people'] });
            void queries.invalidateQueries({ queryKey: ['face-service'] });
          }}
        />
      )}
    </>
  );
}

const columnsOf = (t: Translate, subject: FaceSubject): TableColumnsType<FacePerson> => [
  { title: t('faces.name'), dataIndex: 'name' },
  { title: t(`faces.number.${subject}`), dataIndex: 'number' },
  { title: t(`faces.place.${subject}`), dataIndex: 'place' },
  { title: t('faces.faces'), key: 'faces', render: (_, { faces }) => <FaceTags faces={faces} /> },
  {
    title: t('faces.lastBy'),
    key: 'by',
    render: (_, { faces }) => {
      const last = faces.at(-1);
      return last ? `${last.enrolledBy} · ${momentOf(last.enrolledAt)}` : '';
    },
  },
];

function FaceTags({ faces }: Pick<FacePerson, 'faces'>) {
  const t = useText();
  const pending = faces.filter(({ state }) => state === 'pending').length;
  const outdated = faces.filter((face) => face.state === 'active' && face.outdated).length;
  const usable = faces.length - pending - outdated;
  if (faces.length === 0) return <span className="muted">{t('faces.none')}</span>;
  return (
    <Space size={4} wrap data-testid="face-tags">
      {usable > 0 && <Tag color="green">{t('faces.count', { count: usable })}</Tag>}
      {pending > 0 && <Tag color="gold">{t('faces.pending', { count: pending })}</Tag>}
      {outdated > 0 && <Tag color="orange">{t('faces.outdated', { count: outdated })}</Tag>}
    </Space>
  );
}
