import type { FlowNode } from '@qinqiao/contracts';
import { Background, Controls, MiniMap, ReactFlow, useReactFlow } from '@xyflow/react';
import type { DragEvent } from 'react';
import { useText } from '../../i18n/index.ts';
import { freshId, newApproval } from './graph.ts';
import { useLineLabels } from './line-labels.ts';
import { type Addable, DRAGGED, Palette } from './palette.tsx';
import { STEP_TYPES } from './step-views.tsx';
import type { Design } from './use-design.ts';

const STEP_WIDTH = 190;
const FIT = { maxZoom: 1, padding: 0.2 };

/** The canvas a flow is drawn on. Read-only flows can be looked at and their steps chosen. */
export function Canvas({ design, editable }: { design: Design; editable: boolean }) {
  const t = useText();
  const { screenToFlowPosition, fitView } = useReactFlow();
  const { nodes, edges, onNodesChange, onEdgesChange, connect, addNode, arrange } = design;
  const make = (kind: Addable, position: FlowNode['position']): FlowNode =>
    kind === 'end' ? { id: freshId('end'), kind, position } : newApproval(`${t('approvals.design.addStep')} ${nodes.length - 1}`, position);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const kind = event.dataTransfer.getData(DRAGGED);
    if (kind !== 'approval' && kind !== 'end') return;
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    addNode(make(kind, { x: x - STEP_WIDTH / 2, y: y - 30 }));
  };
  /** Below the rightmost step, where there is room; then all of it is shown. */
  const add = (kind: Addable) => {
    const right = Math.max(0, ...nodes.map(({ position }) => position.x));
    addNode(make(kind, { x: right, y: Math.max(0, ...nodes.map(({ position }) => position.y)) + 130 }));
    setTimeout(() => void fitView(FIT), 50);
  };
  return (
    <div className="flow-canvas" data-testid="flow-canvas" onDrop={drop} onDragOver={(event) => event.preventDefault()}>
      {editable && <Palette onAdd={add} onArrange={arrange} />}
      <ReactFlow
        nodes={nodes}
        edges={useLineLabels(edges)}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={connect}
        nodeTypes={STEP_TYPES}
        nodesDraggable={editable}
        nodesConnectable={editable}
        deleteKeyCode={editable ? ['Delete', 'Backspace'] : null}
        onBeforeDelete={({ nodes: going }) => Promise.resolve(!going.some(({ type }) => type === 'start'))}
        fitView
        fitViewOptions={FIT}
        minZoom={0.2}
        snapToGrid
        snapGrid={[10, 10]}
        connectionRadius={36}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
        <MiniMap pannable zoomable className="flow-minimap" />
      </ReactFlow>
    </div>
  );
}
