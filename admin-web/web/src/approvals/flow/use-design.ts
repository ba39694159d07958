import type { FlowDefinition, FlowEdge, FlowNode, FlowProblem } from '@qinqiao/contracts';
import { addEdge, type Connection, useEdgesState, useNodesState, useReactFlow } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { arranged, type LineEdge, newEdge, type StepNode, toDefinition, toLine, toStep } from './graph.ts';

/** The drawing as it is edited: steps and lines, what is chosen, and what it is as a flow. */
export function useDesign(initial: FlowDefinition) {
  const [nodes, setNodes, onNodesChange] = useNodesState<StepNode>(initial.nodes.map((node) => toStep(node)));
  const [edges, setEdges, onEdgesChange] = useEdgesState<LineEdge>(initial.edges.map(toLine));
  const { fitView } = useReactFlow();
  const [saved, setSaved] = useState(JSON.stringify(initial));
  const definition = useMemo(() => toDefinition(nodes, edges), [nodes, edges]);
  const dirty = JSON.stringify(definition) !== saved;

  const choose = useCallback(
    (chosen: { nodeId?: string | null; edgeId?: string | null }) => {
      setNodes((all) => all.map((node) => ({ ...node, selected: node.id === chosen.nodeId })));
      setEdges((all) => all.map((edge) => ({ ...edge, selected: edge.id === chosen.edgeId })));
    },
    [setNodes, setEdges],
  );
  const addNode = useCallback(
    (node: FlowNode) => setNodes((all) => [...all.map((one) => ({ ...one, selected: false })), { ...toStep(node), selected: true }]),
    [setNodes],
  );
  const changeNode = useCallback(
    (node: FlowNode) => setNodes((all) => all.map((one) => (one.id === node.id ? { ...one, data: { ...one.data, node } } : one))),
    [setNodes],
  );
  const changeEdge = useCallback(
    (edge: FlowEdge) =>
      setEdges((all) => all.map((one) => (one.id === edge.id ? { ...one, data: { problems: [], ...one.data, edge } } : one))),
    [setEdges],
  );
  const connect = useCallback(
    ({ source, target }: Pick<Connection, 'source' | 'target'>) =>
      setEdges((all) => {
        const there = all.some((edge) => edge.source === source && edge.target === target);
        return there || source === target ? all : addEdge(toLine(newEdge(source, target)), all);
      }),
    [setEdges],
  );
  const removeNode = useCallback(
    (id: string) => {
      setNodes((all) => all.filter((node) => node.id !== id));
      setEdges((all) => all.filter((edge) => edge.source !== id && edge.target !== id));
    },
    [setNodes, setEdges],
  );
  const removeEdge = useCallback((id: string) => setEdges((all) => all.filter((edge) => edge.id !== id)), [setEdges]);
  const arrange = useCallback(() => {
    const places = new Map(arranged(definition).nodes.map(({ id, position }) => [id, position]));
    setNodes((all) => all.map((node) => ({ ...node, position: places.get(node.id) ?? node.position })));
    setTimeout(() => void fitView({ maxZoom: 1, padding: 0.2 }), 50);
  }, [definition, setNodes, fitView]);
  const mark = useCallback(
    (problems: readonly FlowProblem[]) => {
      setNodes((all) =>
        all.map((node) => ({ ...node, data: { ...node.data, problems: problems.filter(({ nodeId }) => nodeId === node.id) } })),
      );
      setEdges((all) =>
        all.map((edge) => {
          const own = problems.filter(({ edgeId }) => edgeId === edge.id);
          return edge.data ? { ...edge, data: { ...edge.data, problems: own }, className: own.length > 0 ? 'line-wrong' : '' } : edge;
        }),
      );
    },
    [setNodes, setEdges],
  );
  return {
    nodes,
    edges,
    onNodesChange,
    onEdgesChange,
    definition,
    dirty,
    choose,
    addNode,
    changeNode,
    changeEdge,
    connect,
    removeNode,
    removeEdge,
    arrange,
    mark,
    markSaved: (kept: FlowDefinition) => setSaved(JSON.stringify(kept)),
  };
}
export type Design = ReturnType<typeof useDesign>;

/** Warns before the page is left with something unsaved on it. */
export function useLeaveWarning(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);
}
