import type { FlowDefinition } from '@qinqiao/contracts';
import { Background, Controls, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import '@xyflow/react/dist/style.css';
import './flow.css';
import { toLine, toStep } from './graph.ts';
import { useLineLabels } from './line-labels.ts';
import { Names, STEP_TYPES } from './step-views.tsx';

interface Props {
  definition: FlowDefinition;
  /** Of whom it asks: id → name. */
  names: Record<string, string>;
  /** The step a case stands at. */
  at: string | null;
  passed: readonly string[];
}

/** A flow to look at, with where a case stands in it. */
export function FlowPicture({ definition, names, at, passed }: Props) {
  const { nodes, edges } = useMemo(() => {
    const markOf = (id: string) => (id === at ? ('here' as const) : passed.includes(id) ? ('passed' as const) : null);
    return { nodes: definition.nodes.map((node) => toStep(node, markOf(node.id))), edges: definition.edges.map(toLine) };
  }, [definition, at, passed]);
  const known = useMemo(() => new Map(Object.entries(names)), [names]);
  const labelled = useLineLabels(edges);
  return (
    <Names.Provider value={known}>
      <div className="flow-picture" data-testid="flow-picture">
        <ReactFlow
          defaultNodes={nodes}
          defaultEdges={labelled}
          key={`${at ?? ''} ${passed.join(' ')} ${labelled.map(({ label }) => (typeof label === 'string' ? label : '')).join(' ')}`}
          nodeTypes={STEP_TYPES}
          fitView
          fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
          minZoom={0.2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          preventScrolling={false}
          zoomOnScroll={false}
          deleteKeyCode={null}
        >
          <Background gap={20} />
          <Controls showInteractive={false} />
        </ReactFlow>
      </div>
    </Names.Provider>
  );
}
