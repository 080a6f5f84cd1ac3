// A text with edits applied to it; pure.

/** Replaces what is between two offsets, in UTF-16 units of the text as it was. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text after the replacements, which don't overlap; several at one place keep their order. */
export function patched(text: string, replacements: readonly Replacement[]): string {
  const inOrder = [...replacements].sort((one, other) => one.start - other.start || one.end - other.end);
  let result = "";
  let place = 0;
  for (const { start, end, text: inserted } of inOrder) {
    result += text.slice(place, start) + inserted;
    place = end;
  }
  return result + text.slice(place);
}
