import { type Described, problemsOf, type Unusable } from './pictures.ts';
import { equalErrorRate, type Pair, ratesOf } from './rates.ts';

const THRESHOLDS = [50, 52, 54, 56, 58, 60, 62, 64, 66, 68, 70, 75, 80];

const percent = (share: number) => (Number.isNaN(share) ? '—' : `${(share * 100).toFixed(2)} %`);

/** What an evaluation found, for a person to read. */
export function reportOf({
  model,
  described,
  unusable,
  pairs,
}: {
  model: string;
  described: readonly Described[];
  unusable: readonly Unusable[];
  pairs: readonly Pair[];
}): string {
  const same = pairs.filter((pair) => pair.same).length;
  const people = new Set(described.map(({ person }) => person)).size;
  const equal = equalErrorRate(pairs);
  return [
    `模型 model: ${model}`,
    `人数 people: ${people}  照片 pictures: ${described.length}  同一人 pairs of one person: ${same}  不同人 of different people: ${pairs.length - same}`,
    '',
    '相似度阈值 threshold   误接受 false accepts   误拒绝 false rejects',
    ...ratesOf(pairs, THRESHOLDS).map(
      ({ threshold, falseAccepts, falseRejects }) =>
        `${`${threshold} %`.padStart(22)}${percent(falseAccepts).padStart(23)}${percent(falseRejects).padStart(23)}`,
    ),
    '',
    equal
      ? `等错误率 equal error rate: ${percent(equal.rate)} (${equal.threshold.toFixed(1)} %)`
      : '等错误率无法计算：需要同一人至少两张照片，且至少两人。 No equal error rate: it takes two pictures of a person, and two people.',
    ...(unusable.length > 0 ? ['', `不能使用 could not be used: ${unusable.length}`] : []),
    ...problemsOf(unusable).map(({ problem, count, zh, en }) => `  ${count} × ${problem}: ${zh} ${en}`),
    ...unusable.map(({ file, problem }) => `    ${file}: ${problem}`),
    '',
    few(same, pairs.length - same),
  ].join('\n');
}

/** Rule of three: with no error in n pairs, the true share may still be 3/n (95 %). */
function few(same: number, different: number): string {
  const bound = (count: number) => (count === 0 ? '—' : percent(Math.min(1, 3 / count)));
  return `零错误时真实值仍可能高达 with no error the true share may still be: ${bound(different)} (误接受 accepts), ${bound(same)} (误拒绝 rejects)`;
}
