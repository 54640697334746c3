/** Why a name may not be the one that a reader takes it for. */
export type NameMark = 'invisible' | 'look-alike'

// What has no shape of its own, or that of a space: controls, format characters, fillers, spaces other than U+0020.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u
const edgeSpace = /^ | $| {2}/

// Letters of Cyrillic, Greek, Armenian and Cherokee that fonts draw as those of Latin:
// https://www.unicode.org/reports/tr39/#Confusable_Detection
const drawnAsLatin =
  /^[аеорсухіјѕԁԛԝһӏАВЕЗІЈКМНОРСТУХЅҮӀαιοορυνκΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսհոցզՕՍᎪᎬᎻᎷᎾᏞᏟᏢᏦᏚᎢᎳ\p{Script=Common}\p{Script=Inherited}]+$/u
const relatedScripts = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
)
const foreignLetter = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u

/**
 * Marks a name that has something invisible, or that another name may look like: letters of related scripts side by
 * side or that all look like Latin ones, other forms of the same letters. It stays a name of its own.
 */
export function markName(name: string): NameMark[] {
  // Most names are plain, and a million of them are written.
  if (/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(name)) return []
  const isInvisible = name === '' || invisible.test(name) || edgeSpace.test(name)
  const scripts = relatedScripts.filter((script) => script.test(name)).length
  const isLatin = foreignLetter.test(name) && drawnAsLatin.test(name)
  const isAlike = scripts > 1 || isLatin || name.normalize('NFKC') !== name
  return [...(isInvisible ? ['invisible' as const] : []), ...(isAlike ? ['look-alike' as const] : [])]
}
