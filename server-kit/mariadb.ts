import { CompiledQuery, type CreateTableNode, type DataTypeNode, MysqlDialect, MysqlQueryCompiler } from 'kysely';
import { createPool } from 'mysql2';

// What SQLite does by itself: too long or impossible values are errors, and a transaction that had to wait sees what it waited for.
const SESSION = [
  "set session sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION'",
  'set session transaction isolation level read committed',
  // Else MariaDB turns `exists`, which is asked row by row, into a set of everything first. MySQL takes the second part for a comment.
  "set session sql_safe_updates = 0 /*M!100005 , session optimizer_switch = 'exists_to_in=off' */",
  // Else every value of a longer list is looked for in the index once to guess how many rows it has, and once to read them.
  'set session eq_range_index_dive_limit = 10',
];

/** Of one process. */
export const MARIADB_CONNECTIONS = 10;

/**
 * MariaDB or MySQL at `mysql://user:password@host:port/database`, or with `?socket=/path` through a local socket. Tables made through
 * it compare text as SQLite does: byte by byte, whatever the database's own default is.
 */
export function mariaDbDialect(url: string): MysqlDialect {
  const at = new URL(url);
  const socketPath = at.searchParams.get('socket');
  const place = socketPath ? { socketPath } : { host: at.hostname.replace(/^\[|\]$/g, ''), port: Number(at.port || 3306) };
  const pool = createPool({
    ...place,
    user: decodeURIComponent(at.username),
    password: decodeURIComponent(at.password),
    database: decodeURIComponent(at.pathname.slice(1)),
    charset: 'utf8mb4_bin',
    dateStrings: true,
    timezone: 'Z',
    supportBigNumbers: true,
    connectionLimit: MARIADB_CONNECTIONS,
  });
  return new MariaDbDialect({
    pool,
    onCreateConnection: async (connection) => {
      for (const statement of SESSION) await connection.executeQuery(CompiledQuery.raw(statement));
    },
  });
}

class MariaDbDialect extends MysqlDialect {
  override createQueryCompiler() {
    return new MariaDbCompiler();
  }
}

class MariaDbCompiler extends MysqlQueryCompiler {
  protected override visitCreateTable(node: CreateTableNode): void {
    super.visitCreateTable(node);
    if (!node.selectQuery) this.append(' engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin');
  }

  /** MariaDB's `text` ends at 64 KB, where SQLite's goes on. */
  protected override visitDataType(node: DataTypeNode): void {
    if (node.dataType === 'text') this.append('mediumtext');
    else super.visitDataType(node);
  }
}
