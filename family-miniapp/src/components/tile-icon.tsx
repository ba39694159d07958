import Calendar from '@ant-design/icons-svg/es/asn/CalendarOutlined';
import FieldTime from '@ant-design/icons-svg/es/asn/FieldTimeOutlined';
import Mail from '@ant-design/icons-svg/es/asn/MailOutlined';
import Phone from '@ant-design/icons-svg/es/asn/PhoneOutlined';
import Question from '@ant-design/icons-svg/es/asn/QuestionCircleOutlined';
import Safety from '@ant-design/icons-svg/es/asn/SafetyCertificateOutlined';
import Schedule from '@ant-design/icons-svg/es/asn/ScheduleOutlined';
import Team from '@ant-design/icons-svg/es/asn/TeamOutlined';
import User from '@ant-design/icons-svg/es/asn/UserOutlined';
import Camera from '@ant-design/icons-svg/es/asn/VideoCameraOutlined';
import { renderIconDefinitionToSVGElement } from '@ant-design/icons-svg/es/helpers';
import type { IconDefinition } from '@ant-design/icons-svg/es/types';
import { View } from '@tarojs/components';
import { aria } from './aria';

const COLOUR = '#1f5fa8';
const source = (icon: IconDefinition) =>
  `data:image/svg+xml,${encodeURIComponent(renderIconDefinitionToSVGElement(icon, { extraSVGAttrs: { xmlns: 'http://www.w3.org/2000/svg', fill: COLOUR } }))}`;

/** What opens from the home page, with its picture. */
export const TILES = {
  book: source(Calendar),
  appointments: source(Schedule),
  inmates: source(User),
  companions: source(Team),
  allowlist: source(Safety),
  numbers: source(Phone),
  extra: source(FieldTime),
  messages: source(Mail),
  help: source(Question),
  calls: source(Camera),
} as const;
export type Tile = keyof typeof TILES;

export const TileIcon = ({ tile }: { tile: Tile }) => (
  <View className="tile-icon" style={{ backgroundImage: `url("${TILES[tile]}")` }} {...aria({ hidden: true })} />
);
