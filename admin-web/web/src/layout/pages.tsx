import {
  ApartmentOutlined,
  ApiOutlined,
  AuditOutlined,
  BookOutlined,
  CalendarOutlined,
  CarryOutOutlined,
  CreditCardOutlined,
  FileSearchOutlined,
  HistoryOutlined,
  KeyOutlined,
  MenuOutlined,
  PartitionOutlined,
  SafetyCertificateOutlined,
  ScheduleOutlined,
  SlidersOutlined,
  SolutionOutlined,
  TagsOutlined,
  TeamOutlined,
  UserSwitchOutlined,
} from '@ant-design/icons';
import type { Permission } from '@qinqiao/contracts';
import type { ComponentType, ReactNode } from 'react';
import type { TextKey } from '../i18n/index.ts';

/** Under which heading of the menu a page stands, in the menu's order. */
export const GROUPS = ['visits', 'approvals', 'people', 'organisation', 'security', 'settings', 'audit', 'own'] as const;
export type Group = (typeof GROUPS)[number];

export interface PageEntry {
  path: string;
  /** The page's name in menus (`nav.<key>`). */
  key: TextKey extends infer Key ? (Key extends `nav.${infer Name}` ? Name : never) : never;
  group: Group;
  icon?: ReactNode;
  /** Without it every officer may see the page. */
  permission?: Permission;
  /** Reached from another page, not from the menu. */
  hidden?: true;
  load: () => Promise<ComponentType>;
}

/** Every page behind the log-in: menu and routes come from this list. */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/today',
    key: 'today',
    group: 'visits',
    icon: <CalendarOutlined />,
    permission: 'call.read',
    load: async () => (await import('../calls/today-page.tsx')).TodayPage,
  },
  {
    path: '/live/:id',
    key: 'live',
    group: 'visits',
    permission: 'call.supervise',
    hidden: true,
    load: async () => (await import('../live/live-page.tsx')).LivePage,
  },
  {
    path: '/finished',
    key: 'finished',
    group: 'visits',
    icon: <FileSearchOutlined />,
    permission: 'call.read',
    load: async () => (await import('../finished/finished-page.tsx')).FinishedPage,
  },
  {
    path: '/finished/:id',
    key: 'finished',
    group: 'visits',
    permission: 'call.read',
    hidden: true,
    load: async () => (await import('../finished/detail-page.tsx')).DetailPage,
  },
  {
    path: '/words',
    key: 'words',
    group: 'visits',
    icon: <TagsOutlined />,
    permission: 'word.read',
    load: async () => (await import('../words/words-page.tsx')).WordsPage,
  },
  {
    path: '/organisation',
    key: 'organisation',
    group: 'organisation',
    icon: <ApartmentOutlined />,
    permission: 'organisation.read',
    load: async () => (await import('../organisation/organisation-page.tsx')).OrganisationPage,
  },
  {
    path: '/officers',
    key: 'officers',
    group: 'organisation',
    icon: <TeamOutlined />,
    permission: 'officer.read',
    load: async () => (await import('../officers/officers-page.tsx')).OfficersPage,
  },
  {
    path: '/roles',
    key: 'roles',
    group: 'security',
    icon: <SolutionOutlined />,
    permission: 'role.read',
    load: async () => (await import('../security/roles-page.tsx')).RolesPage,
  },
  {
    path: '/sessions',
    key: 'sessions',
    group: 'security',
    icon: <SafetyCertificateOutlined />,
    permission: 'session.manage',
    load: async () => (await import('../security/sessions-page.tsx')).SessionsPage,
  },
  {
    path: '/keys',
    key: 'keys',
    group: 'security',
    icon: <KeyOutlined />,
    permission: 'key.read',
    load: async () => (await import('../security/keys-page.tsx')).KeysPage,
  },
  {
    path: '/todo',
    key: 'todo',
    group: 'approvals',
    icon: <CarryOutOutlined />,
    load: async () => (await import('../approvals/todo-page.tsx')).TodoPage,
  },
  {
    path: '/records',
    key: 'records',
    group: 'approvals',
    icon: <AuditOutlined />,
    permission: 'approval.read',
    load: async () => (await import('../approvals/records-page.tsx')).RecordsPage,
  },
  {
    path: '/flows',
    key: 'flows',
    group: 'approvals',
    icon: <PartitionOutlined />,
    permission: 'flow.read',
    load: async () => (await import('../approvals/flows-page.tsx')).FlowsPage,
  },
  {
    path: '/flows/new/:prisonId/:type',
    key: 'design',
    group: 'approvals',
    permission: 'flow.edit',
    hidden: true,
    load: async () => (await import('../approvals/flow/designer-page.tsx')).DesignerPage,
  },
  {
    path: '/flows/:id/:version',
    key: 'design',
    group: 'approvals',
    permission: 'flow.read',
    hidden: true,
    load: async () => (await import('../approvals/flow/designer-page.tsx')).DesignerPage,
  },
  {
    path: '/flows/:id/:version/:mode',
    key: 'design',
    group: 'approvals',
    permission: 'flow.edit',
    hidden: true,
    load: async () => (await import('../approvals/flow/designer-page.tsx')).DesignerPage,
  },
  {
    path: '/delegations',
    key: 'delegations',
    group: 'approvals',
    icon: <UserSwitchOutlined />,
    load: async () => (await import('../approvals/delegations-page.tsx')).DelegationsPage,
  },
  {
    path: '/parameters',
    key: 'parameters',
    group: 'settings',
    icon: <SlidersOutlined />,
    permission: 'parameter.edit',
    load: async () => (await import('../settings/parameters-page.tsx')).ParametersPage,
  },
  {
    path: '/retention',
    key: 'retention',
    group: 'audit',
    icon: <HistoryOutlined />,
    permission: 'audit.retention',
    load: async () => (await import('../settings/parameters-page.tsx')).ParametersPage,
  },
  {
    path: '/dictionaries',
    key: 'dictionaries',
    group: 'settings',
    icon: <BookOutlined />,
    permission: 'dictionary.edit',
    load: async () => (await import('../settings/dictionaries-page.tsx')).DictionariesPage,
  },
  {
    path: '/menus',
    key: 'menus',
    group: 'settings',
    icon: <MenuOutlined />,
    permission: 'menu.edit',
    load: async () => (await import('../settings/menus-page.tsx')).MenusPage,
  },
  {
    path: '/cards',
    key: 'cards',
    group: 'people',
    icon: <CreditCardOutlined />,
    permission: 'card.read',
    load: async () => (await import('../cards/cards-page.tsx')).CardsPage,
  },
  {
    path: '/tasks',
    key: 'tasks',
    group: 'settings',
    icon: <ScheduleOutlined />,
    permission: 'task.read',
    load: async () => (await import('../tasks/tasks-page.tsx')).TasksPage,
  },
  {
    path: '/clients',
    key: 'clients',
    group: 'settings',
    icon: <ApiOutlined />,
    permission: 'client.read',
    load: async () => (await import('../clients/clients-page.tsx')).ClientsPage,
  },
  {
    path: '/audit',
    key: 'audit',
    group: 'audit',
    icon: <AuditOutlined />,
    permission: 'audit.read',
    load: async () => (await import('../audit/audit-page.tsx')).AuditPage,
  },
  {
    path: '/account',
    key: 'account',
    group: 'own',
    hidden: true,
    load: async () => (await import('../account/account-page.tsx')).AccountPage,
  },
];
