import { en, type Strings } from './en';

/** The texts in the reader's language. English is the only one so far; another is a second object of the same type. */
export const t: Strings = en;
