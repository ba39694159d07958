import { AuditOutlined, PartitionOutlined, StopOutlined } from '@ant-design/icons';
import type { FlowNode } from '@qinqiao/contracts';
import { Button, Space } from 'antd';
import type { DragEvent } from 'react';
import { useText } from '../../i18n/index.ts';

export const DRAGGED = 'application/x-qinqiao-step';
export type Addable = Exclude<FlowNode['kind'], 'start'>;

interface Props {
  onAdd: (kind: Addable) => void;
  onArrange: () => void;
}

/** What can be put onto the canvas, by dragging or with a click. */
export function Palette({ onAdd, onArrange }: Props) {
  const t = useText();
  const drag = (kind: Addable) => ({
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.setData(DRAGGED, kind);
      event.dataTransfer.effectAllowed = 'move';
    },
    onClick: () => onAdd(kind),
  });
  return (
    <Space className="flow-palette" wrap>
      <Button {...drag('approval')} icon={<AuditOutlined />} title={t('approvals.design.palette')} data-testid="palette-approval">
        {t('approvals.design.addStep')}
      </Button>
      <Button {...drag('end')} icon={<StopOutlined />} title={t('approvals.design.palette')} data-testid="palette-end">
        {t('approvals.design.addEnd')}
      </Button>
      <Button icon={<PartitionOutlined />} onClick={onArrange} data-testid="arrange">
        {t('approvals.design.arrange')}
      </Button>
    </Space>
  );
}
