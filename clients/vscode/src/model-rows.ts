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
    const size = model.here ? "on this machine" : `${amount(model.sizeMb)} to download`;
    const speed = model.expectedSpeed > 0 ? [`about ${tokens(model.expectedSpeed)} tokens/s`] : [];
    return {
      label: `$(${icon}) ${model.name}`,
      description: [size, `${amount(model.memoryMb)} of memory`, ...speed].join(" · "),
      detail: `${verdict(model.expectedSpeed)}${capital(model.note)}. ${model.licence}.`,
      model,
    };
  });
}

function amount(megabytes: number): string {
  return megabytes >= 1000 ? `${(megabytes / 1000).toFixed(1)} GB` : `${megabytes} MB`;
}

function tokens(speed: number): string {
  return speed >= 10 ? Math.round(speed).toString() : speed.toFixed(1);
}

// A line of code is some ten tokens.
function verdict(speed: number): string {
  if (speed <= 0) {
    return "";
  }
  return speed >= 25 ? "Quick here. " : speed >= 12 ? "Good here. " : "Slow here. ";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
