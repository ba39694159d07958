/**
 * The best matching of rows with columns, each at most once (Hungarian method, after Kuhn and Munkres, with potentials; O(rows² · columns)).
 * `worths` holds, row by row, what a row is worth with a column; 0 means that they do not go together. Answers each row’s column, or -1.
 */
export function bestMatching(rows: number, columns: number, worths: Float64Array): Int32Array {
  // Each row may also go nowhere: a column of its own, worth nothing. So there are always enough columns.
  const width = columns + rows;
  const rowPrice = new Float64Array(rows + 1);
  const columnPrice = new Float64Array(width + 1);
  /** Column → row, both counted from 1; 0: none. */
  const rowAt = new Int32Array(width + 1);
  const cameFrom = new Int32Array(width + 1);
  const slack = new Float64Array(width + 1);
  const done = new Uint8Array(width + 1);
  const matched = matchBestFree({ rows, columns, worths, rowPrice, rowAt });
  for (let row = 1; row <= rows; row++) {
    if (matched[row]) continue;
    rowAt[0] = row;
    let column = 0;
    slack.fill(Infinity);
    done.fill(0);
    do {
      done[column] = 1;
      const current = rowAt[column] as number;
      const price = rowPrice[current] as number;
      const base = (current - 1) * columns - 1;
      let step = Infinity;
      let next = 0;
      for (let other = 1; other <= width; other++) {
        if (done[other]) continue;
        const worth = other <= columns ? (worths[base + other] as number) : 0;
        const reduced = -worth - price - (columnPrice[other] as number);
        if (reduced < (slack[other] as number)) {
          slack[other] = reduced;
          cameFrom[other] = column;
        }
        if ((slack[other] as number) < step) {
          step = slack[other] as number;
          next = other;
        }
      }
      for (let other = 0; other <= width; other++) {
        if (done[other]) {
          rowPrice[rowAt[other] as number] = (rowPrice[rowAt[other] as number] as number) + step;
          columnPrice[other] = (columnPrice[other] as number) - step;
        } else slack[other] = (slack[other] as number) - step;
      }
      column = next;
    } while (rowAt[column] !== 0);
    while (column !== 0) {
      const from = cameFrom[column] as number;
      rowAt[column] = rowAt[from] as number;
      column = from;
    }
  }
  return readMatching(rows, columns, rowAt, worths);
}

interface Start {
  rows: number;
  columns: number;
  worths: Float64Array;
  rowPrice: Float64Array;
  rowAt: Int32Array;
}

/**
 * Gives rows, where it is free, a column that is worth most to them: with each row's most as its price that is right as far as it goes, and
 * most rows need nothing else. Answers which those are.
 */
function matchBestFree({ rows, columns, worths, rowPrice, rowAt }: Start): Uint8Array {
  const matched = new Uint8Array(rows + 1);
  for (let row = 1; row <= rows; row++) {
    const base = (row - 1) * columns - 1;
    let most = 0;
    for (let column = 1; column <= columns; column++) if ((worths[base + column] as number) > most) most = worths[base + column] as number;
    rowPrice[row] = -most;
    for (let column = 1; column <= columns; column++) {
      if (rowAt[column] !== 0 || worths[base + column] !== most || most === 0) continue;
      rowAt[column] = row;
      matched[row] = 1;
      break;
    }
  }
  return matched;
}

function readMatching(rows: number, columns: number, rowAt: Int32Array, worths: Float64Array): Int32Array {
  const columnOf = new Int32Array(rows).fill(-1);
  for (let column = 1; column <= columns; column++) {
    const row = (rowAt[column] as number) - 1;
    if (row >= 0 && (worths[row * columns + column - 1] as number) > 0) columnOf[row] = column - 1;
  }
  return columnOf;
}
