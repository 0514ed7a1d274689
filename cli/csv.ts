/** A line of a CSV file with its fields; `line` counts from 1, quoted line breaks included. */
export interface CsvLine {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What people's programs put between fields; the one that the first line has most of. */
const SEPARATORS = [',', ';', '\t'];

/** Reads CSV as RFC 4180 has it, with any of the usual separators and line ends; empty lines are left out. */
export function parseCsv(text: string): CsvLine[] {
  // Spreadsheets begin UTF-8 with a byte order mark.
  const source = text.replace(/^\uFEFF/, '');
  const [head = ''] = source.split(/\r?\n/, 1);
  const count = (separator: string): number => head.split(separator).length;
  const separator = [...SEPARATORS].sort((a, b) => count(b) - count(a))[0]!;
  const lines: CsvLine[] = [];
  let fields: string[] = [];
  let field = '';
  let quoted = false;
  let [line, begin] = [1, 1];

  function end(): void {
    fields.push(field.trim());
    field = '';
  }
  function endLine(): void {
    end();
    if (fields.some((one) => one !== '')) lines.push({ line: begin, fields });
    fields = [];
  }

  for (let at = 0; at < source.length; at++) {
    const letter = source[at]!;
    if (letter === '\n') line += 1;
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (source[at + 1] === '"') field += source[++at]!;
      else quoted = false;
    } else if (letter === '"' && field.trim() === '') quoted = true;
    else if (letter === separator) end();
    else if (letter === '\n') {
      endLine();
      begin = line;
    } else if (letter !== '\r') field += letter;
  }
  endLine();
  return lines;
}
