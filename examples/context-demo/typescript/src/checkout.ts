import { Stockroom } from "./stockroom";

const MINUTES_TO_PAY = 15;

export interface CartLine {
  sku: string;
  units: number;
}

/** Sets aside all that is in a cart, and says until when it has to be paid. */
export function beginCheckout(cart: CartLine[], stockroom: Stockroom): Date {
  let deadline = new Date(Date.now() + MINUTES_TO_PAY * 60_000);
  for (const line of cart) {
    const hold = stockroom.setAside(line.sku, line.units, MINUTES_TO_PAY);
    if (hold === undefined) {
      throw new Error(`only ${stockroom.unitsLeft(line.sku)} of ${line.sku} left`);
    }
    if (hold.lapsesAt < deadline) {
      deadline = hold.lapsesAt;
    }
  }
  return deadline;
}
