/**
 * The choice of a zonelist the obvious way: nodes as plain numbers, rules as sentences, no lists kept. The twin of
 * kernel/policy. Nodes have ids in ascending order; a list is the ids that are asked, each node's zones from high to low.
 */
export interface Question {
  /** Ids of all nodes, ascending. */
  readonly nodes: readonly number[];
  /** Node of the CPU that asks. */
  readonly running: number;
  /** Page offset: in the segment, or the virtual page number. */
  readonly offset: number;
}

export interface Policy {
  readonly mode: string;
  readonly nodes: readonly number[];
}

/** From `first` on by id, wrapping: 2.6.0's list of a node. */
const from = ({ nodes }: Question, first: number): number[] => [
  ...nodes.filter((id) => id >= first),
  ...nodes.filter((id) => id < first),
];

export function byPolicy(
  question: Question,
  policy: Policy | undefined,
  weights: ReadonlyMap<number, number>,
): number[] {
  const { running, offset } = question;
  const own = policy === undefined ? [] : [...new Set(policy.nodes)].sort((a, b) => a - b);
  switch (policy?.mode) {
    case 'preferred':
      return from(question, own[0] ?? running);
    case 'bind':
      return own;
    case 'interleave':
      return from(question, own[offset % own.length]);
    case 'weighted-interleave': {
      const round = own.flatMap((id) => Array.from({ length: weights.get(id) ?? 1 }, () => id));
      return from(question, round[offset % round.length]);
    }
    case 'preferred-many': {
      const local = from(question, running);
      return [...local.filter((id) => own.includes(id)), ...local.filter((id) => !own.includes(id))];
    }
    default:
      return from(question, running);
  }
}

/** mem_setbinding(): from the local node to the last, then from the first; a second pass where it is loose. */
export function bySetbinding(
  question: Question,
  mask: readonly number[],
  strict: boolean,
  asPosted: boolean,
): number[] {
  const asked: number[] = [];
  for (const inverted of strict ? [false] : [false, true]) {
    for (const id of question.nodes) {
      if (id >= question.running && mask.includes(id) !== inverted) asked.push(id);
    }
    for (const id of question.nodes) {
      if (id < question.running && mask.includes(id) !== (asPosted ? !inverted : inverted)) asked.push(id);
    }
  }
  return asked;
}

export function byShmbind(question: Question, placement: string, hard: boolean, mask: readonly number[]): number[] {
  const own = question.nodes.filter((id) => mask.includes(id));
  const order = from(question, placement === 'stripe' ? own[question.offset % own.length] : question.running);
  return [...order.filter((id) => own.includes(id)), ...(hard ? [] : order.filter((id) => !own.includes(id)))];
}

/** membind(): the nodes of the CPUs, ascending. */
export function byMembind(question: Question, mask: readonly number[]): number[] {
  return question.nodes.filter((id) => mask.includes(id));
}

/** Ranges of a segment with a policy each, the later over the earlier, as a policy for each page. */
export function paint(
  pages: number,
  calls: readonly { readonly start: number; readonly end: number; readonly policy: Policy | undefined }[],
): (Policy | undefined)[] {
  const painted: (Policy | undefined)[] = Array.from({ length: pages }, () => undefined);
  for (const { start, end, policy } of calls) painted.fill(policy, start, end);
  return painted;
}
