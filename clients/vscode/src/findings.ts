// What the doctor found, as text; pure.
import type { Examination } from "./protocol";

/** The findings as text. */
export function findings(examination: Examination): string {
  const names = Object.keys(examination.facts);
  const width = Math.max(...names.map((name) => name.length));
  const facts = Object.entries(examination.facts).map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const advice = examination.advice.map((sentence) => `- ${sentence}`);
  const heading = advice.length > 0 ? "What to change" : "Nothing to change.";
  return ["Foretype's doctor", "", ...facts, "", heading, ...advice, ""].join("\n");
}
