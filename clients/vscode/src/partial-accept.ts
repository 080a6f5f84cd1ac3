// Guesses from changes of the text how much of a shown suggestion was accepted by word or by line; pure.
//
// The editor tells of a whole acceptance only. A change that inserts the next characters of what is shown, several at
// once, is taken for a part that was accepted. Whoever pastes just that text is counted too: it is an estimate.

/** A change of a document; offsets are in UTF-16 units. */
export interface Edit {
  readonly offset: number;
  readonly removed: number;
  readonly text: string;
}

/** What is on screen: text that begins at an offset, of which the first units are in the document already. */
export interface Shown {
  readonly start: number;
  readonly text: string;
  readonly typed: number;
}

/** What a change makes of what is shown: `accepted` if a part was taken at once; nothing if it is gone. */
export interface Step {
  readonly shown: Shown;
  readonly accepted: boolean;
}

/** Follows what is shown through a change. */
export function follow(shown: Shown, edit: Edit): Step | undefined {
  const { start, text, typed } = shown;
  if (edit.offset !== start + typed || edit.removed > 0 || edit.text === "") {
    return undefined;
  }
  const rest = text.slice(typed);
  if (!rest.startsWith(edit.text) || edit.text.length === rest.length) {
    return undefined;
  }
  return { shown: { start, text, typed: typed + edit.text.length }, accepted: characters(edit.text) > 1 };
}

function characters(text: string): number {
  return Array.from(text).length;
}
