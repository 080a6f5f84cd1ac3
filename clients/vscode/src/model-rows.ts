// The table of models that a person chooses from, in words; pure.
import type { Model } from "./protocol";

/** One row of the table. */
export interface Row {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly model: Model;
}

/** A row for each model. */
export function rows(models: readonly Model[]): Row[] {
  return models.map((model) => {
    const icon = model.chosen ? "check" : model.here ? "circle-outline" : "cloud-download";
    const size = `${amount(model.sizeMb)} to ${model.here ? "keep" : "download"}`;
    return {
      label: `$(${icon}) ${model.name}`,
      description: [size, `${amount(model.memoryMb)} of memory`, speed(model.expectedSpeed)].join("  ·  "),
      detail: `${capital(model.note)}. Licence: ${model.licence}.${model.chosen && model.here ? " In use." : ""}`,
      model,
    };
  });
}

function amount(megabytes: number): string {
  return megabytes >= 1000 ? `${(megabytes / 1000).toFixed(1)} GB` : `${megabytes} MB`;
}

// Four tokens are about a line of code.
function speed(tokens: number): string {
  if (tokens <= 0) {
    return "speed not known";
  }
  const word = tokens >= 25 ? "quick" : tokens >= 12 ? "good" : "slow";
  return `${word} here, about ${tokens >= 10 ? Math.round(tokens) : tokens.toFixed(1)} tokens/s`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
