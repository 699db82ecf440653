/** What the gates say of a recovery now, for JSON and pages: a sentence each. Nothing personal stands in it. */
import { type Explanation, sentenceOf } from '../../recovery/explain-recovery.ts';

export interface ExplanationView {
  readonly notes: readonly string[];
  readonly gates: readonly {
    readonly gate: string;
    readonly verdict: string;
    readonly reason: string | null;
    readonly rule: string;
    readonly decides: boolean;
    readonly sentence: string;
  }[];
}

export function explanationOf({ notes, gates }: Explanation): ExplanationView {
  return {
    notes,
    gates: gates.map((each) => {
      const { gate, verdict, reason, rule, decides } = each;
      return { gate, verdict, reason, rule, decides, sentence: sentenceOf(each) };
    }),
  };
}
