/** Name of the model of `models/zoo` that the page and the command line take where none is chosen. */
export const DEFAULT_MODEL = 'timeunet-lite';
