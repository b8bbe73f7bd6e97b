/**
 * How common words are in general, so that a small workspace knows that `the` says nothing. The more passages there are,
 * the less this counts: rarity is then measured, not presumed, and no word is ever left out.
 */
import { stem } from './words.ts'

/** Passages that the general experience weighs as much as. */
const experience = 300

/** Share of passages that hold a word, roughly, for the function words of some languages. */
const shares: readonly (readonly [number, string])[] = [
  [0.7, 'the of and a to in is'],
  [0.4, 'it that for on with as are this be by at from or an was i you not have has we can if'],
  [
    0.2,
    `about after all also am any been but could did do does dont down each few get got had he her here him his how into its
    just like made make many may me more most much must my no now one only other our out over own said same see she should
    so some such than their them then there these they thing those through too under up us use very want way were what
    when where which while who whom whose why will would your`,
  ],
  [
    0.3,
    `der die das und ist ein eine den dem des zu mit auf im nicht le la les de des et est un une du que qui dans en el los
    las y es un una por con para il lo gli e di che per da o os as um uma do na het een van`,
  ],
]

const commonness = new Map<string, number>()
for (const [share, words] of shares) {
  for (const word of words.split(/\s+/)) commonness.set(stem(word), Math.max(share, commonness.get(stem(word)) ?? 0))
}

/** Words that only ask are never taken for rarer than this, however few passages hold them. */
const askingShare = 0.3
const asking = new Set(
  `what which where when who whom whose how why did does do was were is are can could should would must have has had much
  many`
    .split(/\s+/)
    .map(stem),
)

/** Counts of a term with the general experience added: passages in all, and those that hold it. */
export function smoothed(term: string, passages: number, holding: number): { passages: number; holding: number } {
  const all = passages + experience
  const presumed = holding + (commonness.get(term) ?? 0) * experience
  return { passages: all, holding: asking.has(term) ? Math.max(presumed, askingShare * all) : presumed }
}
