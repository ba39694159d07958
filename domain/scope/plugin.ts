import { QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import {
  AliasNode,
  BinaryOperationNode,
  ColumnNode,
  type ColumnUpdateNode,
  type DeleteQueryNode,
  type Expression,
  IdentifierNode,
  type InsertQueryNode,
  type JoinNode,
  type KyselyPlugin,
  OnNode,
  OperationNodeTransformer,
  type OperationNode,
  OperatorNode,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryId,
  ReferenceNode,
  SelectionNode,
  type SelectQueryNode,
  type SqlBool,
  TableNode,
  type UpdateQueryNode,
  ValueNode,
  WhereNode,
} from 'kysely';
import { ownColumns, ruleOf, seenCondition } from './condition.ts';
import type { SeenUnits, TableScopes } from './rules.ts';

/**
 * The store as an officer sees it: every query that is made through it is narrowed, table by table, to the rows of the officer's data
 * scope, in joins and subqueries too; writing a row into another's scope throws `out_of_scope`. Works inside transactions.
 */
export function scopedStore(db: Db, scopes: TableScopes, seen: SeenUnits): Db {
  return db.withPlugin(new ScopePlugin(scopes, seen));
}

class ScopePlugin implements KyselyPlugin {
  readonly #transformer: ScopeTransformer;

  constructor(scopes: TableScopes, seen: SeenUnits) {
    this.#transformer = new ScopeTransformer(scopes, seen);
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs) {
    return this.#transformer.transformNode(node, queryId);
  }

  transformResult({ result }: PluginTransformResultArgs) {
    return Promise.resolve(result);
  }
}

const PLAIN: ReadonlySet<string> = new Set([
  'ReferenceNode',
  'ColumnNode',
  'ValueNode',
  'PrimitiveValueListNode',
  'SelectAllNode',
  'OperatorNode',
]);

interface Source {
  table: string;
  alias: string;
}

class ScopeTransformer extends OperationNodeTransformer {
  readonly #scopes: TableScopes;
  readonly #seen: SeenUnits;

  constructor(scopes: TableScopes, seen: SeenUnits) {
    super();
    this.#scopes = scopes;
    this.#seen = seen;
  }

  /** Much of a query names columns and values only, in which nothing is narrowed. */
  protected override transformNodeImpl<Node extends OperationNode>(node: Node, queryId?: QueryId): Node {
    return PLAIN.has(node.kind) || (SelectionNode.is(node) && PLAIN.has(node.selection.kind))
      ? node
      : super.transformNodeImpl(node, queryId);
  }

  protected override transformSelectQuery(node: SelectQueryNode, queryId?: QueryId): SelectQueryNode {
    const query = super.transformSelectQuery(node, queryId);
    const sources = query.from?.froms ?? [];
    // The joins as they were written, before conditions of their own were added.
    return this.#narrow(
      query,
      sources.filter((source) => !this.#isDecidedByJoin(sourceOf(source), node.joins ?? [])),
    );
  }

  protected override transformUpdateQuery(node: UpdateQueryNode, queryId?: QueryId): UpdateQueryNode {
    const query = super.transformUpdateQuery(node, queryId);
    const sources = query.table ? [query.table, ...(query.from?.froms ?? [])] : [];
    this.#checkUpdates(sourceOf(sources[0]), query.updates ?? []);
    return this.#narrow(query, sources);
  }

  protected override transformDeleteQuery(node: DeleteQueryNode, queryId?: QueryId): DeleteQueryNode {
    const query = super.transformDeleteQuery(node, queryId);
    return this.#narrow(query, [...query.from.froms, ...(query.using?.tables ?? [])]);
  }

  protected override transformInsertQuery(node: InsertQueryNode, queryId?: QueryId): InsertQueryNode {
    const query = super.transformInsertQuery(node, queryId);
    const into = sourceOf(query.into);
    if (into) this.#checkInsert(into.table, query);
    if (into && query.onDuplicateKey) this.#checkUpdates(into, query.onDuplicateKey.updates);
    return query;
  }

  protected override transformJoin(node: JoinNode, queryId?: QueryId): JoinNode {
    const join = super.transformJoin(node, queryId);
    const condition = this.#conditionFor(join.table);
    if (!condition) return join;
    if (join.joinType !== 'InnerJoin' && join.joinType !== 'LeftJoin')
      throw new Error(`${join.joinType} cannot be narrowed to a data scope`);
    return { ...join, on: join.on ? OnNode.cloneWithOperation(join.on, 'And', condition) : OnNode.create(condition) };
  }

  #narrow<Node extends { where?: WhereNode }>(query: Node, sources: readonly OperationNode[]): Node {
    const conditions = sources.flatMap((source) => this.#conditionFor(source) ?? []);
    const add = (where: WhereNode | undefined, condition: OperationNode) =>
      where ? WhereNode.cloneWithOperation(where, 'And', condition) : WhereNode.create(condition);
    const where = conditions.reduce(add, query.where);
    return where ? { ...query, where } : query;
  }

  /** Whether the row that decides must be there by an inner join, which is narrowed itself: then the same is not asked a second time. */
  #isDecidedByJoin(source: Source | null, joins: readonly JoinNode[]): boolean {
    if (!source || this.#seen.all || joins.length === 0) return false;
    const rule = ruleOf(this.#scopes, source.table);
    if (rule === 'open') return false;
    return [rule.via ?? []]
      .flat()
      .some(({ key, table, id = 'id', parts }) => !parts && joins.some((join) => joinsRow(join, table, id, `${source.alias}.${key}`)));
  }

  #conditionFor(from: OperationNode): OperationNode | null {
    const source = sourceOf(from);
    if (!source) return null;
    const condition: Expression<SqlBool> | null = seenCondition(this.#scopes, this.#seen, source.table, source.alias);
    return condition?.toOperationNode() ?? null;
  }

  #checkInsert(table: string, query: InsertQueryNode): void {
    const columns = (query.columns ?? []).map((column) => column.column.name);
    for (const { column, ids } of this.#checked(table)) {
      const at = columns.indexOf(column);
      if (at < 0 || query.values?.kind !== 'ValuesNode') continue;
      for (const row of (query.values as unknown as { values: { values: readonly unknown[] }[] }).values) assertSeen(row.values[at], ids);
    }
  }

  #checkUpdates(target: Source | null, updates: readonly ColumnUpdateNode[]): void {
    if (!target) return;
    for (const { column, ids } of this.#checked(target.table)) {
      for (const update of updates) {
        if ((update.column as { column?: { name: string } }).column?.name === column) assertSeen(update.value, ids);
      }
    }
  }

  /** Columns that place a row, with what may be written there: a prison of which the officer sees a part may stand beside his ward. */
  #checked(table: string): { column: string; ids: readonly string[] }[] {
    const rule = ruleOf(this.#scopes, table);
    if (rule === 'open' || this.#seen.all) return [];
    return ownColumns(rule, this.#seen)
      .map(({ column, ids }) => ({
        column,
        ids: column === rule.prison && rule.ward ? [...ids, ...this.#seen.partly] : ids,
      }))
      .filter(({ column }) => column !== rule.ward || this.#seen.wards.length > 0);
  }
}

/** Whether it is an inner join of that table by nothing but `id` = `key`, both written with their tables. */
function joinsRow({ joinType, table: joined, on }: JoinNode, table: string, id: string, key: string): boolean {
  const other = joinType === 'InnerJoin' ? sourceOf(joined) : null;
  if (other?.table !== table || !on || !BinaryOperationNode.is(on.on)) return false;
  const { leftOperand, operator, rightOperand } = on.on;
  if (!OperatorNode.is(operator) || operator.operator !== '=') return false;
  const sides = [leftOperand, rightOperand].map(columnNamed);
  return sides.includes(`${other.alias}.${id}`) && sides.includes(key);
}

function columnNamed(node: OperationNode): string | null {
  if (!ReferenceNode.is(node) || !node.table || !ColumnNode.is(node.column)) return null;
  return `${node.table.table.identifier.name}.${node.column.column.name}`;
}

function assertSeen(value: unknown, ids: readonly string[]): void {
  const plain = typeof value === 'object' && value !== null && ValueNode.is(value as OperationNode) ? (value as ValueNode).value : value;
  if (plain !== null && !(typeof plain === 'string' && ids.includes(plain))) throw new QinqiaoError('out_of_scope');
}

/** A table in a query and the name it goes by; null for a subquery, which is narrowed by itself. */
function sourceOf(node: OperationNode | undefined): Source | null {
  if (!node) return null;
  if (TableNode.is(node)) return { table: node.table.identifier.name, alias: node.table.identifier.name };
  if (AliasNode.is(node) && TableNode.is(node.node) && IdentifierNode.is(node.alias)) {
    return { table: node.node.table.identifier.name, alias: node.alias.name };
  }
  const inner = AliasNode.is(node) ? node.node : node;
  if (inner.kind === 'SelectQueryNode' || inner.kind === 'ParensNode') return null;
  throw new Error(`A ${inner.kind} as a source cannot be narrowed to a data scope`);
}
