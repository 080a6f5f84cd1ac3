// The last instructions, newest first and each once; pure.

const KEPT = 20;

/** The history with an instruction at its head. */
export function remembered(history: readonly string[], instruction: string): string[] {
  return [instruction, ...history.filter((each) => each !== instruction)].slice(0, KEPT);
}

/** What to offer while somebody types: what is typed, if it is new, and the instructions that hold it. */
export function offered(history: readonly string[], typed: string): string[] {
  const text = typed.trim();
  const found = history.filter((each) => each.toLowerCase().includes(text.toLowerCase()));
  return text === "" || found.includes(text) ? found : [text, ...found];
}
