import { en } from './en.ts'
import { ko } from './ko.ts'
import type { StatementTexts } from './statement-texts.ts'

/** A language of statements, as an input names it. */
export type Locale = 'en' | 'ko'

/** All that a statement says, by language. */
export const textsOf: Readonly<Record<Locale, StatementTexts>> = { en, ko }
